"""Who is at whose side, and that they met ([NH] rule 30). It is care, and no record of performance.

Who may pair: supervisors, and nobody else. They take on whoever has nobody or asks for it, give somebody without a
supervisor to a colleague, and hand over their own people. Administrators and coordinators pair nobody; coordinators
see who of their region has nobody. A supporter changes by asking (`ask_for_another`), without a reason.

What was agreed is read by the supporter and the supervisor who wrote it, while they are a pair. A supervisor whose
time has ended reads nothing any more; a later one what the supporter shows them.

Locks: the account of the supporter, then the pairing's own lock (a trigger), which knows no other.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from contact.models import OutboxMessage
from contact.services import add_guard, queue_message
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import require
from psp.models import User
from supporters import hooks
from supporters.choices import MeetingKind, SupporterState
from supporters.models import NextMeeting, Pairing, SupervisionMeeting, SupervisorWish
from supporters.supervision.querysets import supervises_now
from supporters.supervision.refusals import judged, refuse

# Neutral: that something is new in one's space, and no more.
NEWS = "space_news"
USEFUL_FOR = timedelta(days=7)
A_YEAR = timedelta(days=366)


def supervisors(but: Collection[UUID] = ()) -> QuerySet[User]:
    """Everybody who supervises now."""
    rows: QuerySet[User] = User.objects.filter(supervises_now("pk")).exclude(pk__in=but)
    return rows


def current_of(user: User | UUID) -> Pairing | None:
    """Who is at their side; None where nobody is, or whoever was does not supervise any more."""
    key = user if isinstance(user, UUID) else user.pk
    found: Pairing | None = Pairing.objects.current().filter(user=key).select_related("supervisor").first()
    return found


def without_supervisor() -> QuerySet[User]:
    """Peer supporters, or on the way there, and supervisors, with nobody at their side and nobody whom they chose."""
    supported = Q(roles__role__in=[Role.SUPPORTER, Role.SUPERVISOR]) | Q(
        supporter__state__in=[SupporterState.JOINING, SupporterState.ACTIVE]
    )
    rows: QuerySet[User] = User.objects.filter(supported, is_active=True)
    cared_for = Pairing.objects.current().values("user")
    chosen = SupervisorWish.objects.filter(supervises_now("wished_id")).values("user")
    return rows.exclude(pk__in=cared_for).exclude(pk__in=chosen).distinct().order_by("username")


def held(user: User) -> User:
    """The account, locked: whoever changes something of somebody's supervision takes it first."""
    found: User = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    return found


# --- Pairs ----------------------------------------------------------------------------------------


@transaction.atomic
def pair(user: User, supervisor: User, by: User) -> Pairing:
    """`supervisor` is at the side of `user` from today on. The one before is told that it ended, and no more.

    Twice is as once. Forbidden for whoever may not pair them. DomainError: `no_supervisor`, `pairing_with_another`,
    `pairing_no_circle`.
    """
    held(user)
    before: Pairing | None = Pairing.objects.standing().filter(user=user).select_related("supervisor").first()
    now = current_of(user)
    require(may_pair(by, user, supervisor, now), "pair")
    _check_pair(user, supervisor)
    if before is not None and before.supervisor_id == supervisor.pk:
        SupervisorWish.objects.filter(user=user).delete()
        return before
    with judged("supervisor"):
        if before is not None:
            _end(before, by=by)
        made = Pairing.objects.create(user=user, supervisor=supervisor)
    SupervisorWish.objects.filter(user=user).delete()
    audit.record(Action.CREATE, made, person=user.pk, purpose=Purpose.CARE)
    for one in (user, supervisor):
        if one.pk != by.pk:
            tell(one, f"paired|{made.pk}")
    return made


def may_pair(by: User, user: User, supervisor: User, now: Pairing | None) -> bool:
    """A supervisor: whom nobody supervises, their own people, and those who wish to be supervised by them or by
    anybody else. `now`: who is at the side of `user`. Nobody decides about their own supervision."""
    if by.pk == user.pk or not by.roles.filter(role=Role.SUPERVISOR).exists():
        return False
    if now is None or now.supervisor_id == by.pk:
        return True
    return supervisor.pk == by.pk and SupervisorWish.objects.visible_to(by).filter(user=user).exists()


def _check_pair(user: User, supervisor: User) -> None:
    if user.pk == supervisor.pk:
        raise refuse("pairing_with_another", "supervisor")
    if not supervisors().filter(pk=supervisor.pk).exists():
        raise refuse("no_supervisor", "supervisor")


