"""For whoever is supervised: who is at my side, what we agreed on, a talk, another supervisor, my plan."""

from __future__ import annotations

from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from psp import ics
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.bilingual import reader_language
from psp.choices import Role
from psp.errors import DomainError, add_to_form, require
from psp.models import User
from psp.views import crisis_lines
from supporters.models import NextMeeting, SupervisionMeeting, SupervisorWish, SupportPlan, Talk
from supporters.supervision import services as services_supervision
from supporters.supervision import services_talks, words
from supporters.supervision.facts import due_of
from supporters.supervision.forms import ANYBODY, OwnLineForm, SupervisorForm, TalkForm
from supporters.supervision.services import current_of

# Supervisors are supervised too.
SUPPORTED = (Role.SUPPORTER, Role.SUPERVISOR)
supported_only = requires(*SUPPORTED)
SHOWN = 30
TITLES = {"en": "Appointment", "fr": "Rendez-vous"}
FILE_NAMES = {"en": "appointment.ics", "fr": "rendez-vous.ics"}


@require_GET
@supported_only
def mine(request: HttpRequest) -> HttpResponse:
    me, today = account(request), timezone.localdate()
    now = current_of(me)
    side = now.supervisor if now else None
    meetings = list(SupervisionMeeting.objects.filter(user=me).select_related("supervisor")[:SHOWN])
    plans = list(SupportPlan.objects.filter(user=me).select_related("supervisor")[:SHOWN])
    audit.record_reads([*meetings, *plans], purpose=Purpose.OWN)
    due = due_of([me.pk], today).get(me.pk)
    wish = SupervisorWish.objects.filter(user=me).select_related("wished").first()
    known = words.kinds_known()
    context = {
        "supervisor": side, "due": words.due(due, today) if due else None, "wish": wish,
        "next": words.planned(NextMeeting.objects.filter(user=me).first(), me.time_zone), "talk": _open_talk(me),
        "meetings": [words.meeting(row, side) for row in meetings],
        "plans": [words.plan(row, today, side, known=known) for row in plans],
    }  # fmt: skip
    return render(request, "supporters/supervision/mine.html", context)


def _open_talk(me: User) -> Talk | None:
    found: Talk | None = Talk.objects.unsettled().filter(user=me).select_related("asked", "taken_by").first()
    return found


# --- A talk now -----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@supported_only
def talk(request: HttpRequest) -> HttpResponse:
    """Who is there now, and lines to call beside it: nobody has to wait for us."""
    me = account(request)
    form = TalkForm(request.POST or None, people=_with_words(me))
    if request.method == "POST" and form.is_valid():
        try:
            services_talks.ask_talk(by=me, asked=form.chosen(), when=form.cleaned_data["when"])
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("They are told. You see here who takes care of it."))
            return redirect("lead:talk")
    context = {"form": form, "talk": _open_talk(me), "crisis_lines": crisis_lines()}
    return render(request, "supporters/supervision/talk.html", context)


def _with_words(me: User) -> list[tuple[User, str]]:
    """Supervisors with what one wants to know of them, the nearest first."""
    said = {0: _("%(name)s, your supervisor"), 1: _("%(name)s: the door is open now"), 2: "%(name)s"}
    there = set(services_talks.open_now())
    rows = []
    for one in services_talks.nearest_first(me):
        own_and_there = one.nearness == 0 and one.pk in there  # type: ignore[attr-defined]
        words_for = _("%(name)s, your supervisor: the door is open now") if own_and_there else said[one.nearness]  # type: ignore[attr-defined]
        rows.append((one, words_for % {"name": one.name}))
    return rows


def _my_talk(request: HttpRequest, talk_id: UUID) -> Talk:
    me = account(request)
    found: Talk = get_object_or_404(Talk.objects.visible_to(me), pk=talk_id)
    require(found.user_id == me.pk, "talk")
    return found


