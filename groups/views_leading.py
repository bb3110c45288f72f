"""The page on which somebody who leads says when and how they can, and takes a pause."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from groups.forms_leading import LeadTimesForm
from groups.services_leading import pause_leading, profile_of, set_lead_times
from psp.areas import account, requires
from psp.bilingual import reader_language
from psp.calendar_text import zone_name
from psp.choices import Role
from psp.errors import DomainError, add_to_form

supporters_only = requires(Role.SUPPORTER)


@require_http_methods(["GET", "POST"])
@supporters_only
def times(request: HttpRequest) -> HttpResponse:
    me = account(request)
    profile = profile_of(me)
    form = LeadTimesForm(request.POST or None, kept=profile)
    if request.method == "POST" and form.is_valid():
        try:
            set_lead_times(user=me, by=me, **form.changes())
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Your times are saved."))
            return redirect("lead:times")
    zone = zone_name(me.time_zone, reader_language())
    return render(request, "lead/times.html", {"form": form, "profile": profile, "zone": zone})


@require_POST
@supporters_only
def pause(request: HttpRequest) -> HttpResponse:
    """One click, no question."""
    me = account(request)
    on = request.POST.get("on") == "yes"
    pause_leading(user=me, by=me, on=on)
    said = (
        _("You are taking a pause. No new group is proposed to you.")
        if on
        else _("Welcome back. Groups can be proposed to you again.")
    )
    messages.success(request, said)
    return redirect("lead:times")
