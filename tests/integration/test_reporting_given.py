"""What was given, typed by coordinators: numbers of a month, of their own region, until the month is out."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from psp.errors import DomainError, Forbidden
from psp.models import ProgramRegion
from reporting import record
from reporting.counters.base import counter
from reporting.given.services import keep_given
from reporting.models import Given, GivenKind, Platform, PlatformFigure, Series
from reporting.periods import parse
from tests.factories import a_coordinator, an_analyst, sign_in

pytestmark = pytest.mark.django_db
MAY = date(2026, 5, 1)
PAGE = "/en/reports/given/?month=2026-05&region=QC"


def quebec() -> ProgramRegion:
    return ProgramRegion.objects.get(code="QC")


def kept(numbers, by=None, month=MAY) -> int:
    return keep_given(region=quebec(), month=month, numbers=numbers, by=by or a_coordinator("QC"))


def test_numbers_are_typed_changed_and_taken_away(client: Client):
    sign_in(client, a_coordinator("QC"))
    said = {"number-ride": "14", "people-ride": "11", "number-food": "0", "people-food": "0"}
    assert client.post(PAGE, said).status_code == 302
    assert set(Given.objects.values_list("kind", "number", "people")) == {("ride", 14, 11), ("food", 0, 0)}
    page = client.get(PAGE).content.decode()
    assert 'value="14"' in page
    assert client.post(PAGE, {"number-ride": "15", "people-ride": "11"}).status_code == 302
    assert list(Given.objects.values_list("kind", "number", "people")) == [("ride", 15, 11)]


@pytest.mark.parametrize(
    ("number", "people"), [("5", ""), ("", "5"), ("5", "6"), ("5", "0"), ("-1", "1"), ("2.5", "1"), ("x", "1")]
)
def test_numbers_that_do_not_fit_are_told_at_their_place(client: Client, number, people):
    sign_in(client, a_coordinator("QC"))
    answer = client.post(PAGE, {"number-ride": number, "people-ride": people})
    assert answer.status_code == 400
    assert "error-summary" in answer.content.decode()
    assert not Given.objects.exists()


def test_numbers_of_another_region_are_nobodys_to_type(client: Client):
    sign_in(client, a_coordinator("QC"))
    assert client.get("/en/reports/given/?month=2026-05&region=ON").status_code == 400
    with pytest.raises(Forbidden):
        kept({"ride": (14, 11)}, by=a_coordinator("ON"))


def test_month_that_is_out_stays_as_it_is():
    kept({"ride": (14, 11)})
    series = Series.objects.get(code="given")
    assert record.tables(series, parse("2026-05"))[("region",)].value(region="QC") == 14
    with pytest.raises(DomainError) as refused:
        kept({"ride": (15, 11)})
    assert refused.value.code == "month_is_out"
    assert kept({"ride": (3, 3)}, month=date(2026, 11, 1)) == 1


def test_month_is_counted_once_every_region_that_has_a_coordinator_entered_something():
    """A month left empty would be frozen as 0, which says that nothing was given; and what is out never changes."""
    series, month = Series.objects.get(code="given"), parse("2026-05")
    ontario = a_coordinator("ON")
    kept({"ride": (0, 0)})
    with pytest.raises(DomainError) as refused:
        record.tables(series, month)
    assert refused.value.code == "not_entered"
    assert record.freeze_closed(series, [month]) == (0, 0)
    keep_given(region=ProgramRegion.objects.get(code="ON"), month=MAY, numbers={"food": (14, 11)}, by=ontario)
    assert record.tables(series, month)[()].value() == 14


def test_zero_that_was_typed_is_a_figure():
    series, quarter = Series.objects.get(code="given"), parse("2026-Q1")
    for month in quarter.parts()[1:]:
        kept({"ride": (0, 0)}, month=month.first)
    assert not record.entered(series, quarter)
    kept({"ride": (0, 0)}, month=quarter.first)
    assert record.tables(series, quarter)[()].value() == 0


def test_month_without_numbers_waits_for_them_where_nobody_coordinates():
    month = parse("2026-05")
    assert not record.entered(Series.objects.get(code="given"), month)
    Given.objects.create(month=MAY, region=quebec(), kind=GivenKind.objects.get(code="ride"), number=0, people=0)
    assert record.entered(Series.objects.get(code="given"), month)


def test_months_before_the_program_began_wait_for_nothing():
    series, first_year = Series.objects.get(code="given"), parse("2026")
    platform = Platform.objects.get(code="togetherall")
    assert not record.entered(series, first_year)
    PlatformFigure.objects.create(platform=platform, month=date(2027, 2, 1), registrations=0, source="the first one")
    kept({"ride": (14, 11)}, month=date(2027, 2, 1))
    assert not record.entered(series, first_year)
    kept({"ride": (0, 0)}, month=date(2027, 3, 1))
    assert record.entered(series, first_year)


@pytest.mark.parametrize(
    ("language", "missing", "not_all"),
    [("en", "Not entered yet.", "not all entered yet"), ("fr", "Rien n’est encore saisi.", "pas encore tous saisis")],
)
def test_pages_say_that_a_month_is_not_entered_yet(client: Client, language, missing, not_all):
    coordinator, page = a_coordinator("QC"), PAGE.replace("/en/", f"/{language}/")
    sign_in(client, coordinator)
    assert missing in client.get(page).content.decode()
    platform = Platform.objects.get(code="togetherall")
    PlatformFigure.objects.create(platform=platform, month=MAY, registrations=0, source="so that figures begin")
    reader = Client()
    sign_in(reader, an_analyst())
    topic = f"/{language}/reports/topics/services/?period="
    assert not_all in reader.get(topic + "2026-05").content.decode()
    kept({"ride": (14, 11)}, by=coordinator)
    assert missing not in client.get(page).content.decode()
    assert not_all not in reader.get(topic + "2026-05").content.decode()


def test_few_people_behind_many_things_are_hidden():
    kept({"ride": (40, 3), "food": (12, 4)})
    tally = counter("given").count(parse("2026-05"), ((),))[()][()]
    assert (tally.count, tally.people) == (52, 4)
    assert record.tables(Series.objects.get(code="given"), parse("2026-05"))[()].value() is None


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [("given_to_somebody", {"people": 15}), ("given_to_somebody", {"people": 0}),
     ("given_by_month", {"month": "2026-05-02"}),     ("given_once", {})],
)  # fmt: skip
def test_database_keeps_numbers_whole(constraint, fields):
    kept({"ride": (14, 11)})
    row = {"month": MAY, "region": quebec(), "kind": GivenKind.objects.get(code="ride"), "number": 14, "people": 11}
    if constraint != "given_once":
        row |= {"kind": GivenKind.objects.get(code="food")}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Given.objects.create(**row | fields)
