"""The analysts' page and its file: who may open them, and that no small count is in either."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from psp.audit.models import Entry
from reporting import present
from reporting.disclosure import CountTable, protect
from reporting.indicators import Report, report
from reporting.periods import parse
from reporting.templatetags.protected import figures_table
from tests import factories as make
from tests.reporting_people import a_region_with

pytestmark = pytest.mark.django_db
PAGES = ["overview", "overview_csv"]


@pytest.fixture
def analyst(client):
    make.sign_in(client, make.an_analyst())
    return client


def figures_of(page: str) -> list[str]:
    """Every figure that the page shows, in its cards and in its table."""
    cells = re.findall(r'<td class="num".*?<span[^>]*>(.*?)</span>', page, flags=re.S)
    return cells + re.findall(r'<span class="card-number">(.*?)</span>', page, flags=re.S)


def lines_of(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("who", ["a_coordinator", "a_privacy_officer", "a_facilitator", "a_clinician"])
def test_figures_are_closed_to_other_roles(client, name, who):
    make.sign_in(client, getattr(make, who)())
    assert client.get(reverse(f"reports:{name}")).status_code == 403


@pytest.mark.parametrize("name", PAGES)
def test_figures_are_closed_to_participants_and_visitors(client, name):
    assert client.get(reverse(f"reports:{name}")).status_code == 302
    make.sign_in(client, make.a_participant().user)
    assert client.get(reverse(f"reports:{name}")).status_code == 403


def test_analyst_sees_nothing_else(analyst):
    person = make.a_participant()
    assert analyst.get(reverse("desk:file", args=[person.pk])).status_code == 403
    assert analyst.get(reverse("desk:applications")).status_code == 403
    assert analyst.get(reverse("privacy:access_log")).status_code == 403


@pytest.mark.parametrize("period", ["", "2026", "2026-Q1", "2026-05"])
def test_region_with_three_people_never_shows_three_in_page_or_file(analyst, period):
    a_region_with(3, "QC", sessions=11)
    a_region_with(41, "ON", sessions=4)
    query = f"?period={period}" if period else ""
    page = analyst.get(reverse("reports:overview") + query).content.decode()
    shown = figures_of(page)
    assert not {"3", "33"} & set(shown), "neither the people nor their visits"
    assert not {"41", "44"} <= set(shown), "not both of the numbers whose difference they are"
    lines = lines_of(analyst.get(reverse("reports:overview_csv") + query))
    cells = {cell for line in lines for cell in line}
    assert not {"3", "33"} & cells
    assert not {"41", "44"} <= cells
    quebec = next(line for line in lines if line[0] == "Quebec")
    assert (quebec[1], quebec[3]) == ("hidden", "hidden")


def test_difference_of_two_pages_tells_nothing_about_a_hidden_month(analyst):
    may, june = datetime(2026, 5, 5, 23, tzinfo=UTC), datetime(2026, 6, 2, 23, tzinfo=UTC)
    a_region_with(20, "ON", sessions=2, at=may)
    a_region_with(3, "ON", sessions=2, at=june)
    tables = {code: report(parse(code)) for code in ("2026", "2026-Q1", "2026-05", "2026-06")}
    assert tables["2026-05"].people.value(region="ON") == 20
    assert tables["2026-06"].people.value(region="ON") is None
    for code in ("2026", "2026-Q1"):
        assert tables[code].people.value(region="ON") is None
        assert tables[code].attendance.value(region="ON") is None


def test_page_explains_what_is_hidden_in_both_languages(analyst):
    a_region_with(3)
    assert "A hidden figure is not zero" in analyst.get(reverse("reports:overview")).content.decode()
    assert analyst.get("/fr/reports/").status_code == 200


@pytest.mark.parametrize("period", ["2026-13", "1999", "' OR 1=1", "2026-Q9", "x" * 500, "2031-01"])
def test_period_that_is_not_offered_is_answered_with_a_sentence(analyst, period):
    answer = analyst.get(reverse("reports:overview"), {"period": period})
    assert answer.status_code == 400
    assert "Choose a period from the list." in answer.content.decode()
    assert analyst.get(reverse("reports:overview_csv"), {"period": period}).status_code == 400


def test_file_is_noted_and_has_a_neutral_name(analyst):
    answer = analyst.get(reverse("reports:overview_csv"))
    assert answer["Content-Type"].startswith("text/csv")
    assert re.fullmatch(r'attachment; filename="table-[0-9Q-]+\.csv"', answer["Content-Disposition"])
    assert Entry.objects.filter(action="export", purpose="reporting").count() == 1


def test_longest_span_only_where_the_setting_says_so(analyst, settings):
    settings.PSP_REPORT_FINEST = "year"
    page = analyst.get(reverse("reports:overview")).content.decode()
    assert "Quarters" not in page
    assert "Fiscal years" in page


def test_only_protected_tables_are_shown():
    table = protect(CountTable(("region",), (("QC",),), {("QC",): 12}))
    bare = {("QC",): 3, ("*",): 3}
    fake = Report(parse("2026"), bare, table, table)
    for show in (present.rows, present.report_csv, lambda item: figures_table(item, "Caption")):
        with pytest.raises(TypeError):
            show(fake)


DANGEROUS = st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", "\0", "\0=", " =", "＝"])


@given(DANGEROUS, st.text(max_size=30), st.text(max_size=30))
def test_no_cell_of_a_file_is_taken_for_a_formula(first, rest, harmless):
    text = present.to_csv(["Region"], [[first + rest], [harmless]])
    for line in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")):
        for cell in line:
            assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝")), repr(cell)
