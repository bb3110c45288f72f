"""What can be counted, and how: each counter counts rows or people of a period, in the database.

A counter gives figures to `reporting.counting` only, which hands them to disclosure control; nothing else may ask it.
Whoever does not agree to being counted is in none of the figures about people ([PIA] rule 39).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from reporting.disclosure import Key, ProtectedTable
from reporting.known import Known
from reporting.periods import Period

# The dimensions of one table, in its order; () for the total alone.
Breakdown = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """`count`: what is reported. `people`: how many different people stand behind it. `statistics`: as in
    `disclosure.CountTable`."""

    count: int
    people: int
    statistics: Mapping[str, float] = field(default_factory=dict)


# For each breakdown a tally for every key that has any, margins ("*") included: who stands behind one of them cannot
# be added up from the rest.
Counted = Mapping[Breakdown, Mapping[Key, Tally]]
Measures = Mapping[Key, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Counter:
    """`dimensions`: by which it can be broken down. `overlapping`: those in whose categories the same people may be
    counted twice. `only`: dimensions that exist for a part alone, as {"referred_to": "outcome=referred"}; they are
    asked for together with it, held. `adds`: whether months add up to quarters; people do not. `split`: the dimension
    that says what became of what is counted, of whose categories indicators speak, or "". `stock`: it says how things
    stand at the end of a month, so that a longer period has the figures of its last month and none of its own.

    `count(period, breakdowns)`: all of them at once, so that it reads the rows once
    (`reporting.counters.grouping.tallies`).
    `measures`: statistics of a breakdown as a whole, by key, "*" for all: what the counts alone do not say.
    `entered`: whether what it counts is there at all; until then nothing is frozen, since nothing is not zero.
    `withhold`: the protected tables of a period without those statistics that would tell of a hidden number.
    """

    code: str
    dimensions: frozenset[str]
    count: Callable[[Period, tuple[Breakdown, ...]], Counted]
    overlapping: frozenset[str] = frozenset()
    only: Mapping[str, str] = field(default_factory=dict)
    adds: bool = True
    split: str = ""
    stock: bool = False
    entered: Callable[[Period], bool] | None = None
    measures: Callable[[Period, tuple[str, ...]], Measures] | None = None
    withhold: Callable[[Sequence[ProtectedTable]], Sequence[ProtectedTable]] | None = None


_known = Known[Counter]("counter")
add_counter, add_family, counter, all_counters = _known.add, _known.add_family, _known.get, _known.single