@require_POST
@supported_only
def talk_back(request: HttpRequest, talk_id: UUID) -> HttpResponse:
    services_talks.take_back(talk=_my_talk(request, talk_id), by=account(request))
    messages.success(request, _("It is taken back. You can ask again at any time."))
    return redirect("lead:talk")


@require_POST
@supported_only
def talk_done(request: HttpRequest, talk_id: UUID) -> HttpResponse:
    services_talks.done(talk=_my_talk(request, talk_id), by=account(request))
    messages.success(request, _("Noted. What you spoke about is kept nowhere."))
    return redirect("lead:supervision")


# --- Another supervisor ---------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@supported_only
def another(request: HttpRequest) -> HttpResponse:
    """No reason is asked. Whom they have learns that it ended, once it has."""
    me = account(request)
    now = current_of(me)
    people = list(services_supervision.supervisors({me.pk, *([now.supervisor_id] if now else [])}))
    form = SupervisorForm(request.POST or None, people=people, nobody=ANYBODY)
    if request.method == "POST" and form.is_valid():
        try:
            services_supervision.ask_for_another(by=me, wished=form.chosen())
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Your wish is passed on. You see here when somebody takes you on."))
            return redirect("lead:supervision")
    return render(request, "supporters/supervision/another.html", {"form": form, "supervisor": now and now.supervisor})


@require_POST
@supported_only
def another_back(request: HttpRequest) -> HttpResponse:
    services_supervision.take_back_wish(by=account(request))
    messages.success(request, _("It is taken back. Everything stays as it is."))
    return redirect("lead:supervision")


# --- What was agreed ------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@supported_only
def own_line(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    me = account(request)
    rows = SupervisionMeeting.objects.visible_to(me).select_related("supervisor")
    found: SupervisionMeeting = get_object_or_404(rows, pk=meeting_id)
    require(found.user_id == me.pk, "own_line")
    audit.record_reads([found], purpose=Purpose.OWN)
    form = OwnLineForm(request.POST or None, initial={"text": found.added})
    if request.method == "POST" and form.is_valid():
        services_supervision.add_own_line(meeting=found, by=me, text=form.cleaned_data["text"])
        messages.success(request, _("Kept. Both of you read it."))
        return redirect("lead:supervision")
    context = {"form": form, "meeting": words.meeting(found)}
    return render(request, "supporters/supervision/own_line.html", context)


@require_POST
@supported_only
def show_meeting(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    return _show(request, get_object_or_404(SupervisionMeeting.objects.visible_to(account(request)), pk=meeting_id))


@require_POST
@supported_only
def show_plan(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    return _show(request, get_object_or_404(SupportPlan.objects.visible_to(account(request)), pk=plan_id))


def _show(request: HttpRequest, row: SupervisionMeeting | SupportPlan) -> HttpResponse:
    """What an earlier supervisor wrote: shown to the one of now, or not any more."""
    shown = request.POST.get("shown") == "1"
    services_supervision.show_to_current(row=row, by=account(request), shown=shown)
    messages.success(request, _("Your supervisor reads it now.") if shown else _("It is yours alone again."))
    return redirect("lead:supervision")


@require_POST
@supported_only
def drop_next(request: HttpRequest) -> HttpResponse:
    me = account(request)
    services_supervision.drop_next(user=me, by=me)
    messages.success(request, _("It is called off, and your supervisor is told."))
    return redirect("lead:supervision")


@require_GET
@supported_only
def next_file(request: HttpRequest, next_id: UUID) -> HttpResponse:
    """For one's own calendar; its name and words tell nothing. For either of the two."""
    found: NextMeeting = get_object_or_404(NextMeeting.objects.visible_to(account(request)), pk=next_id)
    language, sender = reader_language(), parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    event = ics.Event(
        uid=ics.uid_of(found.pk, sender.rpartition("@")[2]), starts_at=found.starts_at, ends_at=found.ends_at,
        title=TITLES[language], sequence=found.revision, changed_at=found.changed_at,
    )  # fmt: skip
    answer = HttpResponse(ics.single(event, sender), content_type=ics.CONTENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{FILE_NAMES[language]}"'
    return answer