def _end(pairing: Pairing, *, by: User) -> None:
    """The day stays on its row; what was planned goes; talks and plans are the supporter's to go on with."""
    pairing.ended_on = timezone.localdate()
    pairing.save(update_fields=["ended_on"])
    NextMeeting.objects.filter(user=pairing.user_id).delete()
    audit.record(Action.CHANGE, pairing, person=pairing.user_id, purpose=Purpose.CARE, fields=("ended_on",))
    if pairing.supervisor_id != by.pk:
        tell(pairing.supervisor, f"pairing_ended|{pairing.pk}")


def tell(person: User, about: str, **context: str) -> OutboxMessage:
    """That there is something new in their space. `context`: what must still be there when it leaves.
    That a message was sent is kept for long, with its key: so the key tells nobody who wished for another supervisor,
    after the wish was taken back, or after the person was forgotten.
    """
    until, mark = timezone.now() + USEFUL_FOR, salted_hmac("supervision.news", about, algorithm="sha256").hexdigest()
    return queue_message(person=person, template=NEWS, key=f"{NEWS}|{mark}", context=context, useful_until=until)


def still_news(message: OutboxMessage) -> bool:
    """A wish that was taken back or met is no news, nor is a meeting that is not planned any more."""
    wish, planned = message.context.get("wish"), message.context.get("next")
    if wish is not None:
        return bool(SupervisorWish.objects.visible_to(message.person).filter(user=wish).exists())
    return planned is None or NextMeeting.objects.filter(pk=planned).exists()


@transaction.atomic
def end_all(user: User, *, by: User) -> None:
    """When somebody is no peer supporter any more (`hooks.on_ended`): nobody is at their side, nothing is planned."""
    held(user)
    SupervisorWish.objects.filter(user=user).delete()
    for pairing in Pairing.objects.standing().filter(user=user).select_related("supervisor"):
        _end(pairing, by=by)


def subscribe() -> None:
    hooks.on_ended(end_all)
    add_guard(NEWS, still_news)


# --- Another supervisor, without a reason ---------------------------------------------------------


@transaction.atomic
def ask_for_another(*, by: User, wished: User | None) -> SupervisorWish:
    """Another supervisor: `wished`, or any other. Whom they have stays until then, and is told nothing.

    DomainError: `no_supervisor` (also for the one they have). Asking again says it anew.
    """
    held(by)
    now = current_of(by)
    taken = {by.pk} | ({now.supervisor_id} if now else set())
    if wished is not None and not supervisors(taken).filter(pk=wished.pk).exists():
        raise refuse("no_supervisor", "supervisor")
    found, made = SupervisorWish.objects.get_or_create(user=by, defaults={"wished": wished})
    if not made and found.wished_id != (wished.pk if wished else None):
        found.wished, found.since = wished, timezone.now()
        found.save(update_fields=["wished", "since"])
        made = True
    if made:
        audit.record(Action.CHANGE, found, person=by.pk, purpose=Purpose.CARE, fields=("wished",))
        for one in [wished] if wished else supervisors(taken):
            tell(one, f"wish|{by.pk}|{one.pk}|{found.since.isoformat()}", wish=str(by.pk))
    return found


@transaction.atomic
def take_back_wish(*, by: User) -> None:
    """Everything stays as it is. Twice is as once."""
    held(by)
    SupervisorWish.objects.filter(user=by).delete()


@transaction.atomic
def cannot_now(*, wish: SupervisorWish, by: User) -> None:
    """The supervisor whom they chose cannot take anybody on now: the wish is for any other, and stays."""
    require(wish.wished_id == by.pk, "wish")
    held(wish.user)
    found = SupervisorWish.objects.filter(user=wish.user_id, wished=by).first()
    if found is not None:
        found.wished, found.since = None, timezone.now()
        found.save(update_fields=["wished", "since"])
        tell(found.user, f"wish_open|{found.user_id}|{found.since.isoformat()}")
        now = current_of(found.user)
        for one in supervisors({by.pk, found.user_id, *([now.supervisor_id] if now else [])}):
            tell(one, f"wish|{found.user_id}|{one.pk}|{found.since.isoformat()}", wish=str(found.user_id))


# --- Meetings -------------------------------------------------------------------------------------


@transaction.atomic
def note_meeting(
    *, user: User, by: User, kind: str, held_on: date, minutes: int, agreed: str = "", key: UUID | None = None,
    together: UUID | None = None,
) -> SupervisionMeeting:  # fmt: skip
    """That the two met. `by`: the supervisor at the side of `user` (else Forbidden).

    `key`: of the form that was sent; the second press finds what the first one wrote. What was planned until that day
    is done. DomainError: `kind_unknown`, `held_later`, `long_ago`, `minutes`.
    """
    held(user)
    now = current_of(user)
    require(now is not None and now.supervisor_id == by.pk, "note_meeting")
    _check_meeting(kind, held_on, minutes)
    made = SupervisionMeeting(
        user=user, supervisor=by, kind=kind, held_on=held_on, minutes=minutes, agreed=agreed.strip(), together=together
    )
    if key is not None:
        made.pk = uuid5(key, str(user.pk))
        known: SupervisionMeeting | None = SupervisionMeeting.objects.filter(pk=made.pk).first()
        if known is not None:
            return known
    made.save(force_insert=True)
    _done(user)
    audit.record(Action.CREATE, made, person=user.pk, purpose=Purpose.CARE, fields=("held_on", "kind", "minutes"))
    return made


