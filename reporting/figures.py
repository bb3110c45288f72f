"""Which figure of a protected table is meant, and what it is. Pure; takes protected tables and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from reporting.disclosure import ALL, ProtectedTable

COUNT, SHARE = "count", "share"
TOTAL = "total"
PERCENT = 100


def protected(table: object) -> ProtectedTable:
    """The table itself; TypeError for anything that disclosure control did not make."""
    if not isinstance(table, ProtectedTable):
        raise TypeError("only protected tables are shown")
    return table


@dataclass(frozen=True, slots=True)
class Figure:
    """`value`: None where it is hidden, or where there is none to give (a share of nobody, the median of no times).

    A share is given in whole percent.
    """

    value: float | None
    hidden: bool = False
    measure: str = COUNT


@dataclass(frozen=True, slots=True)
class Pick:
    """One figure for each key of a table. `measure`: count, share, or the name of a statistic. `categories`: of which
    of them in `dimension` it speaks, together; of all where there is no dimension."""

    measure: str = COUNT
    dimension: str = ""
    categories: tuple[str, ...] = ()

    def fits(self, table: ProtectedTable) -> bool:
        """Whether the table can answer: a part needs its dimension, with categories that may be younger than it."""
        if not self.dimension:
            return True
        held = dict(zip(protected(table).dimensions, table.categories, strict=True))
        return set(self.categories) <= set(held.get(self.dimension, ()))

    def of(self, table: ProtectedTable, **where: str) -> Figure:
        """The figure for the named categories, all others together. KeyError for what the table does not hold."""
        count = self._count(protected(table), where)
        if self.measure == COUNT:
            return Figure(count, count is None)
        if self.measure == SHARE:
            return _share(count, table.values[_key(table, where)])
        here = where | ({self.dimension: self.categories[0]} if self.dimension else {})
        return self._statistic(table, _key(table, here), count)

    def _count(self, table: ProtectedTable, where: dict[str, str]) -> int | None:
        """A part of several categories is their sum where all are published, or else all less the others: both are
        worked out from published numbers and tell nothing that those do not."""
        if not self.dimension:
            return table.values[_key(table, where)]
        found = self._sum(table, where, self.categories)
        if found is not None or len(self.categories) == 1 or self.dimension in table.overlapping:
            return found
        every = table.categories[table.dimensions.index(self.dimension)]
        rest = self._sum(table, where, tuple(code for code in every if code not in self.categories))
        whole = table.values[_key(table, where)]
        return None if whole is None or rest is None else whole - rest

    def _sum(self, table: ProtectedTable, where: dict[str, str], categories: tuple[str, ...]) -> int | None:
        values = [table.values[_key(table, where | {self.dimension: code})] for code in categories]
        return None if None in values else sum(value for value in values if value is not None)

    def _statistic(self, table: ProtectedTable, key: tuple[str, ...], count: int | None) -> Figure:
        """Nobody has no median; a count that is hidden takes its median with it."""
        if count == 0:
            return Figure(None, measure=self.measure)
        found = table.statistics.get(key, {}).get(self.measure) if count is not None else None
        return Figure(found, found is None, self.measure)


def _share(part: int | None, whole: int | None) -> Figure:
    """Of published counts alone, so that it tells nothing that they do not tell."""
    if part is None or whole is None:
        return Figure(None, hidden=True, measure=SHARE)
    return Figure(round(PERCENT * part / whole) if whole else None, measure=SHARE)


def _key(table: ProtectedTable, where: dict[str, str]) -> tuple[str, ...]:
    """The key of a cell or margin; the table of the total alone has one cell."""
    if table.dimensions == (TOTAL,) and not where:
        return ("all",)
    unknown = set(where) - set(table.dimensions)
    if unknown:
        raise KeyError(f"no dimension {sorted(unknown)}")
    return tuple(where.get(dimension, ALL) for dimension in table.dimensions)
