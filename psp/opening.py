"""Whether a line answers now, and when it will: by its own clock, through every change of that clock. Pure.

`hours` are those of `psp.week_hours`; none at all means day and night. A night that goes past midnight is two spans.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from psp.calendar_text import WEEKDAYS, relative_days, time_of_day, zone_name
from psp.week_hours import DAY_END, Hours

# Hours begin and end at a quarter of an hour, and clocks change there too: looking this often misses nothing.
QUARTER = timedelta(minutes=15)
# A quarter of an hour once a week may fall into the hour that is skipped in spring.
LOOK_AHEAD = timedelta(days=15)
TIME = r"(\d{1,2}):(\d{2})"
SPAN = re.compile(rf"{TIME}\s*[-–]\s*{TIME}")


def is_open(hours: Hours, zone: str, now: datetime) -> bool:
    """Whether somebody answers at `now`, as the clock on their wall shows it."""
    local = now.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    return not hours or any(day == local.weekday() and begin <= minute < end for day, begin, end in hours)


def opens_at(hours: Hours, zone: str, now: datetime) -> datetime | None:
    """The next moment, by the clock in `zone`, at which a line that is closed opens; None if it never does."""
    moment = now.astimezone(UTC)
    moment += -(moment - datetime.min.replace(tzinfo=UTC)) % QUARTER
    last = moment + LOOK_AHEAD
    while moment < last:
        if is_open(hours, zone, moment):
            return moment.astimezone(ZoneInfo(zone))
        moment += QUARTER
    return None


def opening_words(hours: Hours, zone: str, now: datetime, language: str) -> str:
    """As in "Opens at 8:00 a.m. (Eastern time)", "Opens tomorrow at …", "Opens Monday at …"; "" if it is open."""
    opening = None if is_open(hours, zone, now) else opens_at(hours, zone, now)
    if opening is None:
        return ""
    french = language.startswith("fr")
    at = f"{'à' if french else 'at'} {time_of_day(opening, language)} ({zone_name(zone, language, opening)})"
    return " ".join(filter(None, ("Ouvre" if french else "Opens", _day(opening, now, language), at)))


def _day(opening: datetime, now: datetime, language: str) -> str:
    today = now.astimezone(opening.tzinfo).date()
    distance = (opening.date() - today).days
    if distance == 0:
        return ""
    if distance == 1:
        return relative_days(opening.date(), today, language)
    return WEEKDAYS["fr" if language.startswith("fr") else "en"][opening.weekday()]


def read_day(text: str, weekday: int) -> list[list[int]]:
    """Spans of one day from "8:00-12:00, 13:00-16:30"; ValueError if it cannot be read. Nothing is no span."""
    spans: list[list[int]] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = SPAN.fullmatch(part)
        numbers = [int(number) for number in match.groups()] if match else []
        spans.append([weekday, *_minutes(numbers)])
    spans.sort()
    if any(later[1] < earlier[2] for earlier, later in pairwise(spans)):
        raise ValueError(text)
    return spans


def _minutes(numbers: list[int]) -> tuple[int, int]:
    if len(numbers) != 4 or max(numbers[1], numbers[3]) > 59:
        raise ValueError(numbers)
    begin, end = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
    if not begin < end <= DAY_END or begin % 15 or end % 15:
        raise ValueError(numbers)
    return begin, end


def write_day(hours: Hours, weekday: int) -> str:
    """The other way: the spans of one day as an administrator types them."""
    own = [(begin, end) for day, begin, end in hours if day == weekday]
    return ", ".join(f"{begin // 60}:{begin % 60:02}-{end // 60}:{end % 60:02}" for begin, end in own)
