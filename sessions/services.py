"""Scheduling a group's sessions, moving and cancelling them, adding and restoring. Who was there:
`services_attendance`.

Locks: group → session. Nobody is in two places at once: asked first (`free`), and judged by the bookings.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from groups.choices import GroupState
from groups.models import PeerGroup
from groups.refusals import judged
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError, require
from psp.models import User
from sessions import changes_told, notices
from sessions.choices import TRANSITIONS, ChangeReason, SessionState
from sessions.closed_days import closed_days
from sessions.free import check_free
from sessions.locks import locked_group, locked_session
from sessions.models import Closure, GroupSession, Room
from sessions.permissions import can_manage_sessions
from sessions.planning import DayKind, Plan, PlannedDay, lay_out
from sessions.rules import SessionTime, to_utc
from sessions.services_attendance import forget_noted
from sessions.services_feedback import throw_away

# --- Scheduling -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Preview:
    """The dates that a group's sessions would have. `skipped`: days left out, with the name of the holiday."""

    times: tuple[SessionTime, ...]
    skipped: tuple[tuple[date, str], ...]


def preview_series(group: PeerGroup, closures: Iterable[Closure] | None = None) -> Preview:
    """What `schedule_series` would save: the group's rhythm in its own time zone without its closed days."""
    days = days_of(group, Plan.of(group), closures)
    skipped = ((one.day, one.why) for one in days if one.kind == DayKind.CLOSED)
    return Preview(tuple(one.time for one in days if one.meets), tuple(skipped))


def days_of(group: PeerGroup, plan: Plan, closures: Iterable[Closure] | None = None) -> list[PlannedDay]:
    return lay_out(plan, tz=group.time_zone, minutes=group.minutes, closed=closed_days(group, closures))


@transaction.atomic
def schedule_series(
    *, group: PeerGroup | UUID, by: User, plan: Plan | None = None, room: Room | None = None
) -> list[GroupSession]:
    """Save the sessions of an established group ([PIA] rule 8); where they exist already, return those.

    Without a `plan` the group's own rhythm. DomainError: `not_established`, `room_elsewhere`, `not_free`, and for a
    plan `starts_in_the_past`. Forbidden outside the coordinator's regions.
    """
    locked = locked_group(group)
    require(can_manage_sessions(by, locked), "schedule_series")
    existing = list(GroupSession.objects.filter(group=locked).order_by("number"))
    if existing:
        return existing
    _check_established(locked)
    times = [one.time for one in days_of(locked, plan or Plan.of(locked)) if one.meets]
    if plan is not None:
        _check_ahead(times[0].start_utc, field="starts_on")
        _keep_rhythm(locked, plan)
    _check_room(locked, room)
    check_free(locked, [(item.start_utc, item.end_utc) for item in times], room)
    made = [_session(locked, item, room) for item in times]
    with judged():
        bulk_create_with_history(made, GroupSession, default_user=by)
    audit.record(Action.CREATE, locked, purpose=Purpose.SESSIONS, fields=("sessions",))
    notices.dates_set(locked)
    return made


def _check_established(group: PeerGroup) -> None:
    if group.state != GroupState.ESTABLISHED:
        message = _("Sessions are set once the group is established. Establish the group first.")
        raise DomainError(message, code="not_established")


def _check_room(group: PeerGroup, room: Room | None) -> None:
    if room is not None and (room.program_region_id != group.program_region_id or not room.active):
        message = _("This room is not one that groups of this region can use. Choose another.")
        raise DomainError(message, code="room_elsewhere", field="room")


def _session(group: PeerGroup, item: SessionTime, room: Room | None) -> GroupSession:
    return GroupSession(group=group, number=item.number, starts_at=item.start_utc, ends_at=item.end_utc, room=room)


