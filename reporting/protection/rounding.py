"""Rounding to base 5: what is shown of a count, and what a shown number says of it.

A count of at least the threshold is shown as the nearest multiple of 5, and never as less than the threshold: for a
threshold that is no multiple of 5, the first counts from it are shown as the next multiple above. Zero is shown as
zero, and nothing else is. Each number is rounded by itself, so that rounded parts need not add up to the whole.
"""

from __future__ import annotations

from reporting.protection.types import BASE, DisclosureError, Method, ProtectedTable, sealed

# A rounded 50 may be 48 people, of whom fewer than five are above the 90th percentile.
P90_FROM = 55


def least_shown(threshold: int) -> int:
    """The smallest number but zero that is shown."""
    return -(-threshold // BASE) * BASE


def round_to_base(count: int, threshold: int) -> int:
    if count == 0:
        return 0
    return max(least_shown(threshold), (count + BASE // 2) // BASE * BASE)


def interval_of(value: int, threshold: int, method: Method) -> tuple[int, float]:
    """From which count to which one may be that is shown as `value`. (1, 0), which is none, where no count is."""
    if method != Method.ROUNDING or value == 0:
        return value, value
    if value % BASE or value < least_shown(threshold):
        return 1, 0
    least = threshold if value == least_shown(threshold) else value - BASE // 2
    return least, value + BASE // 2


def shown_of(count: int, threshold: int, method: Method) -> int:
    """What stands in the table for a count that is not hidden."""
    return round_to_base(count, threshold) if method == Method.ROUNDING else count


def rounded(table: ProtectedTable) -> ProtectedTable:
    """A table that is protected already, with its numbers rounded. Made of what is published alone, so it tells
    nothing new. DisclosureError for a table that was rounded before."""
    if table.method == Method.ROUNDING:
        raise DisclosureError("table", "is rounded already")
    values = {
        key: None if value is None else round_to_base(value, table.threshold) for key, value in table.values.items()
    }
    statistics = {
        key: {name: number for name, number in found.items() if name != "p90" or (values[key] or 0) >= P90_FROM}
        for key, found in table.statistics.items()
    }
    return sealed(table, table.threshold, values, Method.ROUNDING, statistics)
