"""A week on a person's own clock: when they could come, as boxes to tick, as intervals, and in words. Pure.

An interval is (start, end) in minutes since Monday 00:00 on the wall clock where the person lives, on the half
hour, start before end, inside one week. Stored intervals are merged: in order, neither touching nor overlapping.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from itertools import pairwise

from psp.calendar_text import WEEKDAYS, time_of_day

GRID = 30
DAY = 24 * 60
WEEK = 7 * DAY
Interval = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the day that is chosen in one tap; minutes since midnight."""

    code: str
    start: int
    end: int


# Four boxes a day, 28 in all, are shown at once: few enough to fill in on a phone within half a minute.
BLOCKS = (
    Block("morning", 9 * 60, 12 * 60),
    Block("midday", 12 * 60, 14 * 60),
    Block("afternoon", 14 * 60, 18 * 60),
    Block("evening", 18 * 60, 21 * 60),
)
# The rest of the day, for whoever works shifts: one tap away. The night belongs to the day that begins in it.
NIGHT_BLOCKS = (Block("night", 0, 6 * 60), Block("early", 6 * 60, 9 * 60), Block("late", 21 * 60, 24 * 60))


@dataclass(frozen=True, slots=True)
class Cell:
    """One box of the grid: a block on a weekday (Monday 0)."""

    day: int
    block: Block

    @property
    def code(self) -> str:
        """What the form sends, e.g. "0-morning"."""
        return f"{self.day}-{self.block.code}"

    @property
    def interval(self) -> Interval:
        return self.day * DAY + self.block.start, self.day * DAY + self.block.end


def _cells(blocks: Iterable[Block]) -> dict[str, Cell]:
    return {cell.code: cell for cell in (Cell(day, block) for day in range(7) for block in blocks)}


DAY_CELLS, NIGHT_CELLS = _cells(BLOCKS), _cells(NIGHT_BLOCKS)
CELLS = DAY_CELLS | NIGHT_CELLS


def is_week(intervals: object) -> bool:
    """Whether this is a list of merged intervals as they are stored."""
    if not isinstance(intervals, list | tuple) or not all(_is_interval(item) for item in intervals):
        return False
    return all(before[1] < after[0] for before, after in pairwise(intervals))


def _is_interval(item: object) -> bool:
    if not isinstance(item, list | tuple) or len(item) != 2 or not all(type(minute) is int for minute in item):
        return False
    start, end = item
    return bool(0 <= start < end <= WEEK and start % GRID == 0 and end % GRID == 0)


def merged(intervals: Iterable[Sequence[int]]) -> list[Interval]:
    """The same time in order, with what touches or overlaps made one."""
    found: list[Interval] = []
    for start, end in sorted((item[0], item[1]) for item in intervals):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def from_codes(codes: Iterable[str]) -> list[Interval]:
    """The intervals of ticked boxes and of other times. ValueError for a code that is neither."""
    return merged(_interval_of(code) for code in codes)


def _interval_of(code: str) -> Interval:
    if cell := CELLS.get(code):
        return cell.interval
    start, _, end = code.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 6 for part in (start, end)):
        raise ValueError(code)
    interval = int(start), int(end)
    if not _is_interval(interval):
        raise ValueError(code)
    return interval


def to_codes(intervals: Iterable[Sequence[int]]) -> list[str]:
    """Codes of the boxes that lie wholly inside, and then of what no box says, so that nothing is lost on the way."""
    whole = merged(intervals)
    ticked = [code for code, cell in CELLS.items() if _covers(whole, cell.interval)]
    return ticked + [other_code(span) for span in _less(whole, from_codes(ticked))]


def other_code(interval: Interval) -> str:
    """What the form sends for a time that is not a box: its minutes, e.g. "600-660"."""
    return f"{interval[0]}-{interval[1]}"


def other_times(codes: Iterable[str]) -> list[Interval]:
    """Those of `codes` that are no boxes, as intervals; what is no code at all is left out."""
    return sorted(_interval_of(code) for code in codes if code not in CELLS and is_code(code))


def is_code(code: str) -> bool:
    try:
        _interval_of(code)
    except ValueError:
        return False
    return True


def _less(intervals: Iterable[Interval], taken: Sequence[Interval]) -> list[Interval]:
    """What is left of the intervals when the taken ones, merged, are cut out of them."""
    left = list(intervals)
    for begin, stop in taken:
        pieces = [piece for start, end in left for piece in ((start, min(end, begin)), (max(start, stop), end))]
        left = [(start, end) for start, end in pieces if start < end]
    return left


def _covers(intervals: Iterable[Interval], span: Interval) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in intervals)


def in_words(intervals: Iterable[Sequence[int]], language: str) -> list[str]:
    """A line for each day, e.g. "Monday, 6:00 p.m. to 9:00 p.m.", « lundi, de 18 h à 21 h »."""
    by_day: dict[int, list[str]] = {}
    for start, end in merged(intervals):
        for day in range(start // DAY, (end - 1) // DAY + 1):
            begin, stop = max(start - day * DAY, 0), min(end - day * DAY, DAY)
            by_day.setdefault(day, []).append(between(begin, stop, language))
    joint = " et " if language == "fr" else " and "
    return [f"{WEEKDAYS[language][day]}, {joint.join(spans)}" for day, spans in by_day.items()]


def between(start: int, end: int, language: str) -> str:
    """Two times of one day: "9:00 a.m. to 12:00 noon", « de 9 h à 12 h »."""
    begin, stop = _clock(start, language), _clock(end, language)
    return f"de {begin} à {stop}" if language == "fr" else f"{begin} to {stop}"


def _clock(minute: int, language: str) -> str:
    if minute == DAY:
        return "minuit" if language == "fr" else "12:00 midnight"
    return time_of_day(time(minute // 60, minute % 60), language)
