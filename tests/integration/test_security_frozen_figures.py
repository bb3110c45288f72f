"""Property 35 over time: whoever looks again, after whatever happened meanwhile, learns nothing about anybody."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from psp.errors import DomainError
from reporting import reading, record
from reporting.disclosure import DisclosureError
from reporting.models import FrozenTable, Series
from reporting.periods import parse
from sessions.models import Attendance
from tests.factories import a_participant, disagree
from tests.integration.test_privacy_erasure import erase
from tests.reporting_people import BOTH, a_region_with, everybody_came

pytestmark = pytest.mark.django_db
MONTHS = ("2026-04", "2026-05", "2026-06")
QUARTER = parse("2026-Q1")


def series(code: str) -> Series:
    return Series.objects.filter(code=code).latest("number")


def of(code: str, period: str):
    return record.tables(series(code), parse(period))


def from_april(people: int = 14, region: str = "QC"):
    """Weekly sessions in April, May and June."""
    return a_region_with(people, region, sessions=12, at=datetime(2026, 4, 7, 23, tzinfo=UTC))


def test_property_35_second_look_does_not_tell_that_one_person_withdrew():
    _group, persons, _coordinator = from_april()
    before = {code: of(code, "2026-05") for code in ("people", "attendances")}
    disagree(persons[0].user, "results")
    assert {code: of(code, "2026-05") for code in before} == before


def test_property_35_other_breakdowns_of_a_period_are_frozen_with_the_first_look():
    """Else a filter that is chosen after a withdrawal would stand beside one that was chosen before."""
    _group, persons, _coordinator = from_april()
    reading.read([series("people")], [parse("2026-05")], whole=False)
    kept = FrozenTable.objects.filter(code="people", period="2026-05").count()
    disagree(persons[0].user, "results")
    tables = of("people", "2026-05")
    assert kept == len(tables) == len(series("people").breakdowns) + 1
    assert tables[("region",)].value(region="QC") == tables[()].value(total="all") == 14


@pytest.mark.parametrize("gone", [1, 3])
def test_property_35_quarter_after_a_withdrawal_is_the_sum_of_its_months(gone):
    """A recount would be smaller than its months together: by exactly the visits of whoever withdrew."""
    _group, persons, _coordinator = from_april()
    months = [of("attendances", month) for month in MONTHS]
    for one in persons[:gone]:
        disagree(one.user, "results")
    whole = of("attendances", QUARTER.code)
    shown = [table[()].value(total="all") for table in (*months, whole)]
    assert None not in shown
    assert shown[-1] == sum(shown[:-1])


def test_property_35_quarter_of_people_agrees_with_its_months_after_withdrawals():
    _group, persons, _coordinator = from_april()
    months = [of("people", month)[()].value(total="all") for month in MONTHS]
    for one in persons[:2]:
        disagree(one.user, "results")
    assert months == [14, 14, 14]
    assert of("people", QUARTER.code)[()].value(total="all") >= max(months)


def test_property_35_late_entries_change_no_figure_that_is_out():
    group, persons, coordinator = from_april()
    before = of("attendances", "2026-05")
    late = [a_participant(consents=BOTH) for _number in range(12)]
    held = group.sessions.filter(starts_at__month=5).first()
    everybody_came(held, late, coordinator)
    assert Attendance.objects.filter(session=held).count() == len(persons) + 12
    assert of("attendances", "2026-05") == before


def test_property_35_small_group_does_not_come_out_between_a_quarter_and_its_months():
    """Three people in one month only: the quarter would tell them, minus the months."""
    from_april(40, "ON")
    a_region_with(3, "QC", sessions=3, at=datetime(2026, 5, 5, 23, tzinfo=UTC))
    tables = {period: of("attendances", period)[("region", "status")] for period in (*MONTHS, QUARTER.code)}
    here = {period: table.value(region="QC", status="present") for period, table in tables.items()}
    assert here["2026-05"] is None
    assert here[QUARTER.code] is None or None in (here["2026-04"], here["2026-06"])
    for period in ("2026-05", QUARTER.code):
        table = tables[period]
        known = [table.value(region=code, status="present") for code in table.categories[0] if code != "QC"]
        assert table.value(status="present") is None or None in known, "all of them minus the others is the three"


def test_property_35_erased_person_stays_in_frozen_figures_and_nowhere_else():
    _group, persons, _coordinator = from_april()
    before = of("people", "2026-05")
    erase(persons[0])
    assert of("people", "2026-05") == before
    assert str(persons[0].user_id) not in "".join(FrozenTable.objects.values_list("body", flat=True))


def test_property_35_new_definition_does_not_count_a_period_again():
    _group, persons, _coordinator = from_april()
    before = of("people", "2026-05")
    old = series("people")
    fields = {field.name: getattr(old, field.name) for field in Series._meta.fields if field.name != "id"}
    Series.objects.create(**fields | {"number": old.number + 1})
    disagree(persons[0].user, "results")
    assert of("people", "2026-05") == before


def test_property_35_figures_of_a_running_period_are_seen_by_nobody(settings):
    settings.PSP_REPORT_SETTLE_DAYS = 40_000
    with pytest.raises(DomainError) as refused:
        of("people", "2026-05")
    assert refused.value.code == "period_not_closed"
    assert not FrozenTable.objects.exists()


@pytest.mark.parametrize("change", ['"threshold":9', '"audited":false'])
def test_property_35_body_that_was_tampered_with_is_refused(change):
    """A thief of the database's password puts a table of their own in place."""
    of("sessions", "2026-05")
    row = FrozenTable.objects.get(code="sessions", period="2026-05", breakdown="")
    name = change.partition(":")[0]
    before = next(part for part in row.body.split(",") if part.startswith(name))
    row.pk, row.period, row.body = None, "2026-04", row.body.replace(before, change)
    row.save(force_insert=True)
    with pytest.raises(DisclosureError, match=r"was changed|never proven"):
        of("sessions", "2026-04")
