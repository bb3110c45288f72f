"""Whether a definition can be counted: its counter, breakdowns and parts are known to the program."""

from __future__ import annotations

from reporting.counters.base import Counter, counter
from reporting.counting import HELD
from reporting.dimensions import codes
from reporting.models import Series
from reporting.reading import pick_of


def faults(series: Series) -> list[str]:
    """Why this definition cannot be counted; none when it can."""
    try:
        which = counter(series.counter)
    except KeyError:
        return [f"counter {series.counter} is not known"]
    found = [f"breakdown {names}" for names in series.breakdowns if not _is_known(names, which)]
    # Twice the same would be two tables in one place of the record.
    found += [f"breakdown {names} twice" for names in series.breakdowns if _times(names, series.breakdowns) > 1]
    for indicator in series.indicators.all():
        pick = pick_of(indicator)
        # Of a dimension that is not known nobody can ask for the categories.
        if indicator.part and not (
            pick.dimension in which.dimensions and set(pick.categories) <= set(codes(pick.dimension))
        ):
            found.append(f"part {indicator.part}")
    return found


def _times(names: list[str], breakdowns: list[list[str]]) -> int:
    return sum(set(names) == set(other) for other in breakdowns)


def _is_known(names: list[str], which: Counter) -> bool:
    """One dimension or two of the counter; what exists for a part alone stands beside that part."""
    bare = [name.partition(HELD)[0] for name in names]
    known = 1 <= len(bare) <= 2 and len(set(bare)) == len(bare) and set(bare) <= which.dimensions
    return known and all(which.only[name] in names for name in set(bare) & set(which.only))
