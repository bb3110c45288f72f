"""People who came, times somebody came, sessions that took place ([PIA] rules 36 and 39)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db.models import Count, DateField, DateTimeField, F, Func, QuerySet
from django.db.models.functions import Cast

from consent.choices import ConsentPurpose
from consent.querysets import agrees
from reporting.counters import Counted, Counter, Tally, add_counter
from reporting.periods import Period
from sessions.choices import AttendanceStatus, SessionState
from sessions.models import Attendance, GroupSession

WAS_THERE = (AttendanceStatus.PRESENT, AttendanceStatus.LEFT_EARLY)
# No zone is further from UTC than this; the index on the time narrows the search first.
ZONES_APART = timedelta(days=1)
OF_VISIT = {
    "region": "participant__program_region", "language": "participant__user__language",
    "kind": "session__group__kind", "modality": "session__group__modality",
}  # fmt: skip
OF_SESSION = {
    "region": "group__program_region", "language": "group__language", "kind": "group__kind",
    "modality": "group__modality",
}  # fmt: skip


def people_served(period: Period, names: tuple[str, ...]) -> Counted:
    """Different people who came to a session, by their own region and language."""
    rows = _grouped(counted(period), names, OF_VISIT, people=Count("participant", distinct=True))
    return {key: Tally(row["people"], row["people"]) for key, row in rows}


def attendances(period: Period, names: tuple[str, ...]) -> Counted:
    """How often people came."""
    wanted = {"visits": Count("pk"), "people": Count("participant", distinct=True)}
    return {
        key: Tally(row["visits"], row["people"]) for key, row in _grouped(counted(period), names, OF_VISIT, **wanted)
    }


def sessions_held(period: Period, names: tuple[str, ...]) -> Counted:
    """Sessions that took place, by the region of the group; about nobody, so each stands for itself."""
    held = _within(GroupSession.objects.filter(state=SessionState.HELD), period, "starts_at", "group__time_zone")
    return {key: Tally(row["held"], row["held"]) for key, row in _grouped(held, names, OF_SESSION, held=Count("pk"))}


def counted(period: Period) -> QuerySet[Any]:
    """Attendance of people who came and agree to being counted, at sessions of this period that took place."""
    there = Attendance.objects.filter(
        agrees(ConsentPurpose.RESULTS, "participant__user_id"), status__in=WAS_THERE, session__state=SessionState.HELD
    )
    return _within(there, period, "session__starts_at", "session__group__time_zone")


def _within(rows: QuerySet[Any], period: Period, starts: str, zone: str) -> QuerySet[Any]:
    """Rows whose session began in this period by the clock of its own group."""
    begin, end = (datetime.combine(day, time(), tzinfo=UTC) for day in (period.first, period.after))
    near = {f"{starts}__gte": begin - ZONES_APART, f"{starts}__lt": end + ZONES_APART}
    local = Func(F(zone), F(starts), function="timezone", output_field=DateTimeField())
    dated: QuerySet[Any] = rows.filter(**near).annotate(day=Cast(local, DateField()))
    return dated.filter(day__gte=period.first, day__lt=period.after)


def _grouped(
    rows: QuerySet[Any], names: tuple[str, ...], fields: dict[str, str], **wanted: Count
) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
    if not names:
        return [((), rows.aggregate(**wanted))]
    by = {f"by_{name}": F(fields[name]) for name in names}
    found = rows.values(**by).order_by().annotate(**wanted)
    return [(tuple(row[f"by_{name}"] for name in names), row) for row in found]


def register() -> None:
    every = frozenset(OF_VISIT)
    add_counter(Counter("people", every, people_served, frozenset({"kind", "modality"}), adds=False))
    add_counter(Counter("attendances", every, attendances))
    add_counter(Counter("sessions", every, sessions_held))
