"""Our own engine behind the same door as the careless designs: only what `reporting.disclosure` offers everybody."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from reporting.disclosure import (
    CountTable,
    DisclosureError,
    Method,
    Nesting,
    ProtectedTable,
    fit,
    protect_json,
    protect_together,
)
from tests.attackers.careless import Refused
from tests.attackers.sight import Printed, Whole, read
from tests.attackers.truth import Truth


class Engine:
    """Remembers what it published, and publishes nothing that contradicts it. `fits`: counts of today are brought to
    agree with it first, as they are where people withdrew meanwhile."""

    def __init__(self, threshold: int, *, rounding: bool = False, fits: bool = False, time_limit: float = 20.0) -> None:
        self._threshold, self._fits, self._limit = threshold, fits, time_limit
        self._method = Method.ROUNDING if rounding else Method.SUPPRESSION
        self._out: list[ProtectedTable] = []

    def publish(self, tables: Sequence[Truth], wholes: Sequence[Whole] = ()) -> list[Printed]:
        nestings = [Nesting(one.dimension, one.whole, one.parts, one.adds) for one in wholes]
        counted = [_counted(one) for one in tables]
        try:
            if self._fits:
                counted = list(fit(counted, self._out, nestings).tables)
            made = protect_together(
                counted, self._threshold, released=self._out, nestings=nestings,
                method=self._method, time_limit=self._limit,
            )  # fmt: skip
        except DisclosureError as error:
            raise Refused(str(error)) from error
        self._out.extend(made.tables)
        floor = self._threshold if self._method == Method.ROUNDING else 0
        return [
            Printed(one.dimensions, dict(one.values), dict(one.where), one.overlapping, floor) for one in made.tables
        ]


class Contract:
    """One table as JSON, as the command takes it."""

    def __init__(self, threshold: int) -> None:
        self._threshold = threshold

    def publish(self, tables: Sequence[Truth], wholes: Sequence[Whole] = ()) -> list[Printed]:
        try:
            return [read(protect_json(one.as_json(), self._threshold).to_json(), one.where) for one in tables]
        except DisclosureError as error:
            raise Refused(str(error)) from error


def _counted(one: Truth) -> CountTable:
    return CountTable(
        one.dimensions, one.categories, MappingProxyType(dict(one.counts)), overlapping=one.overlapping,
        margins=MappingProxyType(dict(one.margins)), where=MappingProxyType(dict(one.where)),
    )  # fmt: skip
