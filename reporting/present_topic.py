"""One topic's page: every series with its figures, a chart and its table, and what the words mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from psp.bilingual import capital, reader_language
from psp.calendar_text import long_date
from reporting import record
from reporting.charts.build import bar_chart, heat_chart, stacked_chart
from reporting.charts.shapes import Chart, Multiples
from reporting.choices import Measure
from reporting.counting import HELD
from reporting.dimensions import dimension, name_of
from reporting.disclosure import ALL, ProtectedTable
from reporting.figures import Figure, Pick
from reporting.forms import By, by_name
from reporting.models import Indicator, Series
from reporting.period_words import in_sentence, period_name
from reporting.periods import Period, Span
from reporting.present import Cell, Earlier, Number, Row, Table, beside, cell, number_of, trend, trends, unit_of
from reporting.reading import Shelf, choices_of, pick_of, split_of, table_for
from reporting.wording import NONE, number

Names = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Defined:
    """What stands behind an indicator, for whoever asks."""

    name: str
    definition: str
    unit: str
    population: str
    source: str
    version: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart with its table; `multiples` instead of `chart` where there are several small ones."""

    table: Table
    chart: Chart | None = None
    multiples: Multiples | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """`refused`: could not be proven safe; `absent`: why there are no figures; `apart`: why it is not broken down;
    `unlike`: that the two periods were counted by different definitions."""

    code: str
    name: str
    defined: tuple[Defined, ...]
    numbers: tuple[Number, ...] = ()
    pictures: tuple[Picture, ...] = ()
    refused: bool = False
    absent: str = ""
    apart: str = ""
    unlike: str = ""

    @property
    def hidden(self) -> int:
        return sum(one.hidden for one in self.numbers) + sum(one.table.hidden for one in self.pictures)


@dataclass(frozen=True, slots=True)
class Asked:
    """`periods`: of the trend, the oldest first."""

    period: Period
    by: By
    compare: Period | None
    periods: Sequence[Period]

    def others(self, earlier: Earlier) -> Earlier:
        """What changes are told since: the period that was chosen, else the usual ones."""
        return [(in_sentence(self.compare), self.compare)] if self.compare else earlier


def definitions_of(series: Series) -> tuple[Defined, ...]:
    in_words = reader_language()
    since = long_date(series.defined_at.date(), in_words, article=False)
    version = _("Version %(number)d, since %(day)s") % {"number": series.number, "day": since}
    french = in_words.startswith("fr")
    return tuple(
        Defined(
            one.name(in_words), one.definition(in_words), one.unit(in_words),
            series.population_fr if french else series.population_en,
            series.source_fr if french else series.source_en, version,
        )
        for one in series.indicators.all()
    )  # fmt: skip


def section(series: Series, shelf: Shelf, asked: Asked, earlier: Earlier) -> Section:
    base = (series.code, series.name(reader_language()), definitions_of(series))
    if shelf.is_refused(series, asked.period):
        return Section(*base, refused=True)
    if asked.period.span not in record.spans_of(series):
        return Section(*base, absent=_("There are no such figures for periods of this length. Choose another one."))
    if shelf.of(series, asked.period) is None:
        return Section(*base, absent=why_nothing(series, asked.period))
    indicators = list(series.indicators.all())
    numbers = tuple(number_of(one, shelf, asked.period, asked.others(earlier)) for one in indicators)
    apart = why_apart(series, shelf, asked)
    pictures = together(series, indicators, shelf, asked) if apart or not asked.by else ()
    if asked.by and not apart:
        draw = crossed if len(asked.by) > 1 else broken_down
        pictures = draw(series, indicators, shelf, asked)
    return Section(*base, numbers, pictures, apart=apart, unlike=unlike(series, shelf, asked))


def why_apart(series: Series, shelf: Shelf, asked: Asked) -> str:
    """Why the figures are not shown by what was asked for; "" where they are, or nothing was asked for."""
    if not asked.by:
        return ""
    what = {"what": _lower(by_name(asked.by))}
    if asked.by not in choices_of(series):
        return _("These figures are not broken down by %(what)s.") % what
    if table_for(shelf.of(series, asked.period) or {}, asked.by, Pick()) is None:
        return _(
            "For this period, these figures are not broken down by %(what)s. Beside what is published already, that "
            "could tell of a few people."
        ) % what  # fmt: skip
    return ""


def why_nothing(series: Series, period: Period) -> str:
    if not record.entered(series, period):
        return _("The numbers of this period are not all entered yet.")
    return _("Nothing was counted for this period.")


def unlike(series: Series, shelf: Shelf, asked: Asked) -> str:
    """That two periods are compared that were counted by different definitions, and by which; "" otherwise."""
    if asked.compare is None or shelf.are_alike(series, asked.period, asked.compare):
        return ""
    words = {
        "number": record.definition(series, asked.period).number, "period": in_sentence(asked.period),
        "other_number": record.definition(series, asked.compare).number, "other_period": in_sentence(asked.compare),
    }  # fmt: skip
    return (
        _(
            "Counted by two definitions: version %(number)d in %(period)s, "
            "version %(other_number)d in %(other_period)s. A difference may come from that alone."
        )
        % words
    )


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


