"""One question to the database for all breakdowns and margins of a counter (GROUPING SETS)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import compress, product
from typing import Any

from django.db import connection
from django.db.models import DateField, DateTimeField, F, Func, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone

from reporting.counters.base import Breakdown, Counted, Tally
from reporting.disclosure import ALL, Key
from reporting.periods import Period

# No zone is further from UTC than this; the index on the time narrows the search first.
ZONES_APART = timedelta(days=1)
# The 90th percentile is somebody's own wait where hardly anybody waited longer.
PEOPLE_ABOVE = 5


@dataclass(frozen=True, slots=True)
class Source:
    """Rows to count, as SQL: a column `by_<dimension>` for each dimension, `who` for the person behind the row."""

    sql: str
    params: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Sums:
    """SQL over the columns of a source: what is reported, how many people stand behind it, and statistics."""

    count: str
    people: str
    statistics: Mapping[str, str] = field(default_factory=dict)


BEHIND = "count(DISTINCT who)"
PEOPLE = Sums(BEHIND, BEHIND)
ROWS = Sums("count(*)", BEHIND)
# Rows that stand for several, folded by person before: `times` says for how many.
FOLDED = Sums("coalesce(sum(times), 0)", BEHIND)
# About nobody in particular: each row stands for itself.
NOBODY = Sums("count(*)", "count(*)")
# Whole weeks in a column `weeks`. Somebody may be in several rows: at least so many different people are above.
WAITS = Sums(
    "count(*)", BEHIND,
    {
        "median": "percentile_disc(0.5) WITHIN GROUP (ORDER BY weeks)",
        "p90": f"CASE WHEN count(DISTINCT who) - ceil(0.9 * count(*)) >= {PEOPLE_ABOVE}"
               " THEN percentile_disc(0.9) WITHIN GROUP (ORDER BY weeks) END",
    },
)  # fmt: skip


def of(rows: QuerySet[Any], fields: Mapping[str, Any], breakdowns: Iterable[Breakdown], **more: Any) -> Source:
    """The rows with those dimensions that are asked for and that `fields` knows, and `more` columns."""
    by = {f"by_{name}": fields[name] for name in names_in(breakdowns) if name in fields}
    sql, params = rows.order_by().values(**by, **more).query.sql_with_params()
    return Source(sql, tuple(params))


def names_in(breakdowns: Iterable[Breakdown]) -> tuple[str, ...]:
    """Every dimension that any of them names, sorted."""
    return tuple(sorted({name for names in breakdowns for name in names}))


def tallies(source: Source, breakdowns: Sequence[Breakdown], sums: Sums) -> Counted:
    """The tallies of every breakdown and of all its margins, in one question."""
    if not breakdowns:
        return {}
    names = names_in(breakdowns)
    found = _ask(source, names, sorted({kept for one in breakdowns for kept in _subsets(one)}), sums)
    return {
        one: {key: tally for kept in _subsets(one) for key, tally in _placed(found, kept, one)} for one in breakdowns
    }


def _subsets(names: Breakdown) -> list[Breakdown]:
    """The dimensions that stay in each of its margins, sorted by name; all of them first."""
    return [tuple(sorted(compress(names, keep))) for keep in product((True, False), repeat=len(names))]


def _placed(found: Mapping[Breakdown, Mapping[Key, Tally]], kept: Breakdown, names: Breakdown) -> Iterable[Any]:
    """Keys of one grouping set in the order of `names`, "*" for what was left out."""
    for key, tally in found[kept].items():
        at = dict(zip(kept, key, strict=True))
        yield tuple(at.get(name, ALL) for name in names), tally


def _ask(source: Source, names: Breakdown, sets: Sequence[Breakdown], sums: Sums) -> dict[Breakdown, dict[Key, Tally]]:
    columns = [f"by_{name}" for name in names]
    which = f"GROUPING({', '.join(columns)})" if columns else "0"
    wanted = ", ".join([which, *columns, f"({sums.count})::bigint", sums.people, *sums.statistics.values()])
    groups = ", ".join("(" + ", ".join(f"by_{name}" for name in one) + ")" for one in sets)
    # Nothing here comes from outside: names of dimensions and the sums are this app's own.
    sql = f"SELECT {wanted} FROM ({source.sql}) AS counted GROUP BY GROUPING SETS ({groups})"  # noqa: S608  # nosec B608
    found: dict[Breakdown, dict[Key, Tally]] = {one: {} for one in sets}
    with connection.cursor() as cursor:
        cursor.execute(sql, source.params)
        for mask, *rest in cursor.fetchall():
            kept = tuple(name for at, name in enumerate(names) if not mask >> (len(names) - 1 - at) & 1)
            values = dict(zip(names, rest, strict=False))
            found[kept][tuple(values[name] for name in kept)] = _tally(rest[len(names) :], sums)
    return found


def _tally(row: Sequence[Any], sums: Sums) -> Tally:
    known = zip(sums.statistics, row[2:], strict=True)
    return Tally(int(row[0]), int(row[1]), {name: float(value) for name, value in known if value is not None})


# Days ----------------------------------------------------------------------------------------------------------


def bounds(period: Period) -> tuple[datetime, datetime]:
    """Midnight at its beginning and after its end, by the program's own clock."""
    first, last = (timezone.make_aware(datetime.combine(day, time())) for day in (period.first, period.after))
    return first, last


def within(rows: QuerySet[Any], period: Period, moment: str) -> QuerySet[Any]:
    """Rows whose moment lies in this period by the program's own clock."""
    first, last = bounds(period)
    return rows.filter(**{f"{moment}__gte": first, f"{moment}__lt": last})


def by_group_clock(rows: QuerySet[Any], period: Period, moment: str, zone: str) -> QuerySet[Any]:
    """Rows whose moment lies in this period by the clock of its own group."""
    begin, end = around(period)
    local = Func(F(zone), F(moment), function="timezone", output_field=DateTimeField())
    near = rows.filter(**{f"{moment}__gte": begin, f"{moment}__lt": end})
    dated: QuerySet[Any] = near.annotate(day=Cast(local, DateField()))
    return dated.filter(day__gte=period.first, day__lt=period.after)


def around(period: Period) -> tuple[datetime, datetime]:
    """Between which it lies, whatever the clock."""
    begin, end = (datetime.combine(day, time(), tzinfo=UTC) for day in (period.first, period.after))
    return begin - ZONES_APART, end + ZONES_APART


def moments(period: Period) -> tuple[date, ...]:
    """Every day and moment by which its rows are found, always in this order."""
    return (period.first, period.after, *bounds(period), *around(period))
