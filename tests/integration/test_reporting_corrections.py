"""What is told of periods that were closed before: large differences alone, and never two that tell a small one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reporting import record
from reporting.choices import Method
from reporting.freezing.corrections import corrections
from reporting.models import FrozenTable, Release, Series
from reporting.periods import parse
from reporting.releases.services import Words, prepare
from reporting.releases.words import correction_lines, series_names
from tests.factories import a_participant, an_analyst, disagree
from tests.reporting_people import BOTH, a_region_with, everybody_came

pytestmark = pytest.mark.django_db
JUNE, JULY = parse("2026-06"), parse("2026-07")


def series(code: str = "people") -> Series:
    return Series.objects.filter(code=code).latest("number")


def of_people(before=JUNE):
    return [one for one in corrections(before) if one["code"] == "people"]


@pytest.fixture
def may():
    """Fourteen people in May, frozen; and a session at which more can be noted late."""
    group, persons, coordinator = a_region_with(14, sessions=3, at=datetime(2026, 5, 5, 23, tzinfo=UTC))
    for code in ("people", "attendances"):
        record.ensure(series(code), parse("2026-05"))
    held = group.sessions.order_by("starts_at").first()

    def late(number: int) -> None:
        everybody_came(held, [a_participant(consents=BOTH) for _number in range(number)], coordinator)

    late.persons = persons  # type: ignore[attr-defined]
    return late


def told(*found) -> None:
    """A report that said so."""
    release = prepare(by=an_analyst(), period=parse("2026-04"), method=Method.SUPPRESSION, words=Words("A", "B"))
    Release.objects.filter(pk=release.pk).update(corrections=list(found))


@pytest.mark.parametrize(("number", "shown"), [(0, []), (1, []), (9, []), (10, [10]), (23, [23])])
def test_difference_is_told_where_enough_people_stand_behind_it(may, number, shown):
    may(number)
    assert [one["change"] for one in of_people()] == shown


def test_what_is_smaller_is_not_told_from_nothing(may):
    before = corrections(JUNE)
    may(9)
    assert corrections(JUNE) == before


def test_people_who_withdrew_are_told_as_fewer(may):
    for one in may.persons:
        disagree(one.user, "results")
    (found,) = of_people()
    assert (found["period"], found["change"]) == ("2026-05", -14)
    (line,) = correction_lines([found], series_names([series()]))
    assert line.endswith("May 2026: 14 fewer than were published")


def test_visits_are_not_told_because_one_person_may_stand_behind_many(may):
    may(30)
    assert {one["code"] for one in corrections(JUNE)} & {"attendances"} == set()


def test_second_difference_is_reckoned_from_the_first_and_must_be_as_large(may):
    """Twelve told, then one more: 12 and 13 side by side would be that one."""
    may(12)
    told(*of_people())
    may(1)
    assert of_people(JULY) == []
    may(9)
    assert [one["change"] for one in of_people(JULY)] == [10]


def test_of_two_periods_that_lie_in_each_other_only_one_is_told(may):
    """Twelve more in the quarter and eleven in May would be one in April or June."""
    may(11)
    told(*of_people())
    record.ensure(series(), parse("2026-Q1"))
    may(12)
    assert of_people(parse("2026-Q2")) == []


def test_figures_that_are_out_stay_as_they_were(may):
    before = list(FrozenTable.objects.order_by("pk").values())
    may(15)
    corrections(JUNE)
    assert list(FrozenTable.objects.order_by("pk").values()) == before


def test_report_says_it_and_keeps_it(may):
    may(15)
    release = prepare(by=an_analyst(), period=JUNE, method=Method.SUPPRESSION, words=Words("A", "B"))
    assert {"code": "people", "period": "2026-05", "change": 15} in release.corrections
    assert '"change":15' in release.manifest


def test_rounded_report_shows_what_is_published_rounded_and_hides_what_was_hidden(may):
    frozen = {row.breakdown: record.opened(row) for row in FrozenTable.objects.filter(code="people")}
    release = prepare(by=an_analyst(), period=parse("2026-05"), method=Method.ROUNDING, words=Words("A", "B"))
    for row in release.tables.filter(frozen__code="people").select_related("frozen"):
        table, before = record.released(row), frozen[row.frozen.breakdown]
        assert table.method.value == Method.ROUNDING.value
        assert {key for key, value in table.values.items() if value is None} == {
            key for key, value in before.values.items() if value is None
        }
        assert all(value is None or value % 5 == 0 for value in table.values.values())
