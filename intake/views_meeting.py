"""The page that a coordinator has open during an intake meeting: one place for everything that belongs to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from intake import apart, availability, desk
from intake.choices import ApplicationState, MeetingPlace, MeetingState
from intake.forms_apart import ApartForm
from intake.forms_meeting import LinkForm, NotesForm
from intake.models import Application, IntakeMeeting, MeetingNotes
from intake.models_booking import terms_of
from intake.permissions import may_become
from intake.portal import TAG_KINDS, answer_rows, decision_words
from intake.services_meeting import Ticked, keep_notes, notes_of
from intake.views_decisions import coordinators, meeting_or_404, page
from intake.views_desk import consents_of
from psp.areas import account
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError, add_to_form

SHOWN = ("name", "answers", "consents", "needs")


@page
@coordinators
def meeting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A tick is sent as it is made where the browser can; the button does the same."""
    found, application = meeting_or_404(request, pk)
    found.application = application
    form = NotesForm(request.POST or None, notes=notes_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            kept = keep_notes(meeting=found, sent=form.sent(), seen=form.cleaned_data["seen"], by=account(request))
        except DomainError as error:
            if error.code == "other_line":
                form.show_line_of_somebody_else(notes_of(found).needs_line)
            add_to_form(form, error)
        else:
            if "quietly" in request.POST:
                return _quiet_answer(kept, form.sent())
            messages.success(request, _("Kept."))
            return redirect("desk:meeting", pk=found.pk)
    refused = form.is_bound and (form.non_field_errors() or form.has_error("needs_line"))
    status = 409 if refused else 200
    return render(request, "desk/meeting.html", context_of(request, found, application, form), status=status)


def _quiet_answer(kept: MeetingNotes, sent: Ticked) -> HttpResponse:
    """204: what is kept is what the page shows. 205: kept, and somebody else has changed something too."""
    same = set(kept.covered) == set(sent.covered) and set(kept.needs) == set(sent.needs)
    return HttpResponse(status=204 if same and kept.needs_line == sent.needs_line else 205)


def context_of(request: HttpRequest, found: IntakeMeeting, application: Application, form: NotesForm) -> dict[str, Any]:
    participant, reader = application.participant, account(request)
    audit.record(Action.READ, found, person=participant.user_id, purpose=Purpose.INTAKE, fields=SHOWN)
    rows = apart.noted(participant, reader)
    apart.note_reads(rows)
    return {
        "meeting": found, "application": application, "participant": participant, "person": participant.user,
        "form": form, "clocks": desk.both_clocks(found.starts_at, reader, participant.user), "rows": rows,
        "begun": found.starts_at <= timezone.now(), "open": found.state in (MeetingState.SET, MeetingState.HELD),
        "tag": TAG_KINDS[ApplicationState(application.state)], "answers": answer_rows(application),
        "consents": consents_of(request, participant), "apart_form": ApartForm(reader=reader),
        "decision": decision_words(application), "meeting_page": found.pk,
        **_room(found), "undecided": may_become(application, ApplicationState.DECLINED),
    }  # fmt: skip


def _room(found: IntakeMeeting) -> dict[str, Any]:
    """Where one meets by video: the form for a room of its own, and whether there is any room at all."""
    if found.place != MeetingPlace.VIDEO or found.state != MeetingState.SET:
        return {"link_form": None}
    terms = terms_of(found.coordinator)
    return {
        "link_form": LinkForm(initial={"link": found.link}), "no_room": not availability.link_of(found, terms),
        "usual_room": not found.link, "link_minutes": settings.PSP_MEETING_LINK_MINUTES,
    }  # fmt: skip
