"""People who must not meet: noting, ending, and deciding whether a name is somebody's who is here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from intake import apart, services_apart
from intake.forms_apart import ApartEndForm, ApartForm
from intake.models import KeepApart, NameMatch, Participant
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import DomainError, add_to_form
from psp.fragments import part_only, wants_part

PAGE = 25
coordinators = requires(Role.COORDINATOR)
page = require_http_methods(["GET", "POST"])


def file_or_404(request: HttpRequest, pk: UUID) -> Participant:
    rows = Participant.objects.in_regions_of(account(request)).select_related("user")
    found: Participant = get_object_or_404(rows, pk=pk)
    return found


def back(request: HttpRequest, participant: Participant) -> HttpResponse:
    """To the meeting that the form came from, or to the file."""
    meeting = _uuid(request.POST.get("meeting"))
    if meeting is not None and participant.applications.filter(meetings=meeting).exists():
        return redirect("desk:meeting", pk=meeting)
    return redirect("desk:file", pk=participant.pk)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


@page
@coordinators
def note(request: HttpRequest, pk: UUID) -> HttpResponse:
    participant = file_or_404(request, pk)
    form = ApartForm(request.POST or None, reader=account(request))
    if request.method == "POST" and form.is_valid():
        try:
            services_apart.note_apart(participant=participant, by=account(request), **form.named())
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Noted. Only coordinators of the region know it."))
            return back(request, participant)
    audit.record(Action.READ, KeepApart, person=participant.user_id, purpose=Purpose.INTAKE)
    context: dict[str, Any] = {
        "participant": participant, "form": form, "button": _("Note it"), "title": _("Somebody not to meet"),
        "meeting": request.POST.get("meeting", ""),
    }  # fmt: skip
    return render(request, "desk/apart.html", context)


@page
@coordinators
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(KeepApart.objects.visible_to(account(request)).in_force(), pk=pk)
    participant = Participant.objects.in_regions_of(account(request)).filter(user=found.person_id).first()
    if participant is None:
        raise Http404
    form = ApartEndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services_apart.end_apart(apart=found, reason=form.cleaned_data["reason"], by=account(request))
        messages.success(request, _("It does not hold any more. The history keeps it."))
        return redirect("desk:file", pk=participant.pk)
    audit.record(Action.READ, KeepApart, person=participant.user_id, purpose=Purpose.INTAKE)
    context: dict[str, Any] = {
        "participant": participant, "form": form, "button": _("It does not hold any more"),
        "title": _("They may meet again"), "danger": True,
    }  # fmt: skip
    return render(request, "desk/apart.html", context)


@require_GET
@coordinators
def matches(request: HttpRequest) -> HttpResponse:
    """Names that were noted and may be somebody's who is here; a coordinator decides each."""
    found = Paginator(apart.to_decide(account(request)), PAGE).get_page(request.GET.get("page"))
    rows = [apart.match_row(match) for match in found]
    audit.record_reads([row["for_file"] for row in rows], purpose=Purpose.INTAKE)
    apart.note_reads(rows)
    return render(request, "desk/matches.html", {"page": found, "rows": rows})


@require_POST
@coordinators
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    match = get_object_or_404(NameMatch.objects.visible_to(account(request)), pk=pk)
    if request.POST.get("same") not in ("0", "1"):
        return redirect("desk:matches")
    same = request.POST["same"] == "1"
    services_apart.decide_match(match=match, same=same, by=account(request))
    sentence = _("Noted: they must not meet.") if same else _("Noted: this is somebody else.")
    if wants_part(request):
        return part_only(request, "components/row_done.html", {"sentence": sentence, "columns": 5})
    messages.success(request, sentence)
    return redirect("desk:matches")
