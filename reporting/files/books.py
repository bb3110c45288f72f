"""What a file is made of. Nothing but protected tables fits in: a count that was not protected is a TypeError here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from reporting.choices import Method
from reporting.disclosure import ProtectedTable
from reporting.models import Indicator, Series
from reporting.periods import Period
from reporting.reading import Shelf
from reporting.releases.manifest import Names
from reporting.stories.printed import Said

# The dimension of a table that has none: everything together.
TOTAL = "total"
# What every table that was counted is about.
PERIOD = "period"


def protected(table: ProtectedTable) -> ProtectedTable:
    """The table itself; TypeError for anything that disclosure control did not make."""
    if not isinstance(table, ProtectedTable):
        raise TypeError("only protected tables are written to files")
    return table


@dataclass(frozen=True, slots=True)
class Words:
    """The same in both languages."""

    en: str
    fr: str

    def __call__(self, language: str) -> str:
        return self.fr if language.startswith("fr") else self.en


@dataclass(frozen=True, slots=True)
class Chapter:
    """A series as it was defined when it was counted, with its tables, the total alone first."""

    series: Series
    indicators: tuple[Indicator, ...]
    tables: tuple[ProtectedTable, ...]

    def __post_init__(self) -> None:
        for table in self.tables:
            protected(table)


@dataclass(frozen=True, slots=True)
class Changed:
    """What changed since in a period that was closed before: `change` as the release says it, protected by
    `reporting.freezing.corrections`."""

    series: str
    name: Words
    unit: Words
    period: Period
    change: int


@dataclass(frozen=True, slots=True)
class Book:
    """A release, or one topic of one period. `approved_on`: None where it is no release. `counted_at`: the cut-off of
    the data, None where nothing was counted. `digest`: over all that it holds. `missing`: names of series that could
    not be proven safe. `stories`: what people said yes to, word for word. `changes`: corrections of earlier periods.
    Only releases have these two. `names`: how a release called categories whose names are data. `periods`: those that
    lines are drawn over, the oldest first and that of the book last; `shelf`: their totals, as they are out. Neither
    is under the fingerprint: what another period says has its own."""

    title: Words
    note: Words
    period: Period
    method: Method
    threshold: int
    digest: str
    counted_at: datetime | None
    chapters: tuple[Chapter, ...]
    approved_on: date | None = None
    missing: tuple[Words, ...] = ()
    stories: tuple[Said, ...] = ()
    changes: tuple[Changed, ...] = ()
    names: Names = field(default_factory=dict)
    shelf: Shelf = field(default_factory=lambda: Shelf({}))
    periods: tuple[Period, ...] = ()

    def __post_init__(self) -> None:
        for tables in self.shelf.tables.values():
            for table in tables.values():
                protected(table)

    def tables(self) -> Iterator[tuple[Chapter, ProtectedTable]]:
        for chapter in self.chapters:
            for table in chapter.tables:
                yield chapter, table


def breakdown(table: ProtectedTable) -> tuple[str, ...]:
    """The dimensions of a table, none for the total alone."""
    return () if table.dimensions == (TOTAL,) else table.dimensions


def for_all(chapter: Chapter) -> dict[tuple[str, ...], ProtectedTable]:
    """Its tables by breakdown, less those of one category only: these speak of no figure for all together."""
    return {breakdown(table): protected(table) for table in chapter.tables if set(table.where) <= {PERIOD}}


def has_overlaps(book: Book) -> bool:
    """Whether in some table the same people are counted in several categories, so that the whole is no sum."""
    return any(table.overlapping for _chapter, table in book.tables())
