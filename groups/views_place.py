"""The desk's changes of what people need to enrol and to come: enrolment open or closed, link and address."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from groups.forms_place import PlaceForm
from groups.models import PeerGroup, QueuePlace
from groups.services_enrolling import close_enrolment, leave_queue, open_group
from groups.services_place import set_place
from groups.views import change, confirm, coordinators, group_or_404, page
from intake.forms_desk import RevisionForm
from psp.areas import account
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.errors import DomainError, add_to_form


@page
@coordinators
def place(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = group_or_404(request, pk)
    form = PlaceForm(request.POST or None, group=found)
    if request.method == "POST" and form.is_valid():
        try:
            set_place(group=found, by=account(request), **form.cleaned_data)
        except DomainError as error:
            add_to_form(form, error)
            found.refresh_from_db()
            form.renew(found.revision)
        else:
            messages.success(request, _("Saved. Members see it on the group’s page."))
            return redirect("desk:group", pk=found.pk)
    return render(request, "groups/place.html", {"group": found, "form": form}, status=409 if form.errors else 200)


@page
@coordinators
def open_door(request: HttpRequest, pk: UUID) -> HttpResponse:
    return change(
        request, pk, open_group, title=_("Open the enrolment"), button=_("Open the enrolment"),
        consequences=[
            _("People of your region who are accepted for this kind of group see it and may enrol by themselves."),
            _("When it is full, they stand in line. What becomes free is offered to the next one by itself."),
            _("You can close the enrolment again at any time."),
        ],
        sentence=_("The enrolment is open."),
    )  # fmt: skip


@page
@coordinators
def close_door(request: HttpRequest, pk: UUID) -> HttpResponse:
    return change(
        request, pk, close_enrolment, title=_("Close the enrolment"), button=_("Close the enrolment"),
        consequences=[
            _("Nobody new can enrol. Whoever has a place keeps it."),
            _("Whoever stands in line still waits, and is offered what becomes free."),
        ],
        sentence=_("The enrolment is closed."),
    )  # fmt: skip


@page
@coordinators
def end_wait(request: HttpRequest, pk: UUID) -> HttpResponse:
    """For somebody who says on the phone that they wait no more."""
    rows = QueuePlace.objects.waiting().select_related("participant__user")
    waits = get_object_or_404(rows, pk=pk, group__in=PeerGroup.objects.in_regions_of(account(request)))
    found = group_or_404(request, waits.group_id)
    if request.method == "POST":
        leave_queue(place=waits, by=account(request))
        messages.success(request, _("This person does not wait for the group any more."))
        return redirect("desk:group", pk=found.pk)
    audit.record_reads([waits], purpose=Purpose.GROUPS)
    return confirm(
        request, found, RevisionForm(initial={"revision": found.revision}),
        title=_("%(name)s is no longer waiting for this group") % {"name": waits.participant.user.name},
        consequences=[_("Whoever comes next moves up."), _("No reason is asked or kept.")], button=_("End the wait"),
    )  # fmt: skip
