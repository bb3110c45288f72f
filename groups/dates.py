"""When a group meets. Sessions belong to an app above, which says here what it knows of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from groups.models import PeerGroup
from groups.pool_times import SeriesTime

Dates = list[tuple[datetime, datetime]]
Source = Callable[[PeerGroup], Dates]
_sources: list[Source] = []


def add_source(source: Source) -> None:
    """`source(group)`: beginning and end of each session, as planned, or as they would be, without holidays."""
    _sources.append(source)


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
