"""Sessions that somebody was to lead and cannot: who leads them instead.

A pause, leave, the end of a role, or "I cannot lead this one": to those who plan it is all the same, and nobody is told
which. What runs already stays with whoever leads it. Locks: account → group → session.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.choices import RUNNING, GroupKind, LeadRole
from groups.models import GroupLead
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import DomainError, require
from psp.models import RoleAssignment, User
from sessions import changes_told
from sessions.choices import SessionState
from sessions.choices_cover import COVER_TRANSITIONS, CoverState
from sessions.locks import locked_group, locked_session
from sessions.models import Cover, GroupSession
from sessions.permissions import can_manage_sessions, leads_session
from sessions.reminders import take_back_from
from sessions.standing_in import check_stand_in, check_still
from supporters.choices import SupporterState
from supporters.models import Leave, Pause, Supporter

# --- Somebody cannot ------------------------------------------------------------------------------


@transaction.atomic
def cannot_lead(*, session: GroupSession | UUID, by: User) -> Cover | None:
    """One session that this person cannot lead, without a reason. Twice is as once.

    None where they stood in for somebody else, whose task is open again. DomainError: `begun`.
    """
    locked = locked_session(session)
    require(leads_session(by, locked) or Cover.objects.away(by).filter(session=locked).exists(), "cannot_lead")
    if locked.state != SessionState.SCHEDULED or locked.starts_at <= timezone.now():
        message = _("This session has begun, or does not take place. Nothing was changed.")
        raise DomainError(message, code="begun")
    return _need(locked, by, single=True)


@transaction.atomic
def can_lead_after_all(*, session: GroupSession | UUID, by: User) -> None:
    """Take it back while nobody has taken care of it. DomainError: `taken_care_of`; `away` while a pause or leave
    would make it a task again."""
    locked = locked_session(session)
    cover = Cover.objects.select_for_update(of=("self",)).filter(session=locked, lead=by).first()
    if cover is None or cover.state == CoverState.NOT_NEEDED:
        return
    if cover.state != CoverState.OPEN or cover.decided:
        message = _("Somebody else leads this session. Speak with a coordinator if you can lead it after all.")
        raise DomainError(message, code="taken_care_of")
    if is_away(locked, by):
        message = _(
            "Your role is paused, or you are on leave that day. End that first; this session is yours again then."
        )
        raise DomainError(message, code="away")
    _move(cover, CoverState.NOT_NEEDED)


def is_away(session: GroupSession, user: User) -> bool:
    """Whether a pause or leave of this account holds for the session."""
    return bool(Pause.objects.standing().filter(user=user).exists()) or _on_leave(session, user)


@transaction.atomic
def away_from_now(user: User, *, by: User) -> int:
    """Everything that has not begun needs somebody. How many sessions that is."""
    return _need_all(user, GroupSession.objects.to_lead(user).filter(starts_at__gt=timezone.now()))


@transaction.atomic
def away_between(user: User, first_day: date, last_day: date, *, by: User) -> int:
    """The same for days of leave, both included, on the clock of the person."""
    ahead = GroupSession.objects.to_lead(user).filter(starts_at__gt=timezone.now())
    rows = [one for one in ahead if first_day <= _day(one, user) <= last_day]
    return _need_all(user, rows)


@transaction.atomic
def back_again(user: User, *, by: User) -> int:
    """What nobody has taken yet is theirs again, unless leave or a word of their own keeps them from it."""
    found = Cover.objects.open().still_to_come(timezone.now()).filter(lead=user, single=False)
    ended = 0
    for key in found.order_by("session__group_id", "session_id").values_list("session_id", flat=True):
        session = locked_session(key)
        cover = Cover.objects.select_for_update(of=("self",)).filter(session=session, lead=user).first()
        if cover is not None and cover.state == CoverState.OPEN and not _on_leave(session, user):
            _move(cover, CoverState.NOT_NEEDED)
            ended += 1
    return ended


def mind(now: datetime) -> int:
    """By beat: sessions that were planned since, and stand-ins who must not lead any more. How many tasks
    there are now that there were not."""
    made = sum(_while_gone(user) for user in list(_gone().order_by("pk")))
    days = Leave.objects.confirmed().filter(last_day__gte=now.date()).select_related("user")
    made += sum(_while_on_leave(one) for one in list(days.order_by("user_id", "first_day")))
    return made + _free_unfit(now)


def _gone() -> QuerySet[User]:
    """Those who lead nothing for the time being, or at all."""
    paused = Pause.objects.standing().values("user")
    ended = Supporter.objects.filter(state=SupporterState.ENDED, user__leads__group__state__in=RUNNING).values("user")
    leads = RoleAssignment.objects.filter(role__in=(Role.SUPPORTER, Role.CLINICIAN)).values("user")
    rows: QuerySet[User] = User.objects.filter(Q(pk__in=paused) | (Q(pk__in=ended) & ~Q(pk__in=leads)))
    return rows


@transaction.atomic
def _while_gone(user: User) -> int:
    """Under the lock that coming back takes too: nothing is taken away from who is back by now."""
    _hold(user)
    return away_from_now(user, by=user) if _gone().filter(pk=user.pk).exists() else 0


@transaction.atomic
def _while_on_leave(leave: Leave) -> int:
    _hold(leave.user)
    stands = Leave.objects.confirmed().filter(pk=leave.pk).exists()
    return away_between(leave.user, leave.first_day, leave.last_day, by=leave.user) if stands else 0


def _hold(user: User) -> None:
    list(User.objects.select_for_update(of=("self",), no_key=True).filter(pk=user.pk).values_list("pk"))


def _free_unfit(now: datetime) -> int:
    """Whoever stands in and must not any more: somebody joined whom they must not meet, or they paused themselves."""
    freed = 0
    rows = Cover.objects.filter(state=CoverState.TAKEN, session__starts_at__gt=now).still_to_come(now)
    for key in rows.order_by("session__group_id", "session_id").values_list("pk", flat=True):
        with transaction.atomic():
            cover = _locked(key)
            if cover.state != CoverState.TAKEN or cover.stand_in is None:
                continue
            try:
                check_still(cover, cover.stand_in, None)
            except DomainError:
                _move(cover, CoverState.OPEN)
                freed += 1
    return freed


def _need_all(user: User, sessions: Iterable[GroupSession]) -> int:
    keys = sorted((one.group_id, one.pk) for one in sessions)
    found = [_need(locked_session(key), user) for _group, key in keys]
    return len(found)


def _need(session: GroupSession, user: User, *, single: bool = False, decided: bool = False) -> Cover | None:
    stood_in = Cover.objects.select_for_update(of=("self",)).filter(session=session, stand_in=user).first()
    if stood_in is not None:
        _move(stood_in, CoverState.OPEN, tells=False)  # they said so themselves
    if not GroupLead.objects.filter(group=session.group_id, user=user).exists():
        return None
    cover: Cover | None = Cover.objects.select_for_update(of=("self",)).filter(session=session, lead=user).first()
    if cover is None:
        made: Cover = Cover.objects.create(session=session, lead=user, single=single, decided=decided)
        audit.record(Action.CREATE, made, person=user.pk, purpose=Purpose.SESSIONS)
        take_back_from(session, user.pk, "away")
        return made
    if (single and not cover.single) or (decided and not cover.decided):
        cover.single, cover.decided = cover.single or single, cover.decided or decided
        cover.save(update_fields=["single", "decided"])
    if cover.state == CoverState.NOT_NEEDED:
        _move(cover, CoverState.OPEN)
        take_back_from(session, user.pk, "away")
    return cover


def _on_leave(session: GroupSession, user: User) -> bool:
    day = _day(session, user)
    return bool(Leave.objects.of([user.pk], day, day).exists())


def _day(session: GroupSession, user: User) -> date:
    return session.starts_at.astimezone(ZoneInfo(user.time_zone)).date()


# --- What a coordinator does about it -------------------------------------------------------------


@transaction.atomic
def stand_in(*, cover: Cover | UUID, user: User, by: User) -> Cover:
    """Somebody leads this one session. They see it, and nothing else of the group; they are told of a new date.

    DomainError: `cover_over`, and as `standing_in.check_stand_in`.
    """
    key = cover if isinstance(cover, UUID) else cover.pk
    account: User = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    locked = _for_change(key, by)
    if locked.state == CoverState.TAKEN and locked.stand_in_id == account.pk:
        return locked
    check_stand_in(locked, account, by)
    if locked.state != CoverState.OPEN:
        _move(locked, CoverState.OPEN)
    _move(locked, CoverState.TAKEN, who=account)
    if account.pk != by.pk:
        changes_told.stands_in(locked.session, account)
    return locked


@transaction.atomic
def lead_by_others(*, group: UUID, user: User, by: User) -> int:
    """A coordinator decides: somebody else leads every session of this group that has not begun and was theirs to lead.

    They stay among those who lead the group. Whom somebody stands in for already stays as it is. How many sessions.
    """
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    require(can_manage_sessions(by, locked_group(group)), "cover")
    rows = GroupSession.objects.filter(group=group, state=SessionState.SCHEDULED, starts_at__gt=timezone.now())
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    found = [_need(locked_session(key), user, single=True, decided=True) for key in keys]
    return sum(one is not None for one in found)


@transaction.atomic
def theirs_again(*, cover: Cover | UUID, by: User) -> Cover:
    """A coordinator takes back what was decided: whoever was to lead does. DomainError: `cover_over`, `not_decided`."""
    locked = _for_change(cover if isinstance(cover, UUID) else cover.pk, by)
    if not locked.decided:
        message = _("This person said that they cannot lead it. They can say themselves that they can after all.")
        raise DomainError(message, code="not_decided")
    if locked.state != CoverState.OPEN:
        _move(locked, CoverState.OPEN)
    locked.single = locked.decided = False
    locked.save(update_fields=["single", "decided"])
    _move(locked, CoverState.NOT_NEEDED)
    return locked


@transaction.atomic
def leads_alone(*, cover: Cover | UUID, by: User) -> Cover:
    """Whoever else leads the group leads this session alone. DomainError: `cover_over`, `nobody_else`, `two_lead`."""
    locked = _for_change(cover if isinstance(cover, UUID) else cover.pk, by)
    if locked.state == CoverState.ALONE:
        return locked
    check_alone(locked)
    if locked.state != CoverState.OPEN:
        _move(locked, CoverState.OPEN)
    _move(locked, CoverState.ALONE)
    return locked


def check_alone(cover: Cover) -> None:
    """An informal group has two who lead, whatever happens ([PIA] rule 9)."""
    if cover.session.group.kind == GroupKind.INFORMAL:
        message = _("An informal group is led by two people. Find somebody who stands in, or cancel the session.")
        raise DomainError(message, code="two_lead")
    away = Cover.objects.standing().filter(session=cover.session).values("lead")
    left = GroupLead.objects.filter(group=cover.session.group_id, role=LeadRole.FACILITATOR).exclude(user__in=away)
    if not left.exists():
        message = _("Nobody else leads this session. Find somebody who stands in, or cancel it.")
        raise DomainError(message, code="nobody_else")


@transaction.atomic
def reopen(*, cover: Cover | UUID, by: User) -> Cover:
    """Somebody is needed again. Open already is as well. DomainError: `cover_over`."""
    locked = _for_change(cover if isinstance(cover, UUID) else cover.pk, by)
    if locked.state != CoverState.OPEN:
        _move(locked, CoverState.OPEN)
    return locked


def _for_change(key: UUID, by: User) -> Cover:
    locked = _locked(key)
    require(can_manage_sessions(by, locked.session.group), "cover")
    over = locked.session.state != SessionState.SCHEDULED or locked.session.ends_at <= timezone.now()
    if over or locked.state == CoverState.NOT_NEEDED:
        message = _("Nobody is needed for this session any more. Nothing was changed.")
        raise DomainError(message, code="cover_over")
    return locked


def _locked(key: UUID) -> Cover:
    session = locked_session(Cover.objects.values_list("session_id", flat=True).get(pk=key))
    found: Cover = Cover.objects.select_for_update(of=("self",)).select_related("stand_in").get(pk=key)
    found.session = session
    return found


def _move(cover: Cover, state: CoverState, who: Any = None, *, tells: bool = True) -> None:
    if state not in COVER_TRANSITIONS[CoverState(cover.state)]:
        message = _("Somebody changed this meanwhile. Look at it again, then decide.")
        raise DomainError(message, code="cover_changed")
    was = cover.stand_in_id
    cover.state, cover.stand_in, cover.changed_at = state, who, timezone.now()
    cover.save(update_fields=["state", "stand_in", "changed_at"])
    person = who.pk if who is not None else was or cover.lead_id
    audit.record(Action.CHANGE, cover, person=person, purpose=Purpose.SESSIONS, fields=("state",))
    if was is not None:
        take_back_from(cover.session, was, "away")
        if tells:
            changes_told.stands_in_no_more(cover.session, was)
