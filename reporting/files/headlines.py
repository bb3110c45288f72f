"""The figures that a series is known by, as the pages say them: numbers, shares, medians of all together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reporting.choices import Measure
from reporting.figures import Figure, Pick
from reporting.files import words
from reporting.files.books import Book, Chapter, for_all
from reporting.models import Indicator
from reporting.present import unit_of
from reporting.reading import pick_of, table_for


@dataclass(frozen=True, slots=True)
class Headline:
    """`method` of the table that it was read from stands in `status`."""

    indicator: Indicator
    pick: Pick
    figure: Figure
    status: str

    @property
    def is_derived(self) -> bool:
        """Worked out from published figures and so in no table itself: a share, or several parts together."""
        return self.pick.measure == Measure.SHARE or (
            self.pick.measure == Measure.COUNT and len(self.pick.categories) > 1
        )


def headlines(chapter: Chapter) -> Iterator[Headline]:
    """Those that the tables at hand can answer. Read from protected tables alone, as on every page."""
    tables = for_all(chapter)
    for indicator in chapter.indicators:
        pick = pick_of(indicator)
        table = table_for(tables, (), pick)
        if table is not None:
            figure = pick.of(table)
            yield Headline(indicator, pick, figure, words.status_of(table, None if figure.hidden else 0))


def numbers(book: Book, language: str) -> tuple[list[tuple[str, str]], list[str]]:
    """The period in numbers: each figure with what it is called, and how those are called that are hidden. `language`
    must be the active one."""
    told, hidden = [], []
    for chapter in book.chapters:
        unit = unit_of(chapter.series)
        for one in headlines(chapter):
            name, plain = one.indicator.name(language), one.figure.measure == Measure.COUNT
            if one.figure.hidden:
                hidden.append(name)
            else:
                told.append((words.shown(one.figure.value) if plain else unit.said(one.figure), name))
    return told, hidden
