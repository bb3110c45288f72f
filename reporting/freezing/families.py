"""Which periods tell something of each other, so that they enter one proof. Free of Django."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from reporting.disclosure import Nesting
from reporting.periods import LENGTHS, Period, Span, containing


def parts_of(period: Period, spans: Collection[Span]) -> tuple[Period, ...]:
    """The next shorter periods that a series is counted for: quarters of a year, or its months where it has no
    quarters."""
    found: list[Period] = []
    for part in period.parts():
        found += [part] if part.span in spans else parts_of(part, spans)
    return tuple(found)


def inside(period: Period, spans: Collection[Span]) -> Iterator[Period]:
    """Every shorter period in it, each after its own parts."""
    for part in parts_of(period, spans):
        yield from inside(part, spans)
        yield part


def around(period: Period, spans: Collection[Span]) -> list[Period]:
    """Every longer period that it lies in, the shortest first."""
    longer = [span for span in sorted(spans, key=LENGTHS.__getitem__) if LENGTHS[span] > LENGTHS[period.span]]
    return [containing(period.first, span) for span in longer]


def nestings(periods: Collection[Period], spans: Collection[Span], *, adds: bool) -> tuple[Nesting, ...]:
    """How these periods make each other up."""
    return tuple(
        Nesting("period", whole.code, tuple(part.code for part in parts), adds)
        for whole in periods
        if (parts := parts_of(whole, spans))
    )


def overlap(one: Period, other: Period) -> bool:
    return one.first < other.after and other.first < one.after