# --- All together: how it went over the periods, and what it is made up of -------------------------------------


def together(series: Series, indicators: list[Indicator], shelf: Shelf, asked: Asked) -> tuple[Picture, ...]:
    found = []
    if len(asked.periods) > 1:
        table = over_time(series, indicators, shelf, asked.periods)
        if len(indicators) == 1:
            found.append(Picture(table, trend(indicators[0], shelf, asked.periods)))
        else:
            found.append(Picture(table, multiples=trends(indicators, shelf, asked.periods)))
    return (*found, *made_up_of(series, shelf, asked), *held(series, shelf, asked))


def over_time(series: Series, indicators: list[Indicator], shelf: Shelf, periods: Sequence[Period]) -> Table:
    """The numbers of the trend, the newest period first."""
    heads = tuple(one.name(reader_language()) for one in indicators)
    rows = tuple(
        Row(
            capital(period_name(period)),
            tuple(beside(one, shelf, periods[-1], period, head) for one, head in zip(indicators, heads, strict=True)),
        )
        for period in reversed(periods)
    )
    caption = _("%(what)s over time") % {"what": series.name(reader_language())}
    return Table(caption, (_("Period"), *heads), rows)


def categories(code: str, table: ProtectedTable) -> Names:
    """Code and name of those that the table holds, in the order of the dimension; what is not known any more, last."""
    held = table.categories[table.dimensions.index(code)]
    known = {str(key): str(name) for key, name in dimension(code).categories()}
    ordered = [key for key in known if key in held] + [key for key in held if key not in known]
    return tuple((key, known.get(key, key)) for key in ordered)


def made_up_of(series: Series, shelf: Shelf, asked: Asked) -> tuple[Picture, ...]:
    """What became of what was counted, where the series has such a split."""
    split = split_of(series)
    table = table_for(shelf.of(series, asked.period) or {}, (split,), Pick()) if split else None
    if table is None:
        return ()
    title = f"{series.name(reader_language())} – {_lower(str(dimension(split).name))}"
    unit, parts = unit_of(series), categories(split, table)
    chart = stacked_chart(title, table, "", (("", ""),), split, parts, unit)
    heads = (str(dimension(split).name), capital(unit.counted), _("Share"))
    rows = tuple(
        Row(name, tuple(
            cell(Pick(measure, split, (code,)).of(table), head, unit)
            for measure, head in zip((Measure.COUNT, Measure.SHARE), heads[1:], strict=True)
        ))
        for code, name in parts
    )  # fmt: skip
    foot = Row(str(dimension(split).all_name), (cell(Pick().of(table), heads[1], unit), Cell("", heads[2])))
    return (Picture(Table(title, heads, rows, (foot,)), chart),)


def held(series: Series, shelf: Shelf, asked: Asked) -> tuple[Picture, ...]:
    """Tables that are about one category only, as those who were referred, by where to."""
    found, unit = [], unit_of(series)
    for names, table in (shelf.of(series, asked.period) or {}).items():
        fixed = [name.split(HELD, 1) for name in names if HELD in name]
        free = [name for name in names if HELD not in name]
        if len(fixed) != 1 or len(free) != 1:
            continue
        about = name_of(*fixed[0])
        title = f"{series.name(reader_language())} – {_lower(about)}, {_lower(by_name((free[0],)))}"
        names_free, head = categories(free[0], table), capital(unit.counted)
        chart = bar_chart(title, table, free[0], names_free, Pick(), unit)
        rows = tuple(Row(name, (cell(Pick().of(table, **{free[0]: code}), head, unit),)) for code, name in names_free)
        foot = Row(name_of(free[0], ALL), (cell(Pick().of(table), head, unit),))
        found.append(Picture(Table(title, (by_name((free[0],)), head), rows, (foot,)), chart))
    return tuple(found)


# --- Broken down by one dimension ------------------------------------------------------------------------------


def broken_down(series: Series, indicators: list[Indicator], shelf: Shelf, asked: Asked) -> tuple[Picture, ...]:
    """A stacked bar for each category where the series has a split; else bars of the first figure."""
    (by,) = asked.by
    tables, unit, split = shelf.of(series, asked.period) or {}, unit_of(series), split_of(series)
    title = f"{series.name(reader_language())} – {_lower(by_name(asked.by))}"
    picked = [
        (one.name(reader_language()), pick) for one in indicators if table_for(tables, asked.by, pick := pick_of(one))
    ]
    parted = table_for(tables, (by, split), Pick()) if split and split != by else None
    if parted is not None:
        parts = categories(split, parted)
        picked += _parts_besides(picked, split, parts)
        chart = stacked_chart(title, parted, by, categories(by, parted), split, parts, unit)
        return (Picture(by_category(shelf, series, asked, picked, title), chart),)
    if not picked:
        return ()
    table = table_for(tables, asked.by, picked[0][1])
    assert table is not None
    heading = title if len(indicators) == 1 else f"{picked[0][0]} – {_lower(by_name(asked.by))}"
    chart = bar_chart(heading, table, by, categories(by, table), picked[0][1], unit)
    return (Picture(by_category(shelf, series, asked, picked, title), chart),)


