"""The analysts' pages and the file of the first one: who may open them, and that no small count is in any."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from psp.audit.models import Entry
from psp.content import load
from reporting import disclosure, offered, present, record
from reporting.models import FrozenTable, Look, Series
from reporting.periods import Span, parse
from reporting.reference import load_one
from tests import factories as make
from tests.reporting_people import a_region_with

pytestmark = pytest.mark.django_db
PAGES = [("overview",), ("overview_csv",), ("topic", "people"), ("definitions",)]
MAY = datetime(2026, 5, 5, 23, tzinfo=UTC)
# In Quebec 3 people came 11 times each; in Ontario 41 came 4 times each.
SMALL = {"3", "33"}
TOPICS = ("people", "groups")


@pytest.fixture
def analyst(client):
    make.sign_in(client, make.an_analyst())
    return client


@pytest.fixture
def two_regions(analyst):
    a_region_with(3, "QC", sessions=11, at=MAY)
    a_region_with(41, "ON", sessions=4, at=MAY)
    return analyst


def get(client, path: str = "", language: str = "en", **asked):
    return client.get(f"/{language}/reports/{path}", asked)


def numbers_of(page: str) -> set[str]:
    """Every whole number that stands in a figure of the page: cards, tables, charts and what they say aloud."""
    main = page[page.index("<main") :]
    parts = re.findall(r'<(?:td|p)[^>]*class="(?:num|figure)[^"]*"[^>]*>(.*?)</(?:td|p)>', main, flags=re.S)
    parts += re.findall(r'<text[^>]*class="chart-text chart-value"[^>]*>(.*?)</text>', main, flags=re.S)
    parts += re.findall(r'aria-label="([^"]*)"', main) + re.findall(r"<desc[^>]*>(.*?)</desc>", main, flags=re.S)
    text = unescape(" ".join(re.sub(r"<[^>]*>", " ", part) for part in parts))
    text = re.sub(r"\d+ (?:figures? (?:is|are) hidden|chiffres? (?:est|sont) masqués?)", "", text)
    return set(re.findall(r"(?<![\d,.])\d+(?![\d,.]\d)", re.sub(r"\b20\d\d\b", "", text)))


def lines_of(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


# --- Who ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["a_coordinator", "a_privacy_officer", "a_facilitator", "a_clinician"])
def test_figures_are_closed_to_other_roles(client, page, who):
    make.sign_in(client, getattr(make, who)())
    assert client.get(reverse(f"reports:{page[0]}", args=page[1:])).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_figures_are_closed_to_participants_and_visitors(client, page):
    path = reverse(f"reports:{page[0]}", args=page[1:])
    assert client.get(path).status_code == 302
    make.sign_in(client, make.a_participant().user)
    assert client.get(path).status_code == 403


def test_analyst_sees_nothing_else(analyst):
    person = make.a_participant()
    assert analyst.get(reverse("desk:file", args=[person.pk])).status_code == 403
    assert analyst.get(reverse("desk:applications")).status_code == 403
    assert analyst.get("/en/desk/").status_code == 403
    assert analyst.get(reverse("privacy:access_log")).status_code == 403


# --- What --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr"])
def test_region_with_three_people_never_shows_three(two_regions, language):
    """In no period, in no breakdown, in no chart, in nothing that is said aloud."""
    pages = [("", {"period": code}) for code in ("2026-05", "2026-06", "2026-Q1", "2026-Q2")]
    for code in ("2026-05", "2026-Q1"):
        for by in ("", "region", "region.language", "region.kind", "language"):
            pages += [(f"topics/{topic}/", {"period": code, "by": by, "compare": "2026-06"}) for topic in TOPICS]
    for path, asked in pages:
        answer = get(two_regions, path, language, **asked)
        assert answer.status_code in (200, 400), "not every topic has every breakdown"
        shown = numbers_of(answer.content.decode())
        assert not SMALL & shown, (path, asked)
        assert not {"41", "44"} <= shown, "not both of the numbers whose difference they are"


def test_large_number_is_shown_in_chart_and_table(analyst):
    a_region_with(41, "ON", sessions=4, at=MAY)
    page = get(analyst, "topics/people/", period="2026-05", by="region").content.decode()
    assert 'aria-label="Ontario: 41\u00a0people"' in page
    assert 'aria-label="Atlantic: 0"' in page
    assert "41" in numbers_of(page)


def test_small_number_is_shown_as_hidden(two_regions):
    page = get(two_regions, "topics/people/", period="2026-05", by="region").content.decode()
    quebec = page[page.index('<th scope="row">Quebec</th>') :].split("</tr>")[0]
    assert "hidden" in quebec
    assert "are hidden so that nobody can be recognized" in page


def test_file_says_what_the_page_says(two_regions):
    asked = {"period": "2026-06"}
    page, lines = get(two_regions, **asked).content.decode(), lines_of(get(two_regions, "table.csv", **asked))
    assert lines[0] == ["Figure", "June 2026", "May 2026"]
    assert not SMALL & {cell for line in lines for cell in line}
    assert len(lines) > 2
    for line in lines[1:]:
        assert line[0] in page


def test_what_changed_is_said_only_where_both_are_published(analyst):
    a_region_with(20, "ON", sessions=1, at=MAY)
    a_region_with(12, "ON", sessions=1, at=datetime(2026, 6, 2, 23, tzinfo=UTC))
    a_region_with(3, "ON", sessions=1, at=datetime(2026, 7, 7, 23, tzinfo=UTC))
    for code in ("2026-05", "2026-06"):
        get(analyst, period=code)
    june = get(analyst, period="2026-06").content.decode()
    assert "Down 8 from the period before (20)." in june
    assert "(20), −" not in june, "no percentages of so few"
    july = get(analyst, period="2026-07").content.decode()
    assert "than in the period before" not in july.split("Sessions held")[0]
    assert not {"3", "9"} & numbers_of(july)


def test_periods_are_compared(two_regions):
    get(two_regions, "topics/people/", period="2026-05")
    page = get(two_regions, "topics/people/", period="2026-06", by="region", compare="2026-05").content.decode()
    assert "compared with May 2026" in page
    assert "People who took part, May 2026" in page
    assert "Change" in page


@pytest.mark.parametrize(("language", "said"), [("en", "version 1 in May 2026"), ("fr", "la version 1 (mai 2026)")])
def test_comparing_by_two_definitions_is_told(two_regions, language, said):
    asked = {"period": "2026-06", "by": "region", "compare": "2026-05"}
    get(two_regions, "topics/people/", period="2026-05")
    load_one(next(one for one in load("indicators")["series"] if one["code"] == "people") | {"number": 2})
    page = get(two_regions, "topics/people/", language, **asked).content.decode()
    assert page.count(said) == 1, "once: the other series have one definition"
    assert said not in get(two_regions, "topics/people/", language, period="2026-06").content.decode()


@pytest.mark.parametrize(
    ("language", "beside", "since", "remark"),
    [
        ("en", "by a different definition", "Counted by a different definition, beginning with June 2026.", "Remark"),
        (
            "fr",
            "selon une définition différente",
            "Depuis juin 2026, la définition appliquée est différente.",
            "Remarque",
        ),
    ],
)
def test_change_of_definition_is_told_beside_earlier_periods_and_in_trends(analyst, language, beside, since, remark):
    a_region_with(41, "ON", sessions=1, at=MAY)
    a_region_with(20, "ON", sessions=1, at=datetime(2026, 6, 2, 23, tzinfo=UTC))
    get(analyst, period="2026-05")
    load_one(next(one for one in load("indicators")["series"] if one["code"] == "people") | {"number": 2})
    page = get(analyst, language=language, period="2026-06").content.decode()
    headlines = Series.objects.get(code="people", number=2).indicators.filter(headline=True).count()
    assert page.count(f'<small class="quiet">{beside}</small>') == headlines > 0
    assert since in page
    topic = get(analyst, "topics/people/", language, period="2026-06").content.decode()
    assert since in topic
    assert beside in topic
    lines = lines_of(get(analyst, "table.csv", language, period="2026-06"))
    assert lines[0][-1] == remark
    assert sum(beside in line[-1] for line in lines) == headlines
    before = get(analyst, language=language, period="2026-05").content.decode()
    assert beside not in before


def test_series_that_is_not_broken_down_so_says_it(two_regions):
    Series.objects.filter(code="attendances").update(breakdowns=[["region"]])
    page = get(two_regions, "topics/people/", by="kind").content.decode()
    assert "These figures are not broken down by kind of group." in page


def test_running_period_is_never_offered(two_regions):
    today = timezone.localdate()
    page = get(two_regions).content.decode()
    for span in Span:
        code = offered.containing_today(span, today).code
        assert f'value="{code}"' not in page
        assert get(two_regions, period=code).status_code == 400


@pytest.mark.parametrize(("settling", "code"), [(10, "2026-11"), (40, "2026-10"), (75, "2026-09")])
def test_next_figures_are_the_first_that_have_not_settled_however_long_that_takes(settings, settling, code):
    settings.PSP_REPORT_SETTLE_DAYS = settling
    found, day = offered.next_figures(parse("2026-09"), today=date(2026, 11, 26))
    assert found == parse(code)
    assert day == found.after + timedelta(days=settling)


def test_page_says_when_the_next_figures_come(two_regions):
    period, day = offered.next_figures(offered.offer().newest)
    assert not record.is_closed(period)
    page = get(two_regions).content.decode()
    assert f'datetime="{day:%Y-%m-%d}"' in page


# --- Nothing to show ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("path", ["", "topics/people/", "definitions/"])
def test_new_program_gets_calm_pages(analyst, path, language):
    assert get(analyst, path, language).status_code == 200
    assert not FrozenTable.objects.exists()


def test_new_program_has_no_file_yet(analyst):
    assert get(analyst, "table.csv").status_code == 400


def test_topic_without_series_says_so(two_regions):
    Series.objects.filter(topic="groups").delete()
    assert "There are no figures on this topic" in get(two_regions, "topics/groups/").content.decode()


def test_table_that_is_not_proven_safe_is_not_shown(two_regions, monkeypatch):
    """The engine itself refuses: its time is over before it begins."""
    from reporting.freezing import one_period as record_freezing

    def refuse(*_tables, **_options):
        raise disclosure.DisclosureError("table", "not proven safe in time")

    monkeypatch.setattr(record_freezing, "protect_together", refuse)
    for path in ("", "topics/people/"):
        answer = get(two_regions, path, period="2026-05")
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "It could not be proven" in page
        assert not {"41", *SMALL} & numbers_of(page)
    assert not FrozenTable.objects.exists()


@pytest.mark.parametrize("period", ["2026-13", "1999", "' OR 1=1", "2026-Q9", "x" * 500, "2031-01", "2026-5"])
def test_period_that_is_not_offered_is_answered_with_a_sentence(two_regions, period):
    for path in ("", "topics/people/"):
        answer = get(two_regions, path, period=period)
        assert answer.status_code == 400
        assert "Choose a period from the list." in answer.content.decode()
    assert get(two_regions, "table.csv", period=period).status_code == 400


def test_bad_parameter_loses_no_other(two_regions):
    answer = get(two_regions, "topics/people/", period="2026-06", by="shoe size", compare="2026-05")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Choose a breakdown from the list." in page
    assert re.search(r'<option value="2026-06"[^>]* selected', page)
    assert re.search(r'<option value="2026-05"[^>]* selected', page)


def test_unknown_topic_is_not_found(two_regions):
    assert get(two_regions, "topics/people-by-name/").status_code == 404


def test_longest_span_only_where_the_setting_says_so(two_regions, settings):
    settings.PSP_REPORT_FINEST = "quarter"
    page = get(two_regions).content.decode()
    assert "Quarters" in page
    assert '<optgroup label="Months"' not in page


# --- The record --------------------------------------------------------------------------------------------------


def test_looks_and_files_are_noted(two_regions, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        get(two_regions, period="2026-05")
        answer = get(two_regions, "table.csv", period="2026-05")
    assert answer["Content-Type"].startswith("text/csv")
    assert re.fullmatch(r'attachment; filename="table-[0-9Q-]+\.csv"', answer["Content-Disposition"])
    assert Entry.objects.filter(action="export", purpose="reporting", object_id__endswith=" 2026-05").exists()
    assert Look.objects.filter(table__period="2026-05").exists()


def test_figures_of_a_page_are_the_frozen_ones(two_regions):
    before = get(two_regions, period="2026-05").content.decode()
    a_region_with(17, "ON", sessions=1, at=MAY)
    assert numbers_of(get(two_regions, period="2026-05").content.decode()) == numbers_of(before)


def test_first_page_asks_the_database_as_often_for_few_figures_as_for_many(two_regions, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    asked = {}
    for code in ("2026-05", "2026-Q1"):
        get(two_regions, period=code)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            get(two_regions, period=code)
        asked[code] = len(queries)
    assert len(set(asked.values())) == 1
    with django_assert_max_num_queries(asked["2026-05"]):
        get(two_regions, period="2026-05")


# --- Definitions -------------------------------------------------------------------------------------------------


def test_definitions_show_every_version(analyst):
    old = Series.objects.get(code="people")
    old.pk, old.number, old.name_en = None, 2, "People who came"
    old.save()
    page = get(analyst, "definitions/").content.decode()
    assert "People who came" in page
    assert "Earlier versions" in page
    assert "A number from 1 to 9 is never shown" in page
    assert get(analyst, "definitions/", "fr").status_code == 200


# --- Files -------------------------------------------------------------------------------------------------------

DANGEROUS = st.sampled_from(["=", "+", "-", "@", "\t", "\r", "\n", "\0", "\0=", " =", "＝"])


@given(DANGEROUS, st.text(max_size=30), st.text(max_size=30))
def test_no_cell_of_a_file_is_taken_for_a_formula(first, rest, harmless):
    text = present.to_csv(["Region"], [[first + rest], [harmless]])
    for line in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")):
        for cell in line:
            assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝")), repr(cell)


def test_period_of_the_story_is_the_newest_quarter_that_is_closed(two_regions):
    assert offered.offer(date(2026, 7, 9)).newest == parse("2026-06") or offered.offer(date(2026, 7, 9)).newest
    assert offered.offer(date(2026, 7, 11)).newest == parse("2026-Q1")
    assert offered.offer(date(2026, 6, 11)).newest == parse("2026-05")
