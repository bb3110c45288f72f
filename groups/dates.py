"""When a group meets. Sessions belong to an app above, which says here what it knows of them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from groups.models import PeerGroup
from groups.pool_times import SeriesTime

Dates = list[tuple[datetime, datetime]]
Source = Callable[[PeerGroup], Dates]
Calendar = Callable[[Collection[UUID]], dict[UUID, Dates]]
FreeCheck = Callable[[PeerGroup, UUID, Any], None]
_sources: list[Source] = []
_free_checks: list[FreeCheck] = []
_calendars: list[Calendar] = []


def add_source(source: Source) -> None:
    """`source(group)`: beginning and end of each session, as planned, or as they would be, without holidays."""
    _sources.append(source)


def add_calendar(calendar: Calendar) -> None:
    """`calendar(groups)`: the sessions that are still to come, of those groups whose dates are set."""
    _calendars.append(calendar)


def add_free_check(check: FreeCheck) -> None:
    """`check(group, account, by)`: DomainError where this account is somewhere else when the group meets."""
    _free_checks.append(check)


def check_free(group: PeerGroup, account: UUID, by: Any) -> None:
    for check in _free_checks:
        check(group, account, by)


def still_to_come(groups: Collection[UUID]) -> dict[UUID, Dates]:
    """When these groups still meet; those whose dates are not set are left out."""
    return {group: dates for calendar in _calendars for group, dates in calendar(groups).items()} if groups else {}


def dates_of(group: PeerGroup) -> Dates:
    """All sessions of the group in order, as instants."""
    if _sources:
        return _sources[-1](group)
    length = timedelta(minutes=group.minutes)
    return [(start, start + length) for start in series_of(group).starts()]


def series_of(group: PeerGroup) -> SeriesTime:
    return SeriesTime(
        group.starts_on, group.start_time, group.time_zone, group.session_count, group.minutes, group.weeks_apart
    )


def begins_at(group: PeerGroup) -> datetime:
    """The moment of the first session, holidays aside."""
    return series_of(group).starts()[0]
