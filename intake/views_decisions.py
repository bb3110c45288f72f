"""What a coordinator does with an application: meetings, answers, decisions, a name beside a consent.

Every page shows one person and writes one access row. A change that somebody else overtook comes back with
what was typed and the present state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consent.models import Consent
from consent.services import countersign
from intake import desk, services, trail
from intake.choices import ApplicationState, DecisionReason, Service
from intake.forms_desk import AcceptForm, AnswersForm, DeclineForm, MeetingForm, NewMeetingForm, RevisionForm
from intake.models import Application, IntakeMeeting, Participant
from intake.portal import TAG_KINDS
from intake.sending import version_in_force
from intake.services_decisions import without_meeting
from intake.views_apart import back
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import DomainError, add_to_form

coordinators = requires(Role.COORDINATOR)
page = require_http_methods(["GET", "POST"])


def application_or_404(request: HttpRequest, pk: UUID) -> Application:
    rows = desk.applications_of(account(request)).select_related("participant__user", "participant__region", "version")
    found: Application = get_object_or_404(rows, pk=pk)
    return found


def meeting_or_404(request: HttpRequest, pk: UUID) -> tuple[IntakeMeeting, Application]:
    meeting = get_object_or_404(IntakeMeeting, pk=pk)
    return meeting, application_or_404(request, meeting.application_id)


def tried(form: RevisionForm, application: Application, act: Callable[[], Any]) -> bool:
    """Do it; where a rule says no, put its sentence into the form, which takes up the present revision."""
    try:
        act()
    except DomainError as error:
        field = form.places.get(error.field or "", error.field)
        add_to_form(form, DomainError(error.message, code=error.code, field=field))
        application.refresh_from_db()
        form.renew(application.revision)
        return False
    return True


def done(request: HttpRequest, application: Application, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect(trail.file_url(request, application.participant_id))


def show(
    request: HttpRequest, application: Application, form: RevisionForm, *, title: str, button: str,
    consequences: Sequence[str] = (), danger: bool = False, confirmed: bool = False,
) -> HttpResponse:  # fmt: skip
    """The page of one action, with the person it is about."""
    person = application.participant
    audit.record(Action.READ, application, person=person.user_id, purpose=Purpose.INTAKE, fields=("name", "state"))
    context = {
        "application": application, "participant": person, "person": person.user, "form": form, "title": title,
        "button": button, "consequences": consequences, "danger": danger, "confirmed": confirmed,
        "tag": TAG_KINDS[ApplicationState(application.state)],
        "file_url": trail.file_url(request, person.pk),
    }  # fmt: skip
    return render(request, "desk/act.html", context, status=409 if form.is_bound and form.non_field_errors() else 200)


@page
@coordinators
def set_meeting(request: HttpRequest, pk: UUID) -> HttpResponse:
    application = application_or_404(request, pk)
    form = meeting_form(request, application, NewMeetingForm)
    if request.method == "POST" and form.is_valid():
        at, link, revision = (form.cleaned_data[name] for name in ("starts_at", "link", "revision"))
        if tried(form, application, lambda: services.set_meeting(
            application=application, starts_at=at, by=account(request), revision=revision, link=link,
        )):  # fmt: skip
            return done(request, application, meeting_sentence(request, application, at))
    return show(
        request, application, form, title=_("Set the intake meeting"), button=_("Set the meeting"),
        consequences=[_("The person gets a neutral message with the time, if e-mail is safe for them.")],
    )  # fmt: skip


@page
@coordinators
def move_meeting(request: HttpRequest, pk: UUID) -> HttpResponse:
    meeting, application = meeting_or_404(request, pk)
    form = meeting_form(request, application)
    if request.method == "POST" and form.is_valid():
        at, revision = form.cleaned_data["starts_at"], form.cleaned_data["revision"]
        if tried(form, application, lambda: services.move_meeting(
            meeting=meeting, starts_at=at, by=account(request), revision=revision,
        )):  # fmt: skip
            return done(request, application, meeting_sentence(request, application, at))
    now = desk.both_clocks(meeting.starts_at, account(request), application.participant.user)
    return show(
        request, application, form, title=_("Move the intake meeting"), button=_("Move the meeting"),
        consequences=[_("It is set now: %(when)s.") % {"when": now["mine"]}, _("The person is told the new time.")],
    )  # fmt: skip


def meeting_form(request: HttpRequest, application: Application, kind: type[MeetingForm] = MeetingForm) -> MeetingForm:
    return kind(
        request.POST or None, zone=account(request).time_zone, initial={"revision": application.revision},
        hint=desk.clock_hint(account(request), application.participant.user),
    )  # fmt: skip


def meeting_sentence(request: HttpRequest, application: Application, at: Any) -> str:
    clocks = desk.both_clocks(at, account(request), application.participant.user)
    if clocks["theirs"]:
        return _("The intake meeting is set: %(mine)s. For the person: %(theirs)s.") % clocks
    return _("The intake meeting is set: %(mine)s.") % clocks


def confirm_page(
    request: HttpRequest, application: Application, act: Callable[[int], Any], *, title: str, button: str,
    consequences: Sequence[str], sentence: str, danger: bool = False,
) -> HttpResponse:  # fmt: skip
    """A page that says what will happen, with one button; the button does it."""
    form = RevisionForm(request.POST or None, initial={"revision": application.revision})
    if request.method == "POST" and form.is_valid():
        revision = form.cleaned_data["revision"]
        if tried(form, application, lambda: act(revision)):
            return done(request, application, sentence)
    return show(request, application, form, title=title, button=button, consequences=consequences, danger=danger)


@page
@coordinators
def cancel_meeting(request: HttpRequest, pk: UUID) -> HttpResponse:
    meeting, application = meeting_or_404(request, pk)
    return confirm_page(
        request, application,
        lambda revision: services.cancel_meeting(meeting=meeting, by=account(request), revision=revision),
        title=_("Cancel the intake meeting"), button=_("Cancel the meeting"), danger=True,
        consequences=[_("The person is told that the meeting does not take place."),
                      _("The application goes back to the list, and you can set another time.")],
        sentence=_("The intake meeting is cancelled. The application is back in the list."),
    )  # fmt: skip


@page
@coordinators
def missed_meeting(request: HttpRequest, pk: UUID) -> HttpResponse:
    meeting, application = meeting_or_404(request, pk)
    return confirm_page(
        request, application,
        lambda revision: services.record_missed_meeting(meeting=meeting, by=account(request), revision=revision),
        title=_("The person did not come"), button=_("Note it and go on"),
        consequences=[_("The application goes back to the list, and you can set another time."),
                      _("Nothing is held against the person, and no message is sent.")],
        sentence=_("Noted. The application is back in the list."),
    )  # fmt: skip


@page
@coordinators
def accept(request: HttpRequest, pk: UUID) -> HttpResponse:
    application = application_or_404(request, pk)
    initial = {"revision": application.revision, "services": application.services}
    form = AcceptForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        chosen, revision = form.cleaned_data["services"], form.cleaned_data["revision"]
        if tried(form, application, lambda: services.accept(
            application=application, services=chosen, by=account(request), revision=revision,
        )):  # fmt: skip
            return done(request, application, _("Accepted. The person is told that there is a decision to read."))
    wanted = ", ".join(str(Service(code).label) for code in application.services)
    return show(
        request, application, form, title=_("Accept"), button=_("Accept this person"),
        consequences=[about_meeting(application), _("The person asked for: %(wanted)s.") % {"wanted": wanted}],
    )  # fmt: skip


def about_meeting(application: Application) -> str:
    """What acceptance means for the meeting, or for which services it can do without one."""
    if application.state == ApplicationState.MEETING_SET:
        return _("The intake meeting counts as held.")
    names = [str(Service(code).label) for code in without_meeting(version_in_force())]
    return _("Without an intake meeting only: %(services)s.") % {"services": ", ".join(names) or "–"}


@page
@coordinators
def decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    """First the reasons, then a page that shows what the person will read, then the decision."""
    application = application_or_404(request, pk)
    form = DeclineForm(request.POST or None, initial={"revision": application.revision})
    confirming, sentences = False, []
    if request.method == "POST" and form.is_valid():
        chosen, revision = form.cleaned_data["reasons"], form.cleaned_data["revision"]
        sentences = [str(DecisionReason(code).label) for code in chosen]
        confirming = True
        if "confirmed" in request.POST and tried(form, application, lambda: services.decline(
            application=application, reasons=chosen, by=account(request), revision=revision,
        )):  # fmt: skip
            return done(request, application, _("Decided. The person is told that there is a decision to read."))
    told = [_("The person will read: “%(reason)s.”") % {"reason": sentence} for sentence in sentences]
    return show(
        request, application, form, title=_("Do not accept"), danger=True, confirmed=confirming,
        button=_("Yes, do not accept") if confirming else _("See what the person will read"),
        consequences=[*told, _("A decision cannot be undone. The person can apply again.")],
    )  # fmt: skip


@page
@coordinators
def answers(request: HttpRequest, pk: UUID) -> HttpResponse:
    application = application_or_404(request, pk)
    form = AnswersForm(request.POST or None, application=application, initial=AnswersForm.initial_of(application))
    if request.method == "POST" and form.is_valid():
        revision = form.cleaned_data["revision"]
        if tried(form, application, lambda: services.correct_answers(
            application=application, answers=form.answers(), by=account(request), revision=revision,
        )):  # fmt: skip
            return done(request, application, _("The answers are corrected. The file keeps the earlier ones too."))
    return show(
        request, application, form, title=_("Correct the answers"), button=_("Keep these answers"),
        consequences=[_("Only write down what the person says. Never ask what happened.")],
    )  # fmt: skip


@page
@coordinators
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    application = application_or_404(request, pk)
    return confirm_page(
        request, application,
        lambda _revision: services.withdraw_application(application=application, by=account(request)),
        title=_("Take back the application for the person"), button=_("Take it back"), danger=True,
        consequences=[_("Do this only when the person asks for it. Ask for no reason."),
                      _("A meeting that is set is cancelled. The person can apply again.")],
        sentence=_("The application is taken back."),
    )  # fmt: skip


@require_POST
@coordinators
def countersign_consent(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put one's own name and today's date beside a signature."""
    consent = get_object_or_404(Consent.objects.select_related("person"), pk=pk)
    participant = Participant.objects.in_regions_of(account(request)).filter(user_id=consent.person_id).first()
    if participant is None:
        raise Http404
    countersign(consent=consent, by=account(request))
    messages.success(request, _("Your name and the date stand beside the signature."))
    return back(request, participant)
