"""The participant's own pages. The first line of each answers: what happens next, do I have to do anything?"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from intake import glass, portal, services_decisions
from intake.choices import ENDED, ApplicationState
from intake.forms import AgainForm
from intake.layout import questions
from intake.models import Application, Participant
from intake.next_steps import step_of
from intake.services import apply_again, cancel_meeting, withdraw_application
from intake.views import refusal_words
from psp.areas import account, for_participants
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.dashboard import cards_for
from psp.errors import DomainError, add_to_form
from psp.steps import chosen, from_card, steps_of

PAGE = 25


def own_file(request: HttpRequest) -> Participant:
    """The signed-in person's file, its reading noted; 404 where an account has none."""
    found = Participant.objects.visible_to(request.user).filter(user=request.user)
    participant: Participant | None = found.select_related("user", "region").first()
    if participant is None:
        raise Http404
    audit.record(Action.READ, participant, person=participant.user_id, purpose=Purpose.OWN)
    return participant


def own_application(participant: Participant) -> Application:
    application = portal.last_application(participant)
    if application is None:
        raise Http404
    return application


@require_GET
@for_participants
def home(request: HttpRequest) -> HttpResponse:
    participant = own_file(request)
    application = portal.last_application(participant)
    meeting = portal.meeting_of(application) if application else None
    cards = cards_for(request, "my")
    # What a card says comes before the application where both are as urgent: a session is nearer.
    said = [from_card(card["next_step"]) for card in cards if card.get("next_step")]
    own = step_of(portal.where(application, meeting, participant.user))
    return render(
        request, "my/home.html",
        {"participant": participant, "application": application, "meeting": meeting, "cards": cards,
         "steps": chosen([*said, own, *steps_of(participant.user)]),
         "events": portal.events(application, participant.user) if application else [],
         "tag_kind": portal.TAG_KINDS.get(application.state) if application else "",
         "decision": portal.decision_words(application) if application else None,
         "may_apply": application is None or application.state in ENDED},
    )  # fmt: skip


@require_GET
@for_participants
def application(request: HttpRequest) -> HttpResponse:
    participant = own_file(request)
    found = own_application(participant)
    context = {
        "participant": participant, "application": found, "events": portal.events(found, participant.user),
        "rows": portal.answer_rows(found) + portal.file_rows(participant), "decision": portal.decision_words(found),
        "tag_kind": portal.TAG_KINDS[found.state], "sent": portal.when(found.submitted_at, participant.user),
        "decided": portal.when(found.decided_at, participant.user) if found.decided_at else "",
    }  # fmt: skip
    return render(request, "my/application.html", context)


@require_http_methods(["GET", "POST"])
@for_participants
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take back an application that is open: one page that says what it means, one button, no reason."""
    participant = own_file(request)
    found = own_application(participant)
    if found.state == ApplicationState.ACCEPTED:
        return redirect("consent:withdraw", purpose="taking_part")
    if request.method == "GET":
        return render(request, "my/withdraw.html", {"application": found})
    withdraw_application(application=found, by=account(request))
    messages.success(request, _("You took back your application. You do not have to do anything else."))
    return redirect("my:home")


@require_http_methods(["GET", "POST"])
@for_participants
def other_time(request: HttpRequest) -> HttpResponse:
    """The meeting's time does not suit: back to the coordinator, who offers another one."""
    participant = own_file(request)
    meeting = portal.meeting_of(own_application(participant))
    if meeting is None:
        return redirect("my:home")
    if request.method == "GET":
        context = {"when": portal.when(meeting.starts_at, participant.user)}
        return render(request, "my/other_time.html", context)
    cancel_meeting(meeting=meeting, by=account(request))
    messages.success(request, _("Thank you for telling us. The coordinator will offer you another time."))
    return redirect("my:home")


@require_http_methods(["GET", "POST"])
@for_participants
def again(request: HttpRequest) -> HttpResponse:
    """Apply once more: only what is not known yet is asked."""
    participant = own_file(request)
    if request.method == "GET":
        return again_page(request, AgainForm(initial={"modalities": participant.modalities}))
    form = AgainForm(request.POST)
    if form.says_no() and not form.cleaned_data.get("look_anyway"):
        return again_page(request, form, refused=refusal_words(form))
    if not form.is_valid():
        return again_page(request, form)
    try:
        apply_again(participant=participant, sending=form.sending_of(participant), by=account(request))
    except DomainError as error:
        add_to_form(form, error)
        return again_page(request, form)
    messages.success(request, _("Thank you. Your application is sent."))
    return redirect("my:home")


def again_page(request: HttpRequest, form: AgainForm, **extra: Any) -> HttpResponse:
    if extra:
        form.forget_errors()
    context = {"form": form, "questions": questions(form), **extra}
    return render(request, "my/again.html", context)


@require_http_methods(["GET", "POST"])
@for_participants
def ask_again(request: HttpRequest) -> HttpResponse:
    """Ask that a decision be looked at again: one page that says what it means, one button, no reason."""
    participant = own_file(request)
    found = own_application(participant)
    if found.state not in portal.ASK_AGAIN:
        return redirect("my:application")
    if request.method == "GET":
        told = [_("A coordinator looks at your application again, with the answers that you gave."),
                _("You do not have to explain anything.")]  # fmt: skip
        return render(request, "my/ask_again.html", {"consequences": told})
    services_decisions.ask_again(application=found, by=account(request))
    messages.success(request, _("Thank you. We will look at your application again."))
    return redirect("my:home")


@require_GET
@for_participants
def opened(request: HttpRequest) -> HttpResponse:
    """Who opened my file, when and why."""
    participant = own_file(request)
    with_own = request.GET.get("own") == "1"
    found = Paginator(portal.openings(participant, with_own=with_own), PAGE).get_page(request.GET.get("page"))
    context = {"page": found, "rows": portal.describe(found, participant.user), "with_own": with_own,
               "query": "own=1" if with_own else "", "urgent": glass.openings_of(participant.user)}  # fmt: skip
    return render(request, "my/opened.html", context)
