"""Goods and services of a month: typed by the coordinator of a region, corrected, taken back, and left once out."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visitor
from tests.e2e.people import fill, follow, sign_in_team, submit

# What the demo has of the month is gone. Long ago, so that no report of another story has its figures already.
MONTH = """
from reporting.models import Given
from tests.platforms import months_ago
Given.objects.filter(month=months_ago({ago})).delete()
print(f"{{months_ago({ago}):%Y-%m}}")
"""
KEPT = """
from reporting.models import Given
print(sorted(Given.objects.filter(month="{month}-01", region="QC").values_list("kind", "number", "people")))
"""
# A month is counted once every region entered something.
OUT = """
from psp.models import ProgramRegion
from reporting.models import Given, Series
from reporting.periods import parse
from reporting.record import ensure
for region in ProgramRegion.objects.exclude(code="QC"):
    Given.objects.create(month="{month}-01", region=region, kind_id="ride", number=0, people=0)
ensure(Series.objects.get(code="given"), parse("{month}"))
"""


@pytest.mark.parametrize(("language", "ago"), [("en", 24), ("fr", 25)])
def test_goods_and_services_of_a_month_are_typed_corrected_and_taken_back(visitor, site, language, ago):
    month = site.run(MONTH.format(ago=ago))
    desk = visitor(language, phone=language == "fr")
    sign_in_team(desk, "coordinator.qc")
    desk.open("reports/given/")
    desk.page.locator("main select[name=month]").select_option(month)
    follow(desk.page.locator("main form[method=get] button"))
    desk.page.wait_for_url(f"**/reports/given/?month={month}&region=QC")
    desk.check()

    more_people_than_times(desk)
    keep(desk, **{"number-ride": "14", "people-ride": "11", "number-food": "30", "people-food": "12"})
    expect(desk.page.locator("[name=people-ride]")).to_have_value("11")
    keep(desk, **{"number-ride": "15"})
    keep(desk, **{"number-food": "", "people-food": "", "number-voucher": "0", "people-voucher": "0"})
    expect(desk.page.locator("[name=number-food]")).to_have_value("")
    kept = site.run(KEPT.format(month=month))
    assert kept == str([("ride", 15, 11), ("voucher", 0, 0)])

    # Somebody looked at the figures of the month while this page was open: what is out never changes.
    site.run(OUT.format(month=month))
    fill(desk.page, **{"number-ride": "99"})
    submit(desk.page)
    expect(desk.page.locator("main form[method=post] input:visible")).to_have_count(0)
    row = desk.page.locator("main tbody tr").first
    expect(row).to_contain_text("15")
    expect(row).to_contain_text("11")
    desk.check()
    assert site.run(KEPT.format(month=month)) == kept
    assert desk.faults + desk.strangers == []


def more_people_than_times(desk: Visitor) -> None:
    """Told at its place, and nothing typed is lost."""
    fill(desk.page, **{"number-ride": "14", "people-ride": "15"})
    submit(desk.page)
    expect(desk.page.locator("main [aria-invalid=true]")).to_have_attribute("name", "people-ride")
    expect(desk.page.locator("main td .invalid-feedback")).to_be_visible()
    expect(desk.page.locator("[name=number-ride]")).to_have_value("14")
    desk.check()


def keep(desk: Visitor, **values: str) -> None:
    fill(desk.page, **values)
    submit(desk.page)
    expect(desk.page.locator(".callout-success, [role=status]").first).to_be_visible()
    expect(desk.page.locator("[data-error-summary]")).to_have_count(0)
    desk.check()
