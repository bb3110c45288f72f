"""After a session: how it was for whoever led it, whether there is something to talk about, and support now.

Voluntary, in codes, about oneself. Coordinators learn that there is something to follow up; the supervisor who was
chosen learns that support is asked for, and how it was.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from contact.models import OutboxMessage
from contact.services import queue_message
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import DomainError, require
from psp.models import User
from sessions.choices import SUPPORT_TRANSITIONS, HowItWas, SessionState, SupportState, Told
from sessions.models import Debrief, GroupSession
from sessions.permissions import can_debrief, can_follow_up
from supporters.supervision.services_talks import nearest_first

# Neutral: a colleague's phone may be read by others too.
ASKED = "colleague_asks"
USEFUL_FOR = timedelta(days=3)


def supervisors(of: User) -> QuerySet[User]:
    """Whom somebody may ask for support: the own supervisor first, then whoever's door is open; never oneself."""
    return nearest_first(of)


@transaction.atomic
def keep_debrief(
    *, session: GroupSession | UUID, by: User, how: str = "", follow_up: bool = False, supervisor: User | None = None,
    seen: str | None = None,
) -> Debrief | None:  # fmt: skip
    """What this person says about the session for themselves; saying nothing keeps nothing. May change at any time.

    `supervisor`: support is asked of them now. `seen`: `mark_of` what the page showed; a page that did not know of
    something that was asked takes nothing back of it. DomainError: `not_begun`, `how_unknown`, `no_supervisor`.
    """
    key = session if isinstance(session, UUID) else session.pk
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    found = GroupSession.objects.select_related("group").get(pk=key)
    require(can_debrief(by, found), "debrief")
    _check(found, how, supervisor, by)
    row = Debrief.objects.filter(session=found, lead=by).first()
    if row is None and not (how or follow_up or supervisor):
        return None
    new, row = row is None, row or Debrief(session=found, lead=by)
    row.how, row.changed_at = how, timezone.now()
    knew = seen is None or new or seen == mark_of(row)
    if follow_up != (row.told == Told.OPEN) and (follow_up or knew):
        row.told = Told.OPEN if follow_up else Told.NOTHING
    ask = _ask_of(row, supervisor, takes_back=knew)
    row.save(force_insert=new)
    audit.record(Action.CREATE if new else Action.CHANGE, row, person=by.pk, purpose=Purpose.SESSIONS, fields=("how",))
    if ask and supervisor is not None:
        _tell(row, supervisor)
    return row


@transaction.atomic
def put_away(*, session: GroupSession | UUID, by: User) -> None:
    """They do not want to be asked about this session. Anything that they said stays; they may still say something."""
    key = session if isinstance(session, UUID) else session.pk
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    found = GroupSession.objects.select_related("group").get(pk=key)
    require(can_debrief(by, found), "debrief")
    _check(found, "", None, by)
    Debrief.objects.get_or_create(session=found, lead=by)


def _check(session: GroupSession, how: str, supervisor: User | None, by: User) -> None:
    if session.state == SessionState.CANCELLED or session.starts_at > timezone.now():
        message = _("This session has not begun, or it did not take place. Come back afterwards.")
        raise DomainError(message, code="not_begun")
    if how and how not in HowItWas.values:
        raise DomainError(_("Choose one of the answers."), code="how_unknown", field="how")
    if supervisor is not None and not supervisors(by).filter(pk=supervisor.pk).exists():
        message = _("Choose one of the supervisors, or nobody.")
        raise DomainError(message, code="no_supervisor", field="supervisor")


def mark_of(row: Debrief | None) -> str:
    """Changes whenever something is asked for."""
    return f"{row.asked}.{row.told}" if row is not None else ""


def _ask_of(row: Debrief, supervisor: User | None, *, takes_back: bool) -> bool:
    """Whether that is news for the supervisor. Taken back, it is as if never asked, unless somebody takes care of it
    already."""
    if supervisor is None:
        if row.support == SupportState.ASKED and takes_back:
            row.support, row.supervisor = SupportState.NONE, None
        return False
    open_there = row.supervisor_id == supervisor.pk and row.support in (SupportState.ASKED, SupportState.TAKEN)
    if open_there:
        return False
    row.support, row.supervisor, row.asked = SupportState.ASKED, supervisor, row.asked + 1
    return True


def _tell(row: Debrief, supervisor: User) -> None:
    """That something waits on the supervisor's page, and no more."""
    queue_message(
        person=supervisor, template=ASKED, key=f"{ASKED}|{row.pk}|{row.asked}", context={"debrief": str(row.pk)},
        useful_until=timezone.now() + USEFUL_FOR,
    )  # fmt: skip


def still_asked(message: OutboxMessage) -> bool:
    """Nobody takes care of it yet, and it was asked of this supervisor."""
    asked = Debrief.objects.filter(pk=message.context["debrief"], support=SupportState.ASKED)
    return asked.filter(supervisor=message.person_id, supervisor__roles__role=Role.SUPERVISOR).exists()


# --- The supervisor -------------------------------------------------------------------------------


def take(*, debrief: Debrief | UUID, by: User) -> Debrief:
    """The supervisor is with them, or will be soon."""
    return _support(debrief, SupportState.TAKEN, by)


def end(*, debrief: Debrief | UUID, by: User) -> Debrief:
    """They have spoken. What was said is kept nowhere."""
    return _support(debrief, SupportState.DONE, by)


@transaction.atomic
def _support(debrief: Debrief | UUID, state: SupportState, by: User) -> Debrief:
    held = _held(debrief)
    require(held.supervisor_id == by.pk and held.support != SupportState.NONE, "support")
    if held.support != state and state in SUPPORT_TRANSITIONS[SupportState(held.support)]:
        held.support, held.changed_at = state, timezone.now()
        held.save(update_fields=["support", "changed_at"])
        audit.record(
            Action.CHANGE, held, person=held.lead_id, purpose=Purpose.SESSIONS, fields=("support",)
        )  # fmt: skip
    return held


# --- The coordinator ------------------------------------------------------------------------------


@transaction.atomic
def talked_about(*, debrief: Debrief | UUID, by: User) -> Debrief:
    """What there was to follow up has been talked about. Twice is as once."""
    held = _held(debrief)
    require(can_follow_up(by, held), "follow_up")
    stranded = Debrief.objects.stranded().filter(pk=held.pk).exists()
    if held.told == Told.OPEN or stranded:
        held.told, held.changed_at = Told.DONE if held.told == Told.OPEN else held.told, timezone.now()
        held.support = SupportState.DONE if stranded else held.support
        held.save(update_fields=["told", "support", "changed_at"])
        audit.record(Action.CHANGE, held, person=held.lead_id, purpose=Purpose.SESSIONS, fields=("told",))
    return held


def _held(debrief: Debrief | UUID) -> Debrief:
    key = debrief if isinstance(debrief, UUID) else debrief.pk
    rows = Debrief.objects.select_for_update(of=("self",)).select_related("session__group")
    found: Debrief = rows.get(pk=key)
    return found
