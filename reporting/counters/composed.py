"""Questions of counters put into SQL once in a process: Django takes longer to compose one than the database to answer.

No answer is kept. The days and moments of the period that is asked for, and today, go in each time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache, wraps
from typing import Any
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from reporting.counters.base import Breakdown
from reporting.counters.grouping import Source, moments
from reporting.periods import Period, Span

Asked = tuple[Breakdown, ...]
# What stands for the period and for today while the SQL is made: no program goes on for so long.
STAND_IN, DAY = Period(Span.MONTH, date(4000, 1, 1)), date(4000, 6, 15)
# A day or moment of the stand-ins → its place among those of any period.
Places = Mapping[date, int]


def composed(make: Callable[[Period, Asked, date], Source]) -> Callable[[Period, Asked], Source]:
    """`make(period, asked, today)` runs once for each `asked`, with stand-ins: it may only hand them on to filters, to
    `within`, `by_group_clock` and the like, and to `agrees`."""

    @cache
    def kept(asked: Asked) -> tuple[Source, Places]:
        places = {when: place for place, when in enumerate(_moments(STAND_IN, DAY))}
        source = make(STAND_IN, asked, DAY)
        if stays := [one for one in source.params if isinstance(one, date | UUID) and one not in places]:
            raise ImproperlyConfigured(f"A question may only hand its period on; {stays[0]} would stay for ever.")
        return source, places

    @wraps(make)
    def source(period: Period, asked: Asked) -> Source:
        (made, places), values = kept(asked), _moments(period, timezone.localdate())

        def now(one: Any) -> Any:
            return values[places[one]] if isinstance(one, date) else one

        return Source(made.sql, tuple(now(one) for one in made.params))

    return source


def _moments(period: Period, today: date) -> tuple[date, ...]:
    return (*moments(period), today)
