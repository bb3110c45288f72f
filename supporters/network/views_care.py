"""Meetings and the library as supervisors keep them. Who finds whom is none of their business, and on no page here."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from psp.areas import account, requires
from psp.choices import Role
from psp.errors import DomainError, add_to_form
from supporters.network import pages
from supporters.network.choices import ResourceState
from supporters.network.forms import EventForm, ResourceForm
from supporters.network.models import NetworkEvent, Resource
from supporters.network.services_library import (
    cancel_event,
    change_event,
    list_resource,
    looked_at,
    make_event,
    take_out,
)

supervisors_only = requires(Role.SUPERVISOR)
SHOWN = 200


@require_GET
@supervisors_only
def network(request: HttpRequest) -> HttpResponse:
    me, today = account(request), timezone.localdate()
    coming = NetworkEvent.objects.visible_to(me).coming(timezone.now()).annotate(count=Count("taken"))
    rows = Resource.objects.visible_to(me).select_related("topic")
    due = list(rows.to_look_at(today)[:SHOWN])
    listed = rows.exclude(state=ResourceState.RETIRED).exclude(pk__in=[row.pk for row in due])[:SHOWN]
    context = {
        "events": [pages.event_line(one, me.time_zone, taken=one.count, mine=False) for one in coming],
        "due": [pages.link_line(row) for row in due], "listed": [pages.link_line(row) for row in listed],
    }  # fmt: skip
    return render(request, "supporters/network/care.html", context)


@require_http_methods(["GET", "POST"])
@supervisors_only
def event(request: HttpRequest, event_id: UUID | None = None) -> HttpResponse:
    """A new meeting, or one to change."""
    me = account(request)
    coming = NetworkEvent.objects.visible_to(me).coming(timezone.now())
    found = get_object_or_404(coming, pk=event_id) if event_id else None
    form = EventForm(request.POST or None, tz=me.time_zone, event=found)
    if request.method == "POST" and form.is_valid():
        try:
            if found is None:
                make_event(by=me, content=form.content())
            else:
                change_event(event=found, by=me, content=form.content())
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("care:network")
    return render(request, "supporters/network/event.html", {"form": form, "event": found})


@require_POST
@supervisors_only
def cancel(request: HttpRequest, event_id: UUID) -> HttpResponse:
    me = account(request)
    cancel_event(event=get_object_or_404(NetworkEvent.objects.visible_to(me), pk=event_id), by=me)
    messages.success(request, _("Cancelled. It is on nobody’s page any more."))
    return redirect("care:network")


@require_http_methods(["GET", "POST"])
@supervisors_only
def resource(request: HttpRequest, resource_id: UUID | None = None) -> HttpResponse:
    """A new link, a suggestion to complete and accept, or one to change."""
    me = account(request)
    found = get_object_or_404(Resource.objects.visible_to(me), pk=resource_id) if resource_id else None
    form = ResourceForm(request.POST or None, resource=found)
    if request.method == "POST" and form.is_valid():
        try:
            list_resource(by=me, content=form.cleaned_data, resource=found)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("It is in the library now."))
            return redirect("care:network")
    line = pages.link_line(found) if found else None
    return render(request, "supporters/network/resource.html", {"form": form, "row": line})


@require_POST
@supervisors_only
def checked(request: HttpRequest, resource_id: UUID) -> HttpResponse:
    me = account(request)
    looked_at(resource=get_object_or_404(Resource.objects.visible_to(me), pk=resource_id), by=me)
    messages.success(request, _("Noted. The next look is in a year."))
    return redirect("care:network")


@require_POST
@supervisors_only
def out(request: HttpRequest, resource_id: UUID) -> HttpResponse:
    me = account(request)
    take_out(resource=get_object_or_404(Resource.objects.visible_to(me), pk=resource_id), by=me)
    messages.success(request, _("Taken out. Nobody is shown it any more."))
    return redirect("care:network")
