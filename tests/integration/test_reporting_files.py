"""Files of figures as they are fetched: who gets them, what is in them, and that no small count is in any."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from html import unescape
from itertools import product

import openpyxl
import pytest
from django.urls import reverse
from django.utils import translation

from psp.audit.models import Entry
from reporting.choices import ReleaseState, Topic
from reporting.counters import beginning
from reporting.disclosure import protect
from reporting.models import FrozenTable, Series
from reporting.offered import offer
from reporting.periods import Span
from reporting.urls_files import KINDS
from tests import factories as make
from tests.papers import assert_pdf_ua, pdf_text
from tests.papers_tags import tags_of
from tests.released import a_release, counted, freeze, freeze_all, total
from tests.reporting_people import a_region_with

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "fr")
PAPERS = ("pdf", "both")
OF_RELEASE = (*KINDS, "both")
TYPES = {
    "csv": "text/csv; charset=utf-8", "json": "application/json", "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


@pytest.fixture
def analyst(client, monkeypatch):
    """In a program that began long ago, whatever is in the tables."""
    monkeypatch.setattr(beginning, "first_day", lambda: date(2025, 4, 1))
    make.sign_in(client, make.an_analyst())
    return client


def address(name: str, *args, language: str = "en") -> str:
    with translation.override(language):
        return reverse(f"reports:{name}", args=args)


def csv_lines(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def every_cell(kind: str, content: bytes) -> set[str]:
    """Everything that stands in a cell of a file, as text."""
    if kind == "csv":
        return {cell for line in csv_lines(content) for cell in line}
    if kind == "xlsx":
        workbook = openpyxl.load_workbook(io.BytesIO(content))
        return {str(cell) for sheet in workbook for row in sheet.iter_rows(values_only=True) for cell in row}
    if kind in PAPERS:
        return set(re.sub(r"(?<=\d)[\s,](?=\d{3}\b)", "", pdf_text(content)).split())
    made = json.loads(content)
    tables = {str(cell["value"]) for table in made["protectedTables"] for cell in table["cells"]}
    return tables | {str(value) for line in made["resources"][0]["data"] for value in line.values()}


# Who -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["a_coordinator", "a_facilitator", "a_clinician"])
def test_files_are_closed_to_other_roles(client, who):
    release = a_release()
    make.sign_in(client, getattr(make, who)())
    for kind in KINDS:
        assert client.get(address(f"topic_{kind}", "people")).status_code == 403
        assert client.get(address(f"release_{kind}", release.pk)).status_code == 403


def test_the_privacy_officer_fetches_releases_but_not_topics(client):
    release = a_release()
    make.sign_in(client, make.a_privacy_officer())
    for kind in OF_RELEASE:
        assert client.get(address(f"release_{kind}", release.pk)).status_code == 200
    for kind in KINDS:
        assert client.get(address(f"topic_{kind}", "people")).status_code == 403


@pytest.mark.parametrize("kind", OF_RELEASE)
@pytest.mark.parametrize("state", [ReleaseState.PREPARED, ReleaseState.RETURNED])
def test_a_release_that_is_not_approved_leaves_in_no_file(analyst, kind, state):
    release = a_release(state=state)
    assert analyst.get(address(f"release_{kind}", release.pk)).status_code == 404
    assert not Entry.objects.filter(action="export").exists()


# What ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_topic_has_every_kind_of_file(analyst, language):
    freeze_all("2026-Q1")
    names = {"en": ("table", "report"), "fr": ("tableau", "rapport")}[language]
    for kind, topic in product(KINDS, Topic.values):
        answer = analyst.get(address(f"topic_{kind}", topic, language=language), {"period": "2026-Q1"})
        assert answer.status_code == 200
        assert answer["Content-Type"] == TYPES[kind]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"]
        name = names[kind in PAPERS]
        assert answer["Content-Disposition"] == f'attachment; filename="{name}-2026-Q1.{kind}"'
        assert every_cell(kind, answer.content) or kind == "json"


def test_counted_figures_are_the_same_in_each_kind_of_file_and_three_people_are_in_none(analyst):
    a_region_with(3, "QC", sessions=3)
    a_region_with(41, "ON", sessions=4)
    asked = {"period": "2026-05"}
    found = {kind: analyst.get(address(f"topic_{kind}", "people"), asked).content for kind in KINDS}
    rows = csv_lines(found["csv"])[1:]
    assert {"published", "hidden"} <= {row[16] for row in rows}
    data = json.loads(found["json"])["resources"][0]["data"]
    assert [str(line["value"]) for line in data] == [row[15] for row in rows]
    tidy = openpyxl.load_workbook(io.BytesIO(found["xlsx"])).worksheets[-1]
    assert [str(row[15]) for row in tidy.iter_rows(min_row=2, values_only=True)] == [row[15] for row in rows]
    for kind in KINDS:
        assert kind in PAPERS or not {"3", "9"} & every_cell(kind, found[kind])
    published = {row[15] for row in rows if row[16] == "published" and row[13] != "share"}
    assert published <= every_cell("pdf", found["pdf"])


def test_one_breakdown_can_be_asked_for(analyst):
    series = Series.objects.get(code="people", number=1)
    regions = {("ON", "en"): 41, ("QC", "fr"): 31}
    for table in (total(72), counted(("region", "language"), regions), counted(("region",), {("ON",): 72})):
        freeze(series, protect(table), "2026-Q1")
    freeze(Series.objects.get(code="attendances", number=1), protect(total(720)), "2026-Q1")
    answer = analyst.get(address("topic_csv", "people"), {"period": "2026-Q1", "by": "region.language"})
    assert {row[7] for row in csv_lines(answer.content)[1:]} == {"", "region,language"}


@pytest.mark.parametrize("asked", [
    {"period": "2026-13"}, {"period": "' OR 1=1"}, {"period": "x" * 500}, {"by": "name"}, {"by": "region."},
    {"by": "language.region.kind"},
])  # fmt: skip
def test_what_is_not_offered_is_answered_with_a_sentence(analyst, asked):
    for kind in KINDS:
        assert analyst.get(address(f"topic_{kind}", "people"), asked).status_code == 400
    assert not FrozenTable.objects.exists()
    assert not Entry.objects.filter(action="export").exists()


def test_file_without_a_period_is_of_the_one_that_the_pages_open_with(analyst, settings, monkeypatch):
    settings.PSP_REPORT_FINEST = "year"
    year = offer().newest
    assert year.span == Span.YEAR
    assert f'filename="table-{year.code}.csv"' in analyst.get(address("topic_csv", "platforms"))["Content-Disposition"]
    monkeypatch.setattr(beginning, "first_day", lambda: None)
    assert analyst.get(address("topic_csv", "platforms")).status_code == 400


def test_a_running_period_and_an_unknown_topic_give_no_file(analyst):
    assert analyst.get(address("topic_csv", "people"), {"period": "2126"}).status_code == 400
    assert analyst.get(address("topic_csv", "nothing")).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
def test_an_export_is_noted(analyst, kind):
    release = a_release()
    freeze_all("2026-Q1")
    analyst.get(address(f"topic_{kind}", "people"), {"period": "2026-Q1"})
    analyst.get(address(f"release_{kind}", release.pk))
    noted = Entry.objects.filter(action="export", purpose="reporting")
    assert {entry.model for entry in noted} == {"reporting.release", "reporting.frozentable"}


# Releases --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", OF_RELEASE)
def test_a_release_is_written_as_it_was_frozen(analyst, kind, language):
    regions = {("ON",): 1207, ("QC",): 7, ("PAC",): 12, ("ATL",): 60}
    release = a_release({
        "people": [total(1286), counted(("region",), regions)], "sessions": [total(55)],
    }, note_en="=cmd|calc", note_fr="=cmd|calc")  # fmt: skip
    answer = analyst.get(address(f"release_{kind}", release.pk, language=language))
    cells = every_cell(kind, answer.content)
    assert {"1207", "55"} <= cells
    assert kind in PAPERS or "7" not in cells
    if kind == "xlsx":
        assert "'=cmd|calc" in cells
        workbook = openpyxl.load_workbook(io.BytesIO(answer.content))
        assert len(workbook.sheetnames) == 5
        assert release.digest in cells
    if kind == "json":
        made = json.loads(answer.content)
        assert made["digest"] == f"sha256:{release.digest}"
        assert made["titles"] == {"en": release.title_en, "fr": release.title_fr}
    if kind in PAPERS:
        assert_pdf_ua(answer.content, language=language)
        assert release.digest in cells
    assert re.search(r"(table|tableau|report|rapport)-2025\.", answer["Content-Disposition"])


@pytest.mark.parametrize("kind", OF_RELEASE)
def test_corrections_of_earlier_periods_leave_with_the_release(analyst, kind):
    release = a_release(corrections=[{"code": "people", "period": "2024", "change": 4321}])
    cells = every_cell(kind, analyst.get(address(f"release_{kind}", release.pk)).content)
    assert any("4321" in cell.replace(",", "") for cell in cells)


# Over several periods --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paper_of_a_topic_draws_what_is_out_of_earlier_periods_and_notes_it(analyst, language):
    series = Series.objects.get(code="people", number=1)
    for period, count in (("2025-Q3", 31), ("2025-Q4", 4)):
        freeze(series, protect(total(count)), period)
    freeze_all("2026-Q1")
    freeze_all("2026-Q2")
    noted = Entry.objects.filter(action="export", object_id="people 2025-Q3")
    analyst.get(address("topic_csv", "people", language=language), {"period": "2026-Q1"})
    assert not noted.exists(), "other files hold the figures of one period"
    paper = analyst.get(address("topic_pdf", "people", language=language), {"period": "2026-Q1"}).content
    assert_pdf_ua(paper, language=language)
    (line,) = [one.alt for one in tags_of(paper).every("Figure") if "2025" in one.alt]
    said = {
        "en": ["July to September 2025: not counted", "October to December 2025: 31", "January to March 2026: hidden"],
        "fr": ["Juillet à septembre 2025\u00a0: non compté", "Octobre à décembre 2025\u00a0: 31",
               "Janvier à mars 2026\u00a0: masqué"],
    }[language]  # fmt: skip
    assert [one for one in said if one not in line] == []
    assert not re.search("(September|septembre) 2026", line), "a later period is none of its past"
    assert noted.count() == 1


def test_a_report_draws_lines_from_reports_that_were_published_before_it_only(analyst):
    published = a_release({"people": [total(31)]}, period="2025-Q3")
    a_release({"people": [total(57)]}, period="2025-Q4", state=ReleaseState.PREPARED)
    release = a_release({"people": [total(72)]}, period="2026-Q1")
    later = a_release({"people": [total(93)]}, period="2026-Q2")
    paper = analyst.get(address("release_pdf", release.pk)).content
    (line,) = [one.alt for one in tags_of(paper).every("Figure")]
    for said in ("October to December 2025: 31", "January to March 2026: not counted", "April to June 2026: 72"):
        assert said in line
    assert "July to September 2025" not in line, "it begins with the first report"
    assert "as their own reports say them" in pdf_text(paper)
    noted = Entry.objects.filter(action="export", model="reporting.release")
    assert {entry.object_id for entry in noted} == {str(published.pk), str(release.pk)}
    after = tags_of(analyst.get(address("release_pdf", later.pk)).content).every("Figure")
    assert "April to June 2026: 72" in next(after).alt


# From the page ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_a_topic_offers_every_kind_of_file_of_what_it_shows(analyst, language):
    a_region_with(12, sessions=1)
    freeze_all("2026-Q1")
    page = analyst.get(address("topic", "people", language=language), {"period": "2026-Q1", "by": "region"})
    links = [unescape(link) for link in re.findall(r'href="([^"]*/table\.[^"]*)"', page.content.decode())]
    assert {link.split("?")[0].rsplit(".", 1)[1] for link in links} == set(KINDS)
    for link in links:
        assert "period=" in link
        assert analyst.get(link).status_code == 200


def test_what_was_really_counted_has_its_share_in_the_files_and_its_numbers_in_the_paper(analyst):
    """Tables that were counted say of which period they are; those that tests make up do not."""
    a_region_with(12, sessions=3)
    asked = "?period=2026-05"
    lines = csv_lines(analyst.get(address("topic_csv", "people") + asked).content)
    assert [(line[4], line[15]) for line in lines if line[13] == "share"] == [("attendances", "100")]
    paper = pdf_text(analyst.get(address("topic_pdf", "people") + asked).content)
    assert "The period in numbers" in paper
    assert "100%" in paper.partition("The period in numbers")[2]