Picked = list[tuple[str, Pick]]


def _parts_besides(picked: Picked, split: str, parts: Names) -> Picked:
    """Columns for the parts that are drawn and that no figure speaks of yet."""
    known = {pick.categories for _name, pick in picked if pick.measure == Measure.COUNT}
    return [(name, Pick(Measure.COUNT, split, (code,))) for code, name in parts if (code,) not in known]


def by_category(shelf: Shelf, series: Series, asked: Asked, picked: Picked, title: str) -> Table:
    """A column for each figure; the first also for the period that is compared with, and what changed since."""
    (by,) = asked.by
    tables = shelf.of(series, asked.period) or {}
    table = table_for(tables, asked.by, picked[0][1])
    names = categories(by, table) if table is not None else ()
    heads = [name for name, _pick in picked]
    if asked.compare:
        heads[1:1] = [f"{heads[0]}, {period_name(asked.compare)}", pgettext("figure", "Change")]
    rows = [
        Row(name, tuple(_cells(shelf, series, asked, picked, {by: code}, heads)))
        for code, name in (*names, (ALL, name_of(by, ALL)))
    ]
    return Table(title, (by_name(asked.by), *heads), tuple(rows[:-1]), (rows[-1],))


def _cells(
    shelf: Shelf, series: Series, asked: Asked, picked: Picked, where: dict[str, str], heads: list[str]
) -> list[Cell]:
    unit = unit_of(series)
    figures = [_figure(shelf, series, asked.period, asked.by, pick, where) for _name, pick in picked]
    own = [heads[0], *heads[3 if asked.compare else 1 :]]
    found = [cell(figure, head, unit) for figure, head in zip(figures, own, strict=True)]
    if asked.compare:
        other = _figure(shelf, series, asked.compare, asked.by, picked[0][1], where)
        found[1:1] = [cell(other, heads[1], unit), Cell(difference(figures[0], other), heads[2])]
    return found


def difference(now: Figure | None, then: Figure | None) -> str:
    """As in "+12", "−3", "0"; a dash unless both are published."""
    if now is None or then is None or now.value is None or then.value is None:
        return NONE
    by = now.value - then.value
    return ("+" if by > 0 else "−" if by < 0 else "") + number(abs(by))


def _figure(shelf: Shelf, series: Series, period: Period, by: By, pick: Pick, where: dict[str, str]) -> Figure | None:
    table = table_for(shelf.of(series, period) or {}, by, pick)
    try:
        return None if table is None else pick.of(table, **where)
    except KeyError:  # a category that there was not yet, or is not any more
        return None


# --- By two dimensions -----------------------------------------------------------------------------------------


def crossed(series: Series, indicators: list[Indicator], shelf: Shelf, asked: Asked) -> tuple[Picture, ...]:
    """Fields of a heat map; rows are the dimension with more categories. Of all that is counted, whatever became of
    it."""
    tables, unit = shelf.of(series, asked.period) or {}, unit_of(series)
    table = table_for(tables, asked.by, Pick())
    if table is None:
        return ()
    rows, columns = sorted(asked.by, key=lambda code: -len(categories(code, table)))
    down, across = categories(rows, table), categories(columns, table)
    title = f"{series.name(reader_language())} – {_lower(by_name(asked.by))}"
    chart = heat_chart(title, table, (rows, down), (columns, across), Pick(), unit)
    heads = (*across, (ALL, name_of(columns, ALL)))
    made = [
        Row(name, tuple(cell(Pick().of(table, **{rows: code, columns: other}), head, unit) for other, head in heads))
        for code, name in (*down, (ALL, name_of(rows, ALL)))
    ]
    columns_shown = (by_name((rows,)), *(head for _code, head in heads))
    return (Picture(Table(title, columns_shown, tuple(made[:-1]), (made[-1],)), chart),)


# --- Definitions -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """A series on the page of definitions."""

    code: str
    name: str
    number: int
    defined: tuple[Defined, ...]
    breakdowns: tuple[str, ...]
    spans: tuple[str, ...]


def entry(series: Series) -> Entry:
    names = {Span.MONTH: _("months"), Span.QUARTER: _("quarters"), Span.YEAR: _("fiscal years")}
    by, spans = (
        tuple(dict.fromkeys(by_name(one) for one in choices_of(series))),
        tuple(names[one] for one in record.spans_of(series)),
    )
    return Entry(series.code, series.name(reader_language()), series.number, definitions_of(series), by, spans)
