"""What somebody inside can do with definitions, settings, reports and files: nothing that tells a small count.

The figures are goods and services, since those are numbers from the start: what is typed is what is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import pytest

from psp.errors import DomainError
from reporting import record
from reporting.definitions.services import new_version
from reporting.disclosure import ProtectedTable
from reporting.models import FrozenTable, Given, GivenKind, Series
from reporting.periods import parse
from reporting.reference import content_of
from tests import factories as make

pytestmark = pytest.mark.django_db
QUARTER, MONTHS = "2026-Q1", ("2026-04", "2026-05", "2026-06")
REGION = ("region",)
# Nearly everything of April was given in Ontario.
COUNTS = {"2026-04": {"QC": 3, "ON": 30}, "2026-05": {"QC": 12, "ON": 15}, "2026-06": {"QC": 20, "ON": 14}}


def given(counts: Mapping[str, Mapping[str, int]] = COUNTS) -> None:
    kind = GivenKind.objects.get(code="ride")
    for code, by_region in counts.items():
        for region, number in by_region.items():
            Given.objects.create(
                month=date.fromisoformat(f"{code}-01"), region_id=region, kind=kind, number=number, people=number
            )


def defined_as(**change) -> Series:
    """What an administrator can do: the next number of the definition."""
    newest = Series.objects.filter(code="given").latest("number")
    by = make.with_role(make.a_user(), "administrator")
    return new_version(series=newest, content=content_of(newest) | change, by=by)


def out(code: str) -> Mapping[tuple[str, ...], ProtectedTable]:
    """What an analyst sees of it; nothing where it is not counted."""
    try:
        return record.tables(Series.objects.filter(code="given").latest("number"), parse(code))
    except DomainError:
        return {}


def value(code: str, **where: str) -> int | None:
    table = out(code).get(tuple(where))
    return None if table is None else table.value(**(where or {"total": "all"}))


def worked_out(**where: str) -> Iterator[int]:
    """Each month as what is shown of the quarter less what is shown of the two others."""
    whole = value(QUARTER, **where)
    for month in MONTHS:
        others = [value(one, **where) for one in MONTHS if one != month]
        if whole is not None and None not in others:
            yield whole - sum(one for one in others if one is not None)


def tells_a_small_count(**where: str) -> bool:
    return any(0 < found < 10 for found in worked_out(**where))


class TestDefinitionThatChangesWithinAQuarter:
    def test_breakdown_that_came_after_the_first_month_waits_for_a_whole_quarter_of_it(self):
        """The quarter by region less two months by region would be the first month, which nobody protected."""
        defined_as(breakdowns=[])
        given()
        out("2026-04")
        defined_as(breakdowns=[["region"]])
        for code in ("2026-05", "2026-06", QUARTER):
            out(code)
        assert value("2026-05", region="QC") == 12
        assert not tells_a_small_count(region="QC")
        assert value(QUARTER) == 94

    def test_breakdown_that_was_away_for_one_month_is_not_in_the_quarter(self):
        given({"2026-04": {"QC": 12, "ON": 30}, "2026-05": {"QC": 12, "ON": 15}, "2026-06": {"QC": 3, "ON": 20}})
        for code in MONTHS[:2]:
            out(code)
        defined_as(breakdowns=[])
        out("2026-06")
        defined_as(breakdowns=[["region"]])
        out(QUARTER)
        assert not tells_a_small_count(region="QC")

    def test_coarser_breakdown_of_the_same_months_stays(self):
        defined_as(breakdowns=[["given", "region"]])
        given({code: {"QC": 12, "ON": 30} for code in MONTHS})
        for code in MONTHS:
            out(code)
        defined_as(breakdowns=[["region"]])
        assert value(QUARTER, region="QC") == 36

    @pytest.mark.parametrize("spans", [["quarter", "year"], ["quarter"]])
    def test_quarter_knows_its_months_though_months_are_not_counted_any_more(self, spans):
        given({"2026-04": {"QC": 20}, "2026-05": {"QC": 3}, "2026-06": {"QC": 30}})
        for code in MONTHS:
            out(code)
        defined_as(spans=spans)
        out(QUARTER)
        assert not tells_a_small_count()

    def test_month_that_is_missing_is_counted_before_its_quarter(self):
        """Else the quarter less two months is a third one that nobody protected."""
        given({"2026-04": {"QC": 20}, "2026-05": {"QC": 30}, "2026-06": {"QC": 3}})
        for code in MONTHS[:2]:
            out(code)
        defined_as(spans=["quarter", "year"])
        out(QUARTER)
        assert not tells_a_small_count()

    def test_months_of_a_quarter_that_is_out_are_never_counted(self):
        """One after the other they would leave the last one to be worked out, before anybody counted it."""
        defined_as(spans=["quarter", "year"])
        given({"2026-04": {"QC": 20}, "2026-05": {"QC": 30}, "2026-06": {"QC": 3}})
        out(QUARTER)
        defined_as(spans=["month", "quarter", "year"])
        for code in MONTHS:
            out(code)
        assert value(QUARTER) == 53
        assert not tells_a_small_count()
        assert not FrozenTable.objects.filter(code="given", period__in=MONTHS).exists()