def _keep_rhythm(group: PeerGroup, plan: Plan) -> None:
    """What was changed on the way becomes the group's own, so that every page says the same."""
    wanted = {"starts_on": plan.starts_on, "start_time": plan.start_time, "weeks_apart": plan.weeks_apart,
              "session_count": plan.count}  # fmt: skip
    changed = [name for name, value in wanted.items() if getattr(group, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(group, name, wanted[name])
    group.revision += 1
    with judged():
        group.save()
    audit.record(Action.CHANGE, group, purpose=Purpose.SESSIONS, fields=tuple(changed))


# --- One session ----------------------------------------------------------------------------------


@transaction.atomic
def move_session(
    *, session: GroupSession | UUID, by: User, starts_at: datetime, revision: int | None = None,
    reason: str = "", despite: bool = True,
) -> GroupSession:  # fmt: skip
    """Another time for a planned session, of the same length; its members hear of it and are reminded anew.

    `despite`: also onto a holiday or a closure. DomainError: `session_over`, `starts_in_the_past`,
    `sessions_overlap`, `closed_day`, `not_free`; Conflict: `stale`.
    """
    locked = _for_change(session, by, "move_session", revision)
    if starts_at == locked.starts_at:
        return locked
    _check_time(locked, starts_at, starts_at + (locked.ends_at - locked.starts_at), despite=despite)
    _move(locked, starts_at, reason)
    return locked


@transaction.atomic
def move_rest(
    *, group: PeerGroup | UUID, by: User, weeks: int, reason: str = "", despite: bool = True
) -> list[GroupSession]:
    """Every planned session that is still to come, by so many weeks at the same time on the wall. All or none.

    DomainError: `nothing_left`, and as for `move_session`.
    """
    locked = locked_group(group)
    require(can_manage_sessions(by, locked), "move_rest")
    rest = rest_of(locked)
    if not rest:
        raise DomainError(_("No session of this group is still to come. Nothing was changed."), code="nothing_left")
    # The far end first: each finds the place free that the one before it has just left.
    for session in sorted(rest, key=lambda one: one.starts_at, reverse=weeks > 0):
        session.group = locked
        start = later_by_weeks(session.starts_at, weeks, locked.time_zone)
        _check_time(session, start, start + (session.ends_at - session.starts_at), despite=despite)
        _move(session, start, reason)
    return rest


def rest_of(group: PeerGroup) -> list[GroupSession]:
    """Planned sessions that have not begun, in order, locked within a change."""
    rows = GroupSession.objects.filter(group=group, state=SessionState.SCHEDULED, starts_at__gt=timezone.now())
    return list(rows.select_for_update(of=("self",)).order_by("starts_at"))


def later_by_weeks(moment: datetime, weeks: int, tz: str) -> datetime:
    local = moment.astimezone(ZoneInfo(tz))
    return to_utc(local.date() + timedelta(weeks=weeks), local.time(), tz)


def _move(session: GroupSession, starts_at: datetime, reason: str) -> None:
    length, zone = session.ends_at - session.starts_at, ZoneInfo(session.group.time_zone)
    other_day = session.starts_at.astimezone(zone).date() != starts_at.astimezone(zone).date()
    session.starts_at, session.ends_at = starts_at, starts_at + length
    _save(session, reason, ("starts_at",))
    throw_away(session)
    if other_day:
        forget_noted(session)
    changes_told.moved(session)


@transaction.atomic
def add_session(
    *, group: PeerGroup | UUID, by: User, starts_at: datetime, minutes: int | None = None, reason: str = "",
    room: Room | None = None, despite: bool = True,
) -> GroupSession:  # fmt: skip
    """One more session of an established group whose dates are set.

    DomainError as for `move_session`, and `room_elsewhere`.
    """
    locked = locked_group(group)
    require(can_manage_sessions(by, locked), "add_session")
    _check_established(locked)
    last = GroupSession.objects.filter(group=locked).aggregate(last=Max("number"))["last"] or 0
    ends_at = starts_at + timedelta(minutes=minutes or locked.minutes)
    made = GroupSession(group=locked, number=last + 1, starts_at=starts_at, ends_at=ends_at, room=room,
                        reason=_reason(reason))  # fmt: skip
    _check_room(locked, room)
    _check_time(made, starts_at, ends_at, despite=despite)
    with judged():
        made.save(force_insert=True)
    audit.record(Action.CREATE, made, purpose=Purpose.SESSIONS)
    changes_told.added(made)
    return made


@transaction.atomic
def cancel_session(
    *, session: GroupSession | UUID, by: User, revision: int | None = None, reason: str = ""
) -> GroupSession:
    """A planned session does not take place; its members hear of it. DomainError: `session_over`."""
    locked = _for_change(session, by, "cancel_session", revision)
    _cancel(locked, reason)
    return locked


@transaction.atomic
def restore_session(*, session: GroupSession | UUID, by: User, revision: int | None = None) -> GroupSession:
    """A cancelled session takes place after all, while its time is still to come and everybody is still free.

    DomainError: `not_cancelled`, `group_over`, `starts_in_the_past`, `sessions_overlap`, `not_free`.
    """
    locked = locked_session(session)
    require(can_manage_sessions(by, locked.group), "restore_session")
    _check_revision(locked, revision)
    if SessionState.SCHEDULED not in TRANSITIONS[SessionState(locked.state)]:
        raise DomainError(_("This session is not cancelled. Nothing was changed."), code="not_cancelled")
    if locked.group.state != GroupState.ESTABLISHED:
        raise DomainError(_("This group has ended, so its sessions stay cancelled."), code="group_over")
    _check_time(locked, locked.starts_at, locked.ends_at, despite=True)
    locked.state = SessionState.SCHEDULED
    _save(locked, "", ("state",))
    changes_told.restored(locked)
    return locked


@transaction.atomic
def set_place(
    *, session: GroupSession | UUID, by: User, room: Room | None, address: str = "", link: str | None = None,
    revision: int | None = None,
) -> GroupSession:  # fmt: skip
    """In which room, or where, this one session is; empty means as the group has it. `link`: None leaves it as it is.

    DomainError: `session_over`, `room_elsewhere`, `not_free`.
    """
    locked = _for_change(session, by, "set_place", revision)
    wanted = {"room": room, "address": address, "link": locked.link if link is None else link}
    changed = [name for name, value in wanted.items() if getattr(locked, name) != value]
    if not changed:
        return locked
    if "room" in changed:
        _check_room(locked.group, room)
    check_free(locked.group, [(locked.starts_at, locked.ends_at)], room, field="room")
    for name in changed:
        setattr(locked, name, wanted[name])
    _save(locked, locked.reason, tuple(changed))
    changes_told.placed(locked, is_news=changed != ["link"])
    return locked


@transaction.atomic
def end_series(group: PeerGroup) -> int:
    """The group is over: what was still to come is not. Returns how many sessions that was.

    One that has begun takes place: who was there may be noted afterwards.
    """
    sessions = rest_of(group)
    for session in sessions:
        _cancel(session, "")
    return len(sessions)


def _cancel(session: GroupSession, reason: str) -> None:
    session.state = SessionState.CANCELLED
    _save(session, reason, ("state",))
    throw_away(session)
    changes_told.cancelled(session)


def _save(session: GroupSession, reason: str, fields: tuple[str, ...]) -> None:
    """A change that calendars and reminders must know."""
    session.reason = _reason(reason)
    session.revision += 1
    with judged():
        session.save()
    audit.record(Action.CHANGE, session, purpose=Purpose.SESSIONS, fields=fields)


def _reason(code: str) -> str:
    return ChangeReason(code) if code else ""


# --- What must hold -------------------------------------------------------------------------------


def _for_change(session: GroupSession | UUID, by: User, rule: str, revision: int | None) -> GroupSession:
    """Locked, allowed, planned, and as the coordinator saw it."""
    locked = locked_session(session)
    require(can_manage_sessions(by, locked.group), rule)
    _check_revision(locked, revision)
    if locked.state != SessionState.SCHEDULED:
        message = _("This session was held or cancelled already. Nothing was changed.")
        raise DomainError(message, code="session_over")
    return locked


def _check_revision(session: GroupSession, revision: int | None) -> None:
    if revision is not None and revision != session.revision:
        message = _("Somebody moved this session meanwhile. Look at its new time, then decide again.")
        raise Conflict(message, code="stale")


def _check_ahead(starts_at: datetime, *, field: str = "starts_at") -> None:
    if starts_at <= timezone.now():
        message = _("This moment has passed already. Choose one that is still to come.")
        raise DomainError(message, code="starts_in_the_past", field=field)


def _check_time(session: GroupSession, starts_at: datetime, ends_at: datetime, *, despite: bool) -> None:
    _check_ahead(starts_at)
    others = GroupSession.objects.filter(group=session.group).exclude(pk=session.pk)
    others = others.exclude(state=SessionState.CANCELLED)
    if others.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        message = _("Another session of this group takes place at that time. Choose another moment.")
        raise DomainError(message, code="sessions_overlap", field="starts_at")
    if not despite:
        _check_open(session.group, starts_at)
    check_free(session.group, [(starts_at, ends_at)], session.room, field="starts_at")


def _check_open(group: PeerGroup, starts_at: datetime) -> None:
    why = closed_days(group).name(starts_at.astimezone(ZoneInfo(group.time_zone)).date())
    if why:
        message = _("That day is closed (%(why)s). Tick the box below if the group meets all the same.")
        raise DomainError(message % {"why": why}, code="closed_day", field="despite")
