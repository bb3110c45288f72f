"""Protected tables of many series and periods for one page, in one query."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from psp.audit.choices import Action
from psp.errors import DomainError
from reporting import record
from reporting.counters.base import counter
from reporting.counting import HELD, spoken_for
from reporting.disclosure import DisclosureError, ProtectedTable
from reporting.figures import Figure, Pick
from reporting.freezing import looks
from reporting.freezing.background import in_background
from reporting.models import FrozenTable, Indicator, Series
from reporting.periods import Period

Tables = Mapping[tuple[str, ...], ProtectedTable]
# Codes of a series and of a period.
Asked = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Shelf:
    """`tables`: by code of series and period. `refused`: what could not be proven safe, so that nothing is shown.
    `counting`: how many periods of figures the worker counts now, before there is a page to show. `versions`: the key
    of the definition that each was counted by."""

    tables: Mapping[tuple[str, str], Tables]
    refused: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    counting: int = 0
    versions: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def of(self, series: Series, period: Period) -> Tables | None:
        return self.tables.get((series.code, period.code))

    def are_alike(self, series: Series, one: Period, other: Period) -> bool:
        """Whether both periods were counted by the same definition, as far as there are figures of both."""
        found = {self.versions.get((series.code, period.code)) for period in (one, other)} - {None}
        return len(found) < 2

    def is_refused(self, series: Series, period: Period) -> bool:
        return (series.code, period.code) in self.refused

    def figure(self, indicator: Indicator, period: Period) -> Figure | None:
        """The figure for all together; None where nothing is kept of that period."""
        pick = pick_of(indicator)
        table = table_for(self.of(indicator.series, period) or {}, (), pick)
        return None if table is None else pick.of(table)


def read(
    series: Sequence[Series], shown: Iterable[Period], *, beside: Iterable[Period] = (), whole: bool = True,
    action: Action = Action.READ,
) -> Shelf:  # fmt: skip
    """The tables of the periods that are `shown`, frozen now where they are not yet, and what is kept of those that
    stand `beside` them. `whole`: with every breakdown of what is shown; of the rest only what totals need.

    Every look is counted and written into the access log, as an export where `action` says so.
    """
    shown, beside = list(shown), list(beside)
    spoken = {(one.code, period.code): _spoken(one, period) for one in series for period in (*shown, *beside)}
    kept = _kept(series, spoken, [period.code for period in shown], whole=whole)
    refused, totals = set(), names_of_totals(series)
    if counting := in_background([(one, period) for one in series for period in shown
                                  if (one.code, spoken[one.code, period.code].code) not in kept]):  # fmt: skip
        return Shelf({}, counting=counting)
    for one in series:
        for period in shown:
            own = (one.code, spoken[one.code, period.code].code)
            if own in kept or period.span not in record.spans_of(one):
                continue
            try:
                rows = record.ensure(one, period)
            except DisclosureError:
                refused.add((one.code, period.code))
            except DomainError:
                continue
            else:
                kept[own] = [row for row in rows if whole or row.breakdown in totals]
    _note(series, spoken, kept, action)
    opened = {key: {record.breakdown_of(row): record.opened(row) for row in rows} for key, rows in kept.items()}
    own_keys = {key: (key[0], period.code) for key, period in spoken.items()}
    versions = {key: kept[own][0].series_id for key, own in own_keys.items() if kept.get(own)}
    shown_tables = {key: opened[own] for key, own in own_keys.items() if own in opened}
    return Shelf(shown_tables, frozenset(refused), versions=versions)


def _spoken(series: Series, period: Period) -> Period:
    """The period whose figures stand for this one: how things stand is said by the last part of a longer one."""
    return spoken_for(period, stock=_stock(series), spans=record.spans_of(series))


def _stock(series: Series) -> bool:
    try:
        return counter(series.counter).stock
    except KeyError:
        return False


def _kept(
    series: Sequence[Series], spoken: Mapping[Asked, Period], shown: Collection[str], *, whole: bool
) -> dict[Asked, list[FrozenTable]]:
    """The rows by code of series and period, in one query."""
    totals = Q(breakdown__in=names_of_totals(series))
    in_full = {period.code for (_code, asked), period in spoken.items() if asked in shown}
    wanted = {period.code for period in spoken.values()}
    rows = FrozenTable.objects.filter(code__in=[one.code for one in series], period__in=wanted)
    rows = rows.filter(totals | Q(period__in=in_full) if whole else totals)
    found: dict[Asked, list[FrozenTable]] = {}
    for row in rows.order_by("pk"):
        found.setdefault((row.code, row.period), []).append(row)
    return found


def _note(
    series: Sequence[Series], spoken: Mapping[Asked, Period], kept: Mapping[Asked, list[FrozenTable]], action: Action
) -> None:
    named, periods = {one.code: one for one in series}, {period.code: period for period in spoken.values()}
    looks.note([((named[code], periods[period]), rows) for (code, period), rows in kept.items()], action)


def names_of_totals(series: Sequence[Series]) -> set[str]:
    """The breakdowns, as they are kept, that the figures for all together are read from."""
    return {",".join(names) for one in series for names in _of_totals(one)}


def _of_totals(series: Series) -> set[tuple[str, ...]]:
    """The breakdowns that the figures for all together are read from."""
    needed = [pick_of(one).dimension for one in series.indicators.all()]
    available = [tuple(names) for names in series.breakdowns]
    found: set[tuple[str, ...]] = {()}
    for dimension in filter(None, needed):
        found |= set(sorted((names for names in available if dimension in names), key=len)[:1])
    return found


def split_of(series: Series) -> str:
    """The dimension that says what became of what is counted; "" where there is none or its counter is gone."""
    try:
        return counter(series.counter).split
    except KeyError:
        return ""


def pick_of(indicator: Indicator) -> Pick:
    """Which figure of a table the indicator is. A part may name its dimension, and several categories."""
    if not indicator.part:
        return Pick(indicator.measure)
    dimension, _is, categories = indicator.part.rpartition(HELD)
    return Pick(indicator.measure, dimension or split_of(indicator.series), tuple(categories.split("+")))


def table_for(tables: Tables, by: tuple[str, ...], pick: Pick) -> ProtectedTable | None:
    """The smallest table that holds these dimensions and what the pick needs; None where there is none."""
    whole = [names for names in tables if set(by) <= set(names) and not any(HELD in name for name in names)]
    fitting = [names for names in whole if pick.fits(tables[names])]
    # More dimensions than asked for are fine: their margins are in the same proof.
    return tables[min(fitting, key=len)] if fitting else None


def choices_of(series: Series) -> list[tuple[str, ...]]:
    """By what it can be broken down beside its own split, as its definition lists it."""
    split = split_of(series)
    found = []
    for names in series.breakdowns:
        by = tuple(name for name in names if name != split)
        if by and by not in found and not any(HELD in name for name in by):
            found.append(by)
    return found
