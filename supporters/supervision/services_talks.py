"""The open door ([NH] rule 30): who is there now, and a talk now or today. What is said is kept nowhere.

A talk that nobody takes in time goes to all supervisors (`CareSetting.talk_wait_minutes`). Help lines stand beside it:
nobody has to wait for us. Locks: the account of whoever asks, then the talk.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings as site
from django.db import transaction
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils import timezone

from contact.models import OutboxMessage
from contact.services import add_guard, queue_message
from privacy.retention_floor import keep_holds_still, standing_holds
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import require
from psp.models import User
from psp.sight import sight_of
from supporters.models import OpenDoor, Pairing, Talk
from supporters.reference import settings
from supporters.supervision.choices import TALK_OPEN, TALK_TRANSITIONS, TalkState, TalkWhen
from supporters.supervision.refusals import refuse
from supporters.supervision.services import held, supervisors

# Neutral: a colleague's phone may be read by others too.
ASKED = "talk_asked"
USEFUL_FOR = timedelta(days=1)
A_DAY = timedelta(hours=24)


def nearest_first(of: User, now: datetime | None = None) -> QuerySet[User]:
    """Whom somebody may ask: the own supervisor first, then whoever's door is open, then the others; never oneself.

    `nearness` on each: 0, 1 or 2.
    """
    own = Pairing.objects.current().filter(user=of).values("supervisor")
    there = OpenDoor.objects.open_at(now or timezone.now()).values("user")
    near = Case(
        When(pk__in=own, then=Value(0)), When(pk__in=there, then=Value(1)), default=Value(2),
        output_field=IntegerField(),
    )  # fmt: skip
    return supervisors({of.pk}).annotate(nearness=near).order_by("nearness", "username")


def open_now() -> list[UUID]:
    """Accounts of supervisors whose door is open."""
    return list(OpenDoor.objects.open_at(timezone.now()).values_list("user_id", flat=True))


# --- The door -------------------------------------------------------------------------------------


@transaction.atomic
def open_door(*, by: User, until: datetime) -> OpenDoor:
    """Seen by everybody who is supported, until then. DomainError: `door_until`; Forbidden without the role."""
    require(sight_of(by).has(Role.SUPERVISOR), "door")
    if not timezone.now() < until <= timezone.now() + A_DAY:
        raise refuse("door_until", "until")
    made, _new = OpenDoor.objects.update_or_create(user=by, defaults={"until": until})
    return made


@transaction.atomic
def shut_door(*, by: User) -> None:
    OpenDoor.objects.filter(user=by).delete()


# --- Asking ---------------------------------------------------------------------------------------


@transaction.atomic
def ask_talk(*, by: User, asked: User | None, when: str) -> Talk:
    """A talk with `asked`, or with whoever is there first (None). One at a time: a second press finds the first.

    DomainError: `no_supervisor`, `when_unknown`.
    """
    held(by)
    if when not in TalkWhen.values:
        raise refuse("when_unknown", "when")
    if asked is not None and not supervisors({by.pk}).filter(pk=asked.pk).exists():
        raise refuse("no_supervisor", "asked")
    known: Talk | None = Talk.objects.unsettled().filter(user=by).first()
    if known is not None:
        return known
    made = Talk.objects.create(user=by, asked=asked, when=when, everybody_at=None if asked else timezone.now())
    audit.record(Action.CREATE, made, person=by.pk, purpose=Purpose.CARE)
    _tell(made, [asked] if asked else supervisors({by.pk}))
    return made


def _tell(talk: Talk, people: Collection[User] | QuerySet[User]) -> None:
    """That somebody would like to talk; who, they see on their page."""
    for one in people:
        queue_message(
            person=one, template=ASKED, key=f"{ASKED}|{talk.pk}|{one.pk}", context={"talk": str(talk.pk)},
            useful_until=timezone.now() + USEFUL_FOR,
        )  # fmt: skip


def still_asked(message: OutboxMessage) -> bool:
    """Nobody takes care of it yet, and it is this supervisor's to take."""
    waiting = Talk.objects.waiting_for(message.person).filter(pk=message.context["talk"])
    return bool(waiting.filter(state=TalkState.ASKED).exists())


def take_back(*, talk: Talk | UUID, by: User) -> Talk:
    """Not needed any more; nobody asks why."""
    return _move(talk, TalkState.BACK, by)


def take(*, talk: Talk | UUID, by: User) -> Talk:
    """The supervisor is with them, or will be soon. DomainError `talk_taken`: a colleague was quicker."""
    return _move(talk, TalkState.TAKEN, by)


def done(*, talk: Talk | UUID, by: User) -> Talk:
    """They have talked, says one of the two. What was said is kept nowhere."""
    return _move(talk, TalkState.DONE, by)


@transaction.atomic
def _move(talk: Talk | UUID, state: TalkState, by: User) -> Talk:
    key = talk if isinstance(talk, UUID) else talk.pk
    found: Talk = Talk.objects.select_for_update(of=("self",)).get(pk=key)
    own = found.user_id == by.pk
    if not own and found.taken_by_id not in (None, by.pk) and sight_of(by).has(Role.SUPERVISOR):
        raise refuse("talk_taken")
    theirs = Talk.objects.waiting_for(by).filter(pk=key).exists() or found.taken_by_id == by.pk
    require(own if state == TalkState.BACK else theirs or (own and state == TalkState.DONE), "talk")
    if state in TALK_TRANSITIONS[TalkState(found.state)]:
        found.state, found.changed_at = state, timezone.now()
        found.taken_by = found.taken_by if own else by
        found.save(update_fields=["state", "changed_at", "taken_by"])
        audit.record(Action.CHANGE, found, person=found.user_id, purpose=Purpose.CARE, fields=("state",))
    return found


# --- By itself ------------------------------------------------------------------------------------


def widen(now: datetime) -> int:
    """What nobody took in time goes to all supervisors; how many. Each in a transaction of its own."""
    late = now - timedelta(minutes=settings().talk_wait_minutes)
    due = Talk.objects.filter(state=TalkState.ASKED, everybody_at__isnull=True, asked_at__lte=late)
    return sum(_widen(key, now) for key in list(due.values_list("pk", flat=True)))


@transaction.atomic
def _widen(key: UUID, now: datetime) -> bool:
    rows = Talk.objects.select_for_update(of=("self",), skip_locked=True)
    talk = rows.filter(pk=key, state=TalkState.ASKED, everybody_at__isnull=True).first()
    if talk is None:
        return False
    talk.everybody_at = now
    talk.save(update_fields=["everybody_at"])
    _tell(talk, supervisors({talk.user_id, *([talk.asked_id] if talk.asked_id else [])}))
    return True


@transaction.atomic
def forget(now: datetime) -> int:
    """What is over has a short life, and so has what nobody can answer any more. What a hold protects stays."""
    keep_holds_still()
    old = now - timedelta(days=site.PSP_DEBRIEF_DAYS)
    OpenDoor.objects.filter(until__lte=now).delete()
    over = Talk.objects.exclude(state__in=TALK_OPEN) | Talk.objects.filter(user__is_active=False)
    count: int = over.filter(changed_at__lte=old).exclude(user__in=standing_holds()).delete()[0]
    return count


def subscribe() -> None:
    add_guard(ASKED, still_asked)
