"""Which periods can be looked at: those that are closed, from the first in which anything happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.utils import timezone

from reporting import record
from reporting.counters import beginning
from reporting.periods import LENGTHS, Period, Span, containing, since

# The story of the program is told by quarters where there is one: a month hides much, a year is long in coming.
PREFERRED = (Span.QUARTER, Span.MONTH, Span.YEAR)
# How many periods a trend shows, so that the same one a year before is among them.
TREND = {Span.MONTH: 13, Span.QUARTER: 9, Span.YEAR: 5}


@dataclass(frozen=True, slots=True)
class Offer:
    """`periods`: closed ones by length, the newest first, the lengths in the order of a list to choose from."""

    periods: dict[Span, list[Period]]
    first: date | None

    @property
    def newest(self) -> Period | None:
        """What a page shows unless it is asked for something else."""
        return next((self.periods[span][0] for span in PREFERRED if self.periods.get(span)), None)

    def holds(self, period: Period) -> bool:
        return period in self.periods.get(period.span, [])


def offer(today: date | None = None) -> Offer:
    today = today or timezone.localdate()
    first = beginning.first_day()
    spans = [span for span in (Span.YEAR, Span.QUARTER, Span.MONTH) if LENGTHS[span] >= LENGTHS[finest()]]
    found = {span: since(first, today, span) if first else [] for span in spans}
    return Offer({span: [one for one in those if record.is_closed(one, today)] for span, those in found.items()}, first)


def finest() -> Span:
    """The shortest period that is reported: a program setting ([PIA] rule 12)."""
    return Span(settings.PSP_REPORT_FINEST)


def before(period: Period) -> Period:
    """The one of the same length that ended when it began."""
    return containing(period.first - timedelta(days=1), period.span)


def year_before(period: Period) -> Period:
    """The same period a year earlier."""
    return Period(period.span, period.first.replace(year=period.first.year - 1))


def trend(period: Period, first: date | None) -> list[Period]:
    """The periods up to this one, the oldest first, none of them before anything happened."""
    found = [period]
    while len(found) < TREND[period.span] and first and found[0].first > first:
        found.insert(0, before(found[0]))
    return found


def next_figures(period: Period, today: date | None = None) -> tuple[Period, date]:
    """The next period of this length that is not closed yet, and the day on which its figures come."""
    today = today or timezone.localdate()
    found = containing(today, period.span)
    # Figures may take longer to settle than a period lasts.
    while not record.is_closed(before(found), today):
        found = before(found)
    return found, record.settled_on(found)


def containing_today(span: Span, today: date | None = None) -> Period:
    return containing(today or timezone.localdate(), span)
