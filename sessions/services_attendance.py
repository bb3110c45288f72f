"""Who was in a group and who was there. No notes about people, by design."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.choices import MembershipState
from groups.models import Membership, PeerGroup
from groups.refusals import judged
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError, require
from psp.models import User
from sessions.choices import TRANSITIONS, AttendanceStatus, SessionState
from sessions.locks import locked_session
from sessions.models import Attendance, GroupSession
from sessions.permissions import can_manage_sessions, can_record_attendance

WAS_THERE = frozenset({AttendanceStatus.PRESENT, AttendanceStatus.LEFT_EARLY})
# Somebody at a session: with a place in the group, or, at informal groups, without one.
Somebody = Membership | Attendance
Row = TypeVar("Row", Membership, Attendance)


def members_at(session: GroupSession) -> list[Membership]:
    """Who was in the group when the session took place, by chosen name.

    Whoever was there when the group was established counts from its first session on.
    """
    joined = Q(joined_at__lte=session.ends_at) | Q(joined_at__lte=F("group__established_at"))
    there = Q(state=MembershipState.MEMBER) | Q(left_at__gt=session.starts_at)
    found = Membership.objects.filter(joined & there, group_id=session.group_id).select_related("participant__user")
    return _by_name(found)


def guests_at(session: GroupSession, members: Iterable[Membership]) -> list[Attendance]:
    """Whoever was noted at the session without a place in the group at that time, by chosen name."""
    known = [member.participant_id for member in members]
    rows = Attendance.objects.filter(session=session).exclude(participant__in=known)
    return _by_name(rows.select_related("participant__user"))


def people_at(session: GroupSession) -> list[Somebody]:
    """Everybody of whom it can be said whether they were there."""
    members = members_at(session)
    return [*members, *guests_at(session, members)]


def shown_names(people: Iterable[Somebody]) -> dict[UUID, str]:
    """Row → chosen name; people of one name are numbered in the order in which they came."""
    found = sorted(people, key=lambda row: (_since(row), str(row.pk)))
    sharing: dict[str, list[UUID]] = {}
    for row in found:
        sharing.setdefault(row.participant.user.name, []).append(row.pk)
    return {
        pk: f"{name} {number}" if len(same) > 1 else name
        for name, same in sharing.items()
        for number, pk in enumerate(same, start=1)
    }


def _since(row: Somebody) -> datetime:
    """Corrections do not change who came first: the session's beginning counts for whoever has no place."""
    return row.joined_at if isinstance(row, Membership) else row.session.starts_at


def current_members(group: PeerGroup) -> list[Membership]:
    """Who is in the group now, by chosen name."""
    found = Membership.objects.active().filter(group=group).select_related("participant__user")
    return _by_name(found)


def _by_name(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row.participant.user.name.casefold(), str(row.pk)))


@transaction.atomic
def record_attendance(
    *, session: GroupSession | UUID, by: User, statuses: Mapping[Any, str], seen: str | None = None
) -> GroupSession:
    """Say who was there: participant id → status. Whoever is left out stays as they were; what changes is kept in
    the history. Once somebody was there, or the time is over, the session counts as held.

    DomainError: `session_cancelled`, `too_early` (before the day itself), `too_late` (for those who lead),
    `not_a_member`, `status_unknown`;
    Conflict: `stale` where `seen` is not `attendance_mark` any more. Forbidden: neither lead nor coordinator.
    """
    locked = locked_session(session)
    require(can_record_attendance(by, locked), "record_attendance")
    check_open(locked, by)
    if seen is not None and seen != attendance_mark(locked):
        message = _("Somebody else recorded attendance meanwhile. Look at what they noted, then save again.")
        raise Conflict(message, code="stale")
    wanted = _checked_statuses(locked, statuses)
    for participant_id, status in wanted.items():
        record_one(locked, participant_id, status, by)
    hold_if_it_took_place(locked)
    return locked


def attendance_mark(session: GroupSession) -> str:
    """Changes whenever attendance of this session is recorded."""
    marks = Attendance.objects.filter(session=session).order_by("participant_id").values_list("status", "recorded_at")
    return ";".join(f"{status}@{moment.timestamp():.6f}" for status, moment in marks)


def is_its_day(session: GroupSession) -> bool:
    """Whether the session's day has come where the group meets: from then on, attendance can be noted."""
    zone = ZoneInfo(session.group.time_zone)
    return session.starts_at.astimezone(zone).date() <= timezone.now().astimezone(zone).date()


def late_until(session: GroupSession) -> datetime:
    """Until then those who lead may note and correct who was there; afterwards a coordinator does."""
    return session.ends_at + timedelta(days=settings.PSP_ATTENDANCE_LATE_DAYS)


def is_open(session: GroupSession, by: User) -> bool:
    """Whether this account may say now who was there."""
    if session.state == SessionState.CANCELLED or not is_its_day(session):
        return False
    return timezone.now() <= late_until(session) or can_manage_sessions(by, session.group)


def check_open(session: GroupSession, by: User) -> None:
    if is_open(session, by):
        return
    if session.state == SessionState.CANCELLED:
        message = _("This session was cancelled, so nobody was there. Nothing was changed.")
        raise DomainError(message, code="session_cancelled")
    if not is_its_day(session):
        message = _("This session is on another day. Come back on the day itself; nothing was changed.")
        raise DomainError(message, code="too_early")
    message = _("It is too late to note this here. A coordinator can still do it for you; nothing was changed.")
    raise DomainError(message, code="too_late")


def _checked_statuses(session: GroupSession, statuses: Mapping[Any, str]) -> dict[UUID, AttendanceStatus]:
    people = {str(row.participant_id): row.participant_id for row in people_at(session)}
    if strangers := [key for key in statuses if str(key) not in people]:
        message = _("Somebody on this list is not in the group any more. Open the page again; nothing was saved.")
        raise DomainError(message, code="not_a_member") from KeyError(str(strangers[0]))
    if any(status not in AttendanceStatus.values for status in statuses.values()):
        raise DomainError(_("Choose one of the answers for each person."), code="status_unknown")
    return {people[str(key)]: AttendanceStatus(status) for key, status in statuses.items()}


def record_one(session: GroupSession, participant_id: UUID, status: AttendanceStatus, by: User) -> None:
    found = Attendance.objects.filter(session=session, participant_id=participant_id).first()
    if found is not None and found.status == status:
        return
    row = found or Attendance(session=session, participant_id=participant_id)
    row.status, row.recorded_by, row.recorded_at = status, by, timezone.now()
    with judged():
        row.save(force_insert=found is None)
    action = Action.CREATE if found is None else Action.CHANGE
    audit.record(action, row, person=row.person_id, purpose=Purpose.SESSIONS, fields=("status",))


def forget_noted(session: GroupSession) -> None:
    """The session is on another day now: whoever let us know of the first one said nothing of that."""
    for row in Attendance.objects.filter(session=session).select_related("participant").order_by("pk"):
        audit.record(Action.DELETE, row, person=row.person_id, purpose=Purpose.SESSIONS)
        row.delete()


def hold_if_it_took_place(session: GroupSession) -> None:
    if SessionState.HELD not in TRANSITIONS[SessionState(session.state)]:
        return
    recorded = Attendance.objects.filter(session=session)
    if recorded.filter(status__in=WAS_THERE).exists() or (recorded.exists() and session.ends_at <= timezone.now()):
        session.state = SessionState.HELD
        session.save()
        audit.record(Action.CHANGE, session, purpose=Purpose.SESSIONS, fields=("state",))
