"""Each look at figures is counted, by table and day, and written into the access log with whoever looked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from django.db import connection, transaction
from django.utils import timezone

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from reporting.models import FrozenTable, Series
from reporting.periods import Period

# In order, so that two pages at once never wait for each other's rows.
COUNT = """
INSERT INTO reporting_look (table_id, day, times)
SELECT shown.id, %s, 1 FROM unnest(%s::bigint[]) AS shown (id) ORDER BY shown.id
ON CONFLICT (table_id, day) DO UPDATE SET times = reporting_look.times + 1
"""
Looked = tuple[tuple[Series, Period], Sequence[FrozenTable]]


def note(looked: Iterable[Looked], action: Action = Action.READ) -> None:
    """One entry of the log for each series and period; the count follows once the page's transaction is through."""
    found = [(asked, rows) for asked, rows in looked if rows]
    entries = [(f"{series.code} {period.code}", None) for (series, period), _rows in found]
    audit.record_each(action, FrozenTable, entries, purpose=Purpose.REPORTING)
    count(row.pk for _asked, rows in found for row in rows)


def count(tables: Iterable[int]) -> None:
    """One more look at each of these frozen tables, today."""
    keys = sorted(set(tables))
    if keys:
        # Locked rows would make pages wait for each other until the end of each.
        transaction.on_commit(partial(_count, keys))


def _count(keys: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [timezone.localdate(), keys])


def note_export(series: Series, period: Period, rows: Sequence[FrozenTable]) -> None:
    """A file with these figures was taken along."""
    note([((series, period), rows)], Action.EXPORT)