def _check_meeting(kind: str, held_on: date, minutes: int) -> None:
    if kind not in MeetingKind.values:
        raise refuse("kind_unknown", "kind")
    if held_on > timezone.localdate():
        raise refuse("held_later", "held_on")
    if held_on < timezone.localdate() - A_YEAR:
        raise refuse("long_ago", "held_on")
    if not 1 <= minutes <= 480:
        raise refuse("minutes", "minutes")


def _done(user: User) -> None:
    """What was planned, if it has begun."""
    NextMeeting.objects.filter(user=user, starts_at__lte=timezone.now()).delete()


@transaction.atomic
def note_together(
    *, by: User, people: Collection[User], held_on: date, minutes: int, agreed: str = "", key: UUID | None = None
) -> list[SupervisionMeeting]:
    """Group supervision: one row for each of them, sealed to its person. DomainError: `nobody_there`, and as above."""
    if not people:
        raise refuse("nobody_there", "people")
    together = key or uuid5(by.pk, timezone.now().isoformat())
    return [
        note_meeting(user=one, by=by, kind=MeetingKind.GROUP, held_on=held_on, minutes=minutes, agreed=agreed,
                     key=together, together=together)
        for one in sorted(people, key=lambda one: one.pk)
    ]  # fmt: skip


@transaction.atomic
def add_own_line(*, meeting: SupervisionMeeting, by: User, text: str) -> SupervisionMeeting:
    """The supporter's own words beside what the supervisor wrote; both read them. They may change them."""
    require(meeting.user_id == by.pk, "own_line")
    found: SupervisionMeeting = _locked(SupervisionMeeting, meeting)
    found.added = text.strip()
    found.save(update_fields=["added"])
    audit.record(Action.CHANGE, found, person=by.pk, purpose=Purpose.CARE, fields=("added",))
    return found


@transaction.atomic
def show_to_current(*, row: Any, by: User, shown: bool) -> Any:
    """A meeting or a plan with an earlier supervisor: shown to the one of now, or not any more. The supporter alone
    decides. DomainError: `no_supervisor` while they have none."""
    require(row.user_id == by.pk, "show")
    found, now = _locked(type(row), row), current_of(by)
    if shown and now is None:
        raise refuse("no_supervisor")
    found.shared_with = now.supervisor if shown and now is not None else None
    found.save(update_fields=["shared_with"])
    audit.record(Action.CHANGE, found, person=by.pk, purpose=Purpose.CARE, fields=("shared_with",))
    return found


def _locked(model: Any, row: Any) -> Any:
    return model.objects.select_for_update(of=("self",)).get(pk=row.pk)


# --- The next one ---------------------------------------------------------------------------------


@transaction.atomic
def plan_next(*, user: User, by: User, starts_at: datetime, minutes: int = 60) -> NextMeeting:
    """When the two meet next, instead of what was planned before. DomainError: `next_in_past`, `minutes`."""
    held(user)
    now = current_of(user)
    require(now is not None and now.supervisor_id == by.pk, "plan_next")
    if not timezone.now() < starts_at < timezone.now() + A_YEAR:
        raise refuse("next_in_past", "day")
    if not 1 <= minutes <= 480:
        raise refuse("minutes", "minutes")
    found = NextMeeting.objects.filter(user=user).first() or NextMeeting(user=user, supervisor=by)
    new = found._state.adding
    if new or (found.starts_at, found.minutes) != (starts_at, minutes):
        found.revision += 0 if new else 1
        found.supervisor, found.starts_at, found.minutes, found.changed_at = by, starts_at, minutes, timezone.now()
        found.save()
        audit.record(Action.CHANGE, found, person=user.pk, purpose=Purpose.CARE, fields=("starts_at",))
        tell(user, f"next|{found.pk}|{found.revision}", next=str(found.pk))
    return found


@transaction.atomic
def drop_next(*, user: User, by: User) -> None:
    """Nothing is planned. Either of the two may; the other one is told. Twice is as once."""
    held(user)
    found = NextMeeting.objects.visible_to(by).filter(user=user).select_related("supervisor").first()
    if found is not None:
        other = found.supervisor if by.pk == user.pk else user
        found.delete()
        tell(other, f"next_off|{found.revision}|{user.pk}|{found.changed_at.isoformat()}")
