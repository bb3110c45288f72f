"""Scheduling a group's sessions, moving and cancelling them, and recording who was there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from groups.choices import GroupState, MembershipState
from groups.models import Membership, PeerGroup
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError, require
from psp.holidays import statutory_holidays
from psp.models import User
from sessions import notices
from sessions.choices import TRANSITIONS, AttendanceStatus, SessionState
from sessions.models import Attendance, GroupSession
from sessions.permissions import can_manage_sessions, can_record_attendance
from sessions.rules import SessionTime, series

WAS_THERE = frozenset({AttendanceStatus.PRESENT, AttendanceStatus.LEFT_EARLY})


# --- Scheduling -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Preview:
    """The dates that a group's sessions would have. `skipped`: holidays left out, with their name."""

    times: tuple[SessionTime, ...]
    skipped: tuple[tuple[date, str], ...]


def preview_series(group: PeerGroup) -> Preview:
    """What `schedule_series` would save: the group's rhythm in its own time zone without its statutory holidays."""
    names: dict[date, str] = {}
    language = (translation.get_language() or "en")[:2]
    known: dict[int, dict[date, str]] = {}

    def is_holiday(day: date) -> bool:
        if day.year not in known:
            known[day.year] = statutory_holidays(group.region.holidays or None, [day.year], language)
        if day in known[day.year]:
            names[day] = known[day.year][day]
        return day in names

    times = series(
        start_date=group.starts_on, start_time=group.start_time, tz=group.time_zone, count=group.session_count,
        minutes=group.minutes, weeks_apart=group.weeks_apart, skip=is_holiday,
    )  # fmt: skip
    last = times[-1].local.date()
    return Preview(tuple(times), tuple((day, name) for day, name in sorted(names.items()) if day < last))


@transaction.atomic
def schedule_series(*, group: PeerGroup | UUID, by: User) -> list[GroupSession]:
    """Save the sessions of an established group ([PIA] rule 8); where they exist already, return those.

    DomainError: `not_established`. Forbidden outside the coordinator's regions.
    """
    locked = _locked_group(group)
    require(can_manage_sessions(by, locked), "schedule_series")
    existing = list(GroupSession.objects.filter(group=locked).order_by("number"))
    if existing:
        return existing
    if locked.state != GroupState.ESTABLISHED:
        message = _("Sessions are set once the group is established. Establish the group first.")
        raise DomainError(message, code="not_established")
    made = [
        GroupSession(group=locked, number=item.number, starts_at=item.start_utc, ends_at=item.end_utc)
        for item in preview_series(locked).times
    ]
    bulk_create_with_history(made, GroupSession, default_user=by)
    audit.record(Action.CREATE, locked, purpose=Purpose.SESSIONS, fields=("sessions",))
    notices.dates_set(locked)
    return made


@transaction.atomic
def move_session(
    *, session: GroupSession | UUID, by: User, starts_at: datetime, revision: int | None = None
) -> GroupSession:
    """Another time for a planned session, of the same length; its members hear of it and are reminded anew.

    DomainError: `session_over`, `starts_in_the_past`, `sessions_overlap`; Conflict: `stale`.
    """
    locked = _locked_session(session)
    require(can_manage_sessions(by, locked.group), "move_session")
    _check_planned(locked, revision)
    if starts_at == locked.starts_at:
        return locked
    ends_at = starts_at + (locked.ends_at - locked.starts_at)
    _check_free(locked, starts_at, ends_at)
    locked.starts_at, locked.ends_at = starts_at, ends_at
    locked.revision += 1
    locked.save()
    audit.record(Action.CHANGE, locked, purpose=Purpose.SESSIONS, fields=("starts_at",))
    notices.moved(locked)
    return locked


@transaction.atomic
def cancel_session(*, session: GroupSession | UUID, by: User, revision: int | None = None) -> GroupSession:
    """A planned session does not take place; its members hear of it. DomainError: `session_over`."""
    locked = _locked_session(session)
    require(can_manage_sessions(by, locked.group), "cancel_session")
    _check_planned(locked, revision)
    _cancel(locked)
    return locked


@transaction.atomic
def end_series(group: PeerGroup) -> int:
    """The group is over: what was still planned is not. Returns how many sessions that was."""
    planned = GroupSession.objects.select_for_update(of=("self",)).filter(group=group, state=SessionState.SCHEDULED)
    sessions = list(planned.order_by("number"))
    for session in sessions:
        _cancel(session)
    return len(sessions)


def _cancel(session: GroupSession) -> None:
    session.state = SessionState.CANCELLED
    session.save()
    audit.record(Action.CHANGE, session, purpose=Purpose.SESSIONS, fields=("state",))
    notices.cancelled(session)


def _check_planned(session: GroupSession, revision: int | None) -> None:
    if revision is not None and revision != session.revision:
        message = _("Somebody moved this session meanwhile. Look at its new time, then decide again.")
        raise Conflict(message, code="stale")
    if session.state != SessionState.SCHEDULED:
        message = _("This session was held or cancelled already. Nothing was changed.")
        raise DomainError(message, code="session_over")


def _check_free(session: GroupSession, starts_at: datetime, ends_at: datetime) -> None:
    if starts_at <= timezone.now():
        message = _("This moment has passed already. Choose one that is still to come.")
        raise DomainError(message, code="starts_in_the_past", field="starts_at")
    others = GroupSession.objects.filter(group=session.group).exclude(pk=session.pk)
    others = others.exclude(state=SessionState.CANCELLED)
    if others.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        message = _("Another session of this group takes place at that time. Choose another moment.")
        raise DomainError(message, code="sessions_overlap", field="starts_at")


# --- Attendance -----------------------------------------------------------------------------------


