"""What changed since in periods that were closed before: told with the next report, if enough people stand behind it.

A published figure never changes. What was entered late, corrected or withdrawn since shows here alone: the difference
between what would be counted today and what is out, where it is at least the threshold. The rules that keep two such
differences from telling of somebody:

- only totals of series that count each person (or thing) once: behind three more visits stands one person, perhaps;
- what was told once counts as out: the next difference is reckoned from there, and must be as large again;
- of two periods that lie in each other only one ever gets a difference: their difference would be the rest's;
- what is smaller is "none", whether it is nothing or a few;
- nothing is told that leaves a small number: twelve were published, and ten fewer would be two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from types import MappingProxyType
from typing import TypedDict

from django.conf import settings
from django.utils import timezone

from reporting.counters.base import counter
from reporting.disclosure import CountTable, Key, protect
from reporting.freezing.families import overlap
from reporting.models import FrozenTable, Release
from reporting.periods import Period, Span, containing, parse
from reporting.record import is_closed, opened

# So many periods back.
LOOK_BACK = {Span.MONTH: 12, Span.QUARTER: 8, Span.YEAR: 3}


class Correction(TypedDict):
    """`change`: how many more (or fewer) would be counted than is out, what was told before included."""

    code: str
    period: str
    change: int


def corrections(before: Period, today: date | None = None) -> list[Correction]:
    """Those of periods of the same length that were closed before this one."""
    threshold: int = settings.PSP_SUPPRESSION_THRESHOLD
    told = list(_told())
    periods = {one.code: one for one in _earlier(before) if is_closed(one, today or timezone.localdate())}
    changes = {
        (row.code, row.period): change
        for row in FrozenTable.objects.filter(breakdown="", period__in=periods).select_related("series")
        if not _told_of_another(told, row.code, periods[row.period])
        and (change := _change(row, periods[row.period], told)) is not None
    }
    return list(_published(changes, threshold))


def _earlier(period: Period) -> Iterator[Period]:
    current = period
    for _number in range(LOOK_BACK[period.span]):
        current = containing(current.first - timedelta(days=1), period.span)
        yield current


def _told() -> Iterator[Correction]:
    """All that any report said, published or not: whoever prepared it has seen it."""
    for found in Release.objects.values_list("corrections", flat=True):
        yield from found


def _told_of_another(told: Iterable[Correction], code: str, period: Period) -> bool:
    return any(
        one["code"] == code and one["period"] != period.code and overlap(parse(one["period"]), period) for one in told
    )


def _change(row: FrozenTable, period: Period, told: Iterable[Correction]) -> int | None:
    """None where nothing can be said: the total is hidden, one person may count several times in it, or few are left:
    what was published less those who went would be those few."""
    out = opened(row).value(total="all")
    try:
        found = counter(row.series.counter).count(period, ((),))[()].get(())
    except KeyError:
        return None
    count, people = (found.count, found.people) if found else (0, 0)
    if out is None or count != people or 0 < count < max(row.threshold, settings.PSP_SUPPRESSION_THRESHOLD):
        return None
    before = sum(one["change"] for one in told if (one["code"], one["period"]) == (row.code, row.period))
    return count - out - before


def _published(changes: dict[tuple[str, str], int], threshold: int) -> Iterator[Correction]:
    """Only what disclosure control lets through; small ones are not even told from none."""
    large = {key: abs(change) for key, change in changes.items() if abs(change) >= threshold}
    if not large:
        return
    names = tuple(sorted("/".join(key) for key in large))
    counts: dict[Key, int] = {("/".join(key),): size for key, size in large.items()}
    table = protect(CountTable(("change",), (names,), MappingProxyType(counts)), threshold)
    for code, period in sorted(large):
        size = table.value(change=f"{code}/{period}")
        if size is not None:
            yield Correction(code=code, period=period, change=size if changes[code, period] > 0 else -size)
