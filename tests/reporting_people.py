"""People of a region who came to sessions, written past the services: for tests of figures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from psp.models import ProgramRegion
from sessions.choices import AttendanceStatus, SessionState
from sessions.models import Attendance, GroupSession
from tests import factories as make

BOTH = ("taking_part", "results")


def a_session(group, at: datetime, number: int = 1, state: str = SessionState.HELD) -> GroupSession:
    return GroupSession.objects.create(
        group=group, number=number, starts_at=at, ends_at=at + timedelta(minutes=90), state=state
    )


def came(session, participant, by, status: str = AttendanceStatus.PRESENT) -> Attendance:
    return Attendance.objects.create(session=session, participant=participant, status=status, recorded_by=by)


def everybody_came(session, persons, by, status=lambda: AttendanceStatus.PRESENT) -> None:
    """`came` for many, without their earlier states: no figure looks at those."""
    rows = [Attendance(session=session, participant=one, status=status(), recorded_by=by) for one in persons]
    Attendance.objects.bulk_create(rows)


def a_region_with(people: int, region: str = "QC", *, sessions: int = 12, at=datetime(2026, 5, 5, 23, tzinfo=UTC)):
    """A group of the region whose people came to every one of its sessions, one a week."""
    coordinator = make.a_coordinator(ProgramRegion.objects.get(regions__code=region).code)
    group = make.a_group(coordinator, program_region=coordinator.roles.get().region_id, region=region)
    persons = [make.a_participant(region, consents=BOTH) for _number in range(people)]
    for number in range(sessions):
        session = a_session(group, at + timedelta(weeks=number), number + 1)
        everybody_came(session, persons, coordinator)
    return group, persons, coordinator
