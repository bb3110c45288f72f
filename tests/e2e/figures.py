"""A year of figures long ago, for the stories of those who read them.

No other story looks at that year, and neither does the nightly run before these people are there: whatever ran before,
and at whatever hour, its figures are the same.
"""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.e2e.stack import Stack

YEAR, QUARTER, NEXT_QUARTER = "2020", "2020-Q1", "2020-Q2"
WORLD = """
from datetime import UTC, datetime, timedelta
from itertools import cycle
from django.db import transaction
from psp import survey
from sessions.models import FeedbackBatch, GroupSession, Questionnaire
from tests import factories as make
from tests.reporting_people import BOTH, a_session, everybody_came
BEGIN = datetime(2020, 5, 5, 23, tzinfo=UTC)
if not GroupSession.objects.filter(starts_at=BEGIN).exists():
    with transaction.atomic():
        by = make.a_coordinator("ATL")
        group = make.a_group(by, program_region="ATL", region="NS", starts_on=BEGIN.date())
        # The three in the North come once, the others each time a few fewer; two of twelve had something else to do.
        # In two months only, so that a year is proven in seconds.
        people = [
            make.a_participant(region, language="fr" if number % 3 == 0 else "en", consents=BOTH)
            for region, many in (("YT", 3), ("AB", 34), ("BC", 27), ("NS", 21)) for number in range(many)
        ]
        for number, weeks in enumerate((0, 2, 9, 11)):
            session = a_session(group, BEGIN + timedelta(weeks=weeks), number + 1)
            came = cycle([*["present"] * 10, "let_us_know", "absent"])
            everybody_came(session, people[number * 3:], by, came.__next__)
        # What 32 of them said from July to September, the third quarter of the calendar.
        form = Questionnaire.objects.in_force("after_session")
        liked = [{"safe": "4", "helped": "5", "again": "yes"}] * 20
        sheets = liked + [{"safe": "2", "again": "no", "length": "long"}] * 12
        FeedbackBatch.objects.create(questionnaire=form, kind="formal", period="2020-Q3", answers=len(sheets),
                                     counts=survey.count_up(form.form, sheets, fewest=5))
"""


# Counted as the nightly run does it, so that nobody waits for a year of proofs; prepared by one person, published by
# another.
YEARLY = """
from contextlib import suppress
from psp.errors import DomainError
from psp.models import User
from reporting.choices import Method
from reporting.disclosure import DisclosureError
from reporting.models import Release
from reporting.periods import parse
from reporting.record import ensure, in_force
from reporting.releases.services import Words, approve, prepare
YEAR = parse("2020")
for series in in_force():
    with suppress(DisclosureError, DomainError):
        ensure(series, YEAR)
if not Release.objects.filter(period=YEAR.code).exists():
    words = Words("Figures of a year", "Chiffres d’une année", "It ended in summer.", "Tout a pris fin en été.")
    made = prepare(by=User.objects.get(username="analyst"), period=YEAR, method=Method.SUPPRESSION, words=words)
    approve(release=made, by=User.objects.get(username="privacy"), seen=made.digest)
"""


def a_year_of_figures(site: Stack) -> None:
    """The people of that year, what they came to and what they said of it; made once for all stories."""
    site.run(WORLD)


def a_yearly_report(site: Stack) -> None:
    """Published; made once for all stories."""
    a_year_of_figures(site)
    site.run(YEARLY)


def figures_come(page: Page) -> None:
    """At once, or after the worker has counted them: the page looks again by itself."""
    expect(page.locator("main .figure-card").first).to_be_visible(timeout=120_000)
