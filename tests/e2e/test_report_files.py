"""Figures taken along: every kind of file from a page, opened as somebody would open it, and a yearly report."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import Visitor
from tests.e2e.figures import QUARTER, a_year_of_figures, a_yearly_report, figures_come
from tests.e2e.people import follow, sign_in_team
from tests.papers import assert_pdf_ua, pdf_text

KINDS = ("CSV", "XLSX", "JSON", "PDF")
WORDS = {
    "en": ("Period (code)", "hidden", "How to read these figures"),
    "fr": ("Période (code)", "masqué", "Comment lire ces chiffres"),
}
# Columns of the tidy table.
SERIES, BREAKDOWN, CATEGORY, MEASURE, VALUE, STATUS = 4, 7, 9, 13, 15, 16


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_kind_of_file_is_fetched_from_the_page_and_opens(visitor, site, language):
    a_year_of_figures(site)
    analyst = visitor(language)
    sign_in_team(analyst, "analyst")
    analyst.open(f"reports/topics/people/?period={QUARTER}")
    figures_come(analyst.page)
    analyst.check()
    found = {kind: fetched(analyst, analyst.page.get_by_role("link", name=kind, exact=True)) for kind in KINDS}
    head, *lines = csv.reader(io.StringIO(found["CSV"].decode("utf-8-sig"), newline=""))
    period, hidden, how_to_read = WORDS[language]
    assert head[0] == period
    regions = {line[CATEGORY]: line[VALUE] for line in lines if (line[SERIES], line[BREAKDOWN]) == ("people", "region")}
    assert regions | {"*": hidden} == {
        "ATL": hidden, "QC": "0", "ON": "0", "PRA": "34", "PAC": "27", "NOR": hidden, "INT": "0", "*": hidden,
    }  # fmt: skip
    assert_nothing_small(lines, hidden)

    values = [line[VALUE] for line in lines]
    data = json.loads(found["JSON"])["resources"][0]["data"]
    assert [str(one["value"]).replace("hidden", hidden) for one in data] == values
    tidy = openpyxl.load_workbook(io.BytesIO(found["XLSX"])).worksheets[-1]
    assert [str(row[VALUE]) for row in tidy.iter_rows(min_row=2, values_only=True)] == values
    assert_pdf_ua(found["PDF"], language=language)
    paper = pdf_text(found["PDF"])
    assert how_to_read in paper
    assert {"34", "27", hidden} <= set(paper.split())


def assert_nothing_small(lines: list[list[str]], hidden: str) -> None:
    counts = [line for line in lines if line[MEASURE] == "count"]
    assert {"published", "hidden"} == {line[STATUS] for line in counts}
    for line in counts:
        assert (line[VALUE] == hidden) == (line[STATUS] == "hidden")
        assert line[VALUE] in ("0", hidden) or int(line[VALUE]) >= 10, line


def test_yearly_report_in_both_languages_is_one_click_away(visitor, site):
    a_yearly_report(site)
    analyst = visitor("en")
    page = analyst.page
    sign_in_team(analyst, "analyst")
    analyst.open("reports/releases/")
    follow(page.locator("main").get_by_role("link", name="Figures of a year"))
    page.wait_for_url("**/releases/*/")
    analyst.check()
    expect(page.get_by_text("Published", exact=True)).to_be_visible()
    paper = fetched(analyst, page.get_by_role("link", name="The yearly report in both languages (PDF)"))
    assert_pdf_ua(paper, language="en", title="Figures of a year")
    english, both, french = pdf_text(paper).rpartition("Table des matières")
    assert both
    assert "It ended in summer." in english
    assert "Tout a pris fin en été." in french
    assert "How to read these figures" in english
    assert "Comment lire ces chiffres" in french
    assert analyst.faults + analyst.strangers == []


def fetched(analyst: Visitor, link: Locator) -> bytes:
    """A file whose name tells nothing but what kind it is and of when."""
    with analyst.page.expect_download() as waiting:
        link.click()
    assert re.fullmatch(
        r"(table|tableau|report|rapport)-2020(-Q1)?\.(csv|xlsx|json|pdf)", waiting.value.suggested_filename
    )
    return Path(waiting.value.path()).read_bytes()