def members_at(session: GroupSession) -> list[Membership]:
    """Who was in the group when the session took place, by chosen name.

    Whoever was there when the group was established counts from its first session on.
    """
    joined = Q(joined_at__lte=session.ends_at) | Q(joined_at__lte=F("group__established_at"))
    there = Q(state=MembershipState.MEMBER) | Q(left_at__gt=session.starts_at)
    found = Membership.objects.filter(joined & there, group_id=session.group_id).select_related("participant__user")
    return _by_name(found)


def shown_names(members: Iterable[Membership]) -> dict[UUID, str]:
    """Membership → chosen name; people of one name are numbered in the order in which they joined."""
    found = sorted(members, key=lambda member: (member.joined_at, str(member.pk)))
    sharing: dict[str, list[UUID]] = {}
    for member in found:
        sharing.setdefault(member.participant.user.name, []).append(member.pk)
    return {
        pk: f"{name} {number}" if len(same) > 1 else name
        for name, same in sharing.items()
        for number, pk in enumerate(same, start=1)
    }


def current_members(group: PeerGroup) -> list[Membership]:
    """Who is in the group now, by chosen name."""
    found = Membership.objects.active().filter(group=group).select_related("participant__user")
    return _by_name(found)


def _by_name(members: Iterable[Membership]) -> list[Membership]:
    return sorted(members, key=lambda member: (member.participant.user.name.casefold(), str(member.pk)))


@transaction.atomic
def record_attendance(
    *, session: GroupSession | UUID, by: User, statuses: Mapping[Any, str], seen: str | None = None
) -> GroupSession:
    """Say who was there: participant id → status. Whoever is left out stays as they were; what changes is kept in
    the history. Once somebody was there, or the time is over, the session counts as held.

    DomainError: `session_cancelled`, `too_early` (before the day itself), `not_a_member`, `status_unknown`;
    Conflict: `stale` where `seen` is not `attendance_mark` any more. Forbidden: neither lead nor coordinator.
    """
    locked = _locked_session(session)
    require(can_record_attendance(by, locked.group), "record_attendance")
    _check_open_for_attendance(locked)
    if seen is not None and seen != attendance_mark(locked):
        message = _("Somebody else recorded attendance meanwhile. Look at what they noted, then save again.")
        raise Conflict(message, code="stale")
    wanted = _checked_statuses(locked, statuses)
    for participant_id, status in wanted.items():
        _record_one(locked, participant_id, status, by)
    _hold_if_it_took_place(locked)
    return locked


def attendance_mark(session: GroupSession) -> str:
    """Changes whenever attendance of this session is recorded."""
    marks = Attendance.objects.filter(session=session).order_by("participant_id").values_list("status", "recorded_at")
    return ";".join(f"{status}@{moment.timestamp():.6f}" for status, moment in marks)


def is_its_day(session: GroupSession) -> bool:
    """Whether the session's day has come where the group meets: from then on, attendance can be noted."""
    zone = ZoneInfo(session.group.time_zone)
    return session.starts_at.astimezone(zone).date() <= timezone.now().astimezone(zone).date()


def _check_open_for_attendance(session: GroupSession) -> None:
    if session.state == SessionState.CANCELLED:
        message = _("This session was cancelled, so nobody was there. Nothing was changed.")
        raise DomainError(message, code="session_cancelled")
    if not is_its_day(session):
        message = _("This session is on another day. Come back on the day itself; nothing was changed.")
        raise DomainError(message, code="too_early")


def _checked_statuses(session: GroupSession, statuses: Mapping[Any, str]) -> dict[UUID, AttendanceStatus]:
    members = {str(member.participant_id): member.participant_id for member in members_at(session)}
    if strangers := [key for key in statuses if str(key) not in members]:
        message = _("Somebody on this list is not in the group any more. Open the page again; nothing was saved.")
        raise DomainError(message, code="not_a_member") from KeyError(str(strangers[0]))
    if any(status not in AttendanceStatus.values for status in statuses.values()):
        raise DomainError(_("Choose one of the answers for each person."), code="status_unknown")
    return {members[str(key)]: AttendanceStatus(status) for key, status in statuses.items()}


def _record_one(session: GroupSession, participant_id: UUID, status: AttendanceStatus, by: User) -> None:
    found = Attendance.objects.filter(session=session, participant_id=participant_id).first()
    if found is not None and found.status == status:
        return
    row = found or Attendance(session=session, participant_id=participant_id)
    row.status, row.recorded_by, row.recorded_at = status, by, timezone.now()
    row.save(force_insert=found is None)
    action = Action.CREATE if found is None else Action.CHANGE
    audit.record(action, row, person=row.person_id, purpose=Purpose.SESSIONS, fields=("status",))


def _hold_if_it_took_place(session: GroupSession) -> None:
    if SessionState.HELD not in TRANSITIONS[SessionState(session.state)]:
        return
    recorded = Attendance.objects.filter(session=session)
    if recorded.filter(status__in=WAS_THERE).exists() or (recorded.exists() and session.ends_at <= timezone.now()):
        session.state = SessionState.HELD
        session.save()
        audit.record(Action.CHANGE, session, purpose=Purpose.SESSIONS, fields=("state",))


# --- Locks ----------------------------------------------------------------------------------------


def _locked_group(group: PeerGroup | UUID) -> PeerGroup:
    key = group if isinstance(group, UUID) else group.pk
    found: PeerGroup = PeerGroup.objects.select_related("region").select_for_update(of=("self",)).get(pk=key)
    return found


def _locked_session(session: GroupSession | UUID) -> GroupSession:
    key = session if isinstance(session, UUID) else session.pk
    found: GroupSession = GroupSession.objects.select_related("group").select_for_update(of=("self",)).get(pk=key)
    return found
