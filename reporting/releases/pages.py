"""What the page of a report shows: its figures, what is hidden, and the report before it. Protected tables only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from psp.bilingual import capital, reader_language
from reporting import record
from reporting.choices import Measure, ReleaseState
from reporting.dimensions import dimension, name_of
from reporting.disclosure import ALL, ProtectedTable
from reporting.models import Release, ReleaseTable, Series
from reporting.periods import parse
from reporting.present import protected, shown
from reporting.releases.manifest import Names, in_language
from reporting.releases.words import breakdown_name, correction_lines, note, period_name, returned_for, series_names
from reporting.stories import printed as stories_printed
from reporting.tables import text_table

Opened = tuple[ReleaseTable, ProtectedTable]


@dataclass(frozen=True, slots=True)
class TableLine:
    pk: int
    name: str
    hidden: int
    values: int


@dataclass(frozen=True, slots=True)
class Part:
    """One series: its total now and in the report before, and its tables."""

    name: str
    unit: str
    population: str
    source: str
    number: int
    now: str
    before: str
    other_definition: bool
    as_of: str
    figures: list[tuple[str, str]]
    tables: list[TableLine]

    @property
    def hidden(self) -> int:
        return sum(one.hidden for one in self.tables)

    @property
    def values(self) -> int:
        return sum(one.values for one in self.tables)


def context_of(release: Release, opened: list[Opened]) -> dict[str, Any]:
    """`opened`: its tables, in the order of topics."""
    earlier = report_before(release)
    parts = list(_parts(opened, dict(_totals(earlier)) if earlier else {}, release.period))
    names = series_names(Series.objects.order_by("number"))
    return {
        "parts": parts, "hidden": sum(one.hidden for one in parts), "values": sum(one.values for one in parts),
        "before": capital(period_name(parse(earlier.period))) if earlier else "",
        "unproven": [names.get(code, code) for code in release.unproven], "note": note(release),
        "corrections": correction_lines(release.corrections, names),
        "returned_for": returned_for(release) if release.state == ReleaseState.RETURNED else "",
    }  # fmt: skip


def stories(release: Release) -> dict[str, Any]:
    """Whoever approves a report reads what it prints of people's own words, as its readers will."""
    return {
        "stories": stories_printed.said_in(release), "stories_heading": stories_printed.heading(),
        "stories_about": stories_printed.about(),
    }  # fmt: skip


def report_before(release: Release) -> Release | None:
    """The newest published one of the same length on an earlier period."""
    period = parse(release.period)
    others = [one for one in Release.objects.published() if parse(one.period).span == period.span]
    earlier = [one for one in others if parse(one.period).first < period.first]
    return max(earlier, key=lambda one: parse(one.period).first, default=None)


def _totals(release: Release) -> Iterator[tuple[str, tuple[int, str]]]:
    """By series: number of its definition, and the total as it was published."""
    for row in release.tables.filter(frozen__breakdown="").select_related("frozen__series"):
        yield row.frozen.code, (row.frozen.series.number, _total(record.released(row)))


def _total(table: ProtectedTable) -> str:
    return shown(protected(table).value(total="all"))


def _parts(opened: list[Opened], before: dict[str, tuple[int, str]], period: str) -> Iterator[Part]:
    for _code, found in groupby(opened, key=lambda one: one[0].frozen.code):
        tables = list(found)
        series, total = tables[0][0].frozen.series, tables[0][1]
        number, figure = before.get(series.code, (series.number, ""))
        speaks = reader_language()
        yield Part(
            series.name(speaks), series.unit(speaks), _said(series, "population", speaks),
            _said(series, "source", speaks), series.number, _total(total), figure, number != series.number,
            _as_of(tables[0][0], period), list(_statistics(total)), [_line(row, table) for row, table in tables],
        )  # fmt: skip


def _as_of(row: ReleaseTable, period: str) -> str:
    """What says how things stand is of the last month; "" for all others."""
    return period_name(parse(row.frozen.period)) if row.frozen.period != period else ""


def _said(series: Series, field: str, speaks: str) -> str:
    return str(getattr(series, f"{field}_{speaks}"))


def _line(row: ReleaseTable, table: ProtectedTable) -> TableLine:
    return TableLine(
        row.pk, breakdown_name(record.breakdown_of(row.frozen)), protected(table).suppressed, len(table.values)
    )


def _statistics(table: ProtectedTable) -> Iterator[tuple[str, str]]:
    """Median and the like of all together, where they are published."""
    for found in protected(table).statistics.values():
        for name, value in sorted(found.items()):
            if name in Measure:
                yield (
                    str(Measure(name).label),
                    f"{value:g}" if reader_language() == "en" else f"{value:g}".replace(".", ","),
                )


# One table --------------------------------------------------------------------------------------------------


def grid(table: ProtectedTable, caption: str, names: Names | None = None) -> dict[str, Any]:
    """What components/data_table.html shows: the first dimension down, the second across, all together at the end.
    `names`: how its report called the categories."""
    table, kept = protected(table), in_language(names or {}, reader_language())
    if table.dimensions == ("total",):
        heads, rows = [pgettext("figure", "Number")], [(_("All together"), [table.value(total="all")])]
    else:
        down, across = table.dimensions[0], table.dimensions[1] if len(table.dimensions) > 1 else ""
        columns = [*_ordered(table, across), ALL] if across else [ALL]
        heads = [_called(across, one, kept) for one in columns] if across else [pgettext("figure", "Number")]
        rows = [
            (_called(down, one, kept), [table.values[(one, other) if across else (one,)] for other in columns])
            for one in (*_ordered(table, down), ALL)
        ]
    return text_table(caption, _head(table), heads, [(name, [shown(one) for one in values]) for name, values in rows])


def _ordered(table: ProtectedTable, name: str) -> Iterable[str]:
    """As the program lists them; what it does not know any more comes last."""
    kept = table.categories[table.dimensions.index(name)]
    try:
        known = [str(code) for code, _label in dimension(name).categories()]
    except KeyError:
        known = []
    return [*(code for code in known if code in kept), *(code for code in kept if code not in known)]


def _head(table: ProtectedTable) -> str:
    """What the names at the left are: the first dimension's own name."""
    try:
        return str(dimension(table.dimensions[0]).name)
    except KeyError:
        return _("Figure")


def _called(dimension_code: str, category: str, kept: Mapping[str, Mapping[str, str]]) -> str:
    """As the report called it, else as the program does."""
    if category in kept.get(dimension_code, {}):
        return kept[dimension_code][category]
    try:
        return name_of(dimension_code, category)
    except KeyError:
        return _("All together") if category == ALL else category
