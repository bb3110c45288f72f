"""Who was in a group and who was there. No notes about people, by design."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.choices import MembershipState
from groups.models import Membership, PeerGroup
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError, require
from psp.models import User
from sessions.choices import TRANSITIONS, AttendanceStatus, SessionState
from sessions.models import Attendance, GroupSession
from sessions.permissions import can_record_attendance

WAS_THERE = frozenset({AttendanceStatus.PRESENT, AttendanceStatus.LEFT_EARLY})


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


def _locked_session(session: GroupSession | UUID) -> GroupSession:
    key = session if isinstance(session, UUID) else session.pk
    found: GroupSession = GroupSession.objects.select_related("group").select_for_update(of=("self",)).get(pk=key)
    return found
