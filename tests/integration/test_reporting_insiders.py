"""What somebody inside can do with definitions, settings, reports and files: nothing that tells a small count.

The figures are goods and services, since those are numbers from the start: what is typed is what is counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from threading import Event
from time import sleep

import pytest
from django.core.cache import cache
from django.db import connections, transaction
from django.urls import reverse
from django.utils import timezone, translation

from consent.models import PurposeSwitch
from psp.errors import Conflict, DomainError
from psp.models import ProgramRegion
from reporting import record
from reporting.choices import Method, ReturnReason
from reporting.counters import beginning
from reporting.definitions.services import new_version
from reporting.disclosure import DisclosureError, ProtectedTable
from reporting.freezing.corrections import corrections
from reporting.models import FrozenTable, Given, GivenKind, Platform, PublishedWait, Release, ReleasedStory, Series
from reporting.periods import Span, containing, parse
from reporting.platforms.file import Row
from reporting.platforms.services import keep_figures
from reporting.reference import content_of
from reporting.releases.reproducing import reproduce
from reporting.releases.services import Words, approve, prepare, prepare_again, send_back
from reporting.stories import services
from reporting.waiting.times import publish_waits
from tests import factories as make
from tests.feedback import signed_in
from tests.released import a_release, counted, freeze_all, total
from tests.reporting_people import a_region_with
from tests.stories import a_waiting_report, agreed

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

    def test_pages_and_files_of_a_quarter_without_a_breakdown_are_there(self, monkeypatch):
        monkeypatch.setattr(beginning, "first_day", lambda: date(2026, 4, 1))
        defined_as(breakdowns=[])
        given()
        out("2026-04")
        defined_as(breakdowns=[["region"]])
        page = signed_in(make.an_analyst())
        for address in (
            "?by=region&",
            "?by=region&compare=2026-05&",
            "table.csv?by=region&",
            "table.pdf?",
            "table.xlsx?",
        ):
            assert page.get(f"/en/reports/topics/services/{address}period={QUARTER}").status_code == 200
        assert value("2026-05", region="QC") == 12
        assert value(QUARTER, region="QC") is None

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

    @pytest.mark.parametrize("breakdowns", [[["region"], ["region"]], [["given", "region"], ["region", "given"]]])
    def test_breakdown_that_is_named_twice_stops_no_night(self, breakdowns):
        """It would be frozen twice, which the database refuses, every night anew and for all that comes after it."""
        given()
        with pytest.raises(DomainError) as refused:
            defined_as(breakdowns=breakdowns)
        assert refused.value.code == "not_counted"
        series = Series.objects.filter(code="given").latest("number")
        assert record.freeze_closed(series, [parse("2026-04")]) == (1, 0)


class TestCorrections:
    def test_few_who_are_left_are_not_told_by_those_who_went(self):
        """Twelve were published; ten fewer would be two."""
        _group, persons, _by = a_region_with(12, sessions=3, at=datetime(2026, 5, 5, 23, tzinfo=UTC))
        record.ensure(Series.objects.get(code="people"), parse("2026-05"))
        for one in persons[:10]:
            make.disagree(one.user, "results")
        assert corrections(parse("2026-06")) == []
        for one in persons[10:]:
            make.disagree(one.user, "results")
        # Nobody is no small number.
        assert [one["change"] for one in corrections(parse("2026-06")) if one["code"] == "people"] == [-12]

    @pytest.mark.django_db(transaction=True)
    def test_two_reports_on_the_same_days_are_not_prepared_at_the_same_moment(self):
        """Eleven more in the quarter and ten more in its June would be one in April or May."""
        freeze_all("2026-Q1")
        freeze_all("2026-06")
        first, second, begun = make.an_analyst(), make.an_analyst(), Event()

        def quarter() -> None:
            with transaction.atomic():
                prepared("2026-Q1", first)
                begun.set()
                sleep(1)
            connections.close_all()

        def month() -> None:
            begun.wait(150)
            try:
                prepared("2026-06", second)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(2) as pool:
            one, other = pool.submit(quarter), pool.submit(month)
            one.result(240)
            with pytest.raises(DomainError) as refused:
                other.result(240)
        assert refused.value.code == "period_overlaps"
        assert [release.period for release in Release.objects.all()] == ["2026-Q1"]


def prepared(code: str, by) -> Release:
    return prepare(by=by, period=parse(code), method=Method.SUPPRESSION, words=Words("A", "B"))


class TestSecondPerson:
    @pytest.fixture
    def story(self):
        by = make.a_coordinator("QC")
        return agreed(make.an_accepted_participant("QC", by=by, language="en"), by)

    def test_whoever_puts_words_into_a_report_is_not_its_second_person(self, story):
        second, release = make.an_analyst(), a_waiting_report()
        with suppress(DomainError):
            services.put_in(story=story.pk, release=release.pk, by=second)
        release.refresh_from_db()
        approve(release=release, by=second, seen=release.digest)
        assert not ReleasedStory.objects.exists()

    def test_whoever_takes_words_out_of_a_report_is_not_its_second_person(self, story):
        first, second = make.an_analyst(), make.an_analyst()
        release = a_waiting_report(first)
        services.put_in(story=story.pk, release=release.pk, by=first)
        page = signed_in(second)
        address = reverse("reports:word_place", args=[story.pk, release.pk])
        assert address not in page.get(reverse("reports:words")).content.decode()
        assert page.post(address, {"out": "1"}).status_code == 302
        assert release.stories.count() == 1
        # The first one still can; and of a report that was sent back, everybody who may prepare it again.
        assert address in signed_in(first).get(reverse("reports:words")).content.decode()
        release.refresh_from_db()
        send_back(release=release, by=second, seen=release.digest, reason=ReturnReason.WORDS)
        assert services.take_out(story=story.pk, release=release.pk, by=second) == 1

    def test_words_whose_consent_ended_by_itself_are_not_published(self, story):
        """Nobody withdrew it, so nothing was deleted: its purpose is offered no more."""
        first, second = make.an_analyst(), make.a_privacy_officer()
        freeze_all("2026-05")
        release = prepared("2026-05", first)
        services.put_in(story=story.pk, release=release.pk, by=first)
        release.refresh_from_db()
        PurposeSwitch.objects.update_or_create(purpose="story", defaults={"offered": False})
        with pytest.raises(Conflict) as refused:
            approve(release=release, by=second, seen=release.digest)
        assert refused.value.code == "words_not_agreed"
        send_back(release=release, by=second, seen=release.digest, reason=ReturnReason.WORDS)
        again = prepare_again(
            release=release, by=first, seen=release.digest, method=Method.SUPPRESSION, words=Words("A", "B")
        )
        assert not again.stories.exists()
        assert "stories" not in again.manifest
        assert approve(release=again, by=second, seen=again.digest).state == "approved"


class TestNumbersFromElsewhere:
    def test_platform_that_is_added_later_does_not_keep_the_quarter_from_coming(self):
        """Nothing can be entered for it in months that are out."""
        first, by = Platform.objects.get(code="togetherall"), make.an_analyst()
        for month in (4, 5, 6):
            keep_figures(platform=first, rows=[Row(date(2026, month, 1), "", 20, "mail", "")], by=by)
        series = Series.objects.get(code="registrations", number=1)
        for code in MONTHS[:2]:
            record.ensure(series, parse(code))
        second = Platform.objects.create(code="second", name="Second")
        assert not record.entered(series, parse(QUARTER))
        keep_figures(platform=second, rows=[Row(date(2026, 6, 1), "", 3, "mail", "")], by=by)
        found = record.tables(series, parse(QUARTER))
        assert found[()].value(total="all") in (None, 63)
        # Who were the only ones there: June tells no more of it than the quarter.
        assert found[("platform",)].value(platform="second") is None

    def test_waits_are_not_published_by_a_threshold_that_is_none(self, settings):
        settings.PSP_SUPPRESSION_THRESHOLD = 1
        with pytest.raises(DisclosureError):
            publish_waits()
        assert not PublishedWait.objects.exists()


class TestNamesThatAdministratorsKeep:
    """Whoever keeps the names of regions and kinds alone must not change what two people published."""

    @pytest.mark.parametrize("language", ["en", "fr"])
    def test_published_report_calls_its_categories_as_it_did(self, language):
        release = a_release({"people": [total(72), counted(("region",), {("ON",): 41, ("QC",): 31})]})
        with translation.override(language):
            row = release.tables.get(frozen__breakdown="region")
            pages = [reverse("reports:release_table", args=[release.pk, row.pk])]
            pages += [reverse(f"reports:release_{kind}", args=[release.pk]) for kind in ("csv", "json")]
        reader = signed_in(make.an_analyst())
        before = [figures_of(reader.get(page).content.decode()) for page in pages]
        names = dict(ProgramRegion.objects.filter(code__in=("ON", "QC")).values_list("code", "name_en"))
        for code, other in (("ON", "QC"), ("QC", "ON")):
            ProgramRegion.objects.filter(code=code).update(name_en=names[other], name_fr=names[other])
        assert [figures_of(reader.get(page).content.decode()) for page in pages] == before
        assert reproduce(release).alike


def figures_of(text: str) -> list[str]:
    return re.findall(r"Ontario|Qu[eé]bec|\b41\b|\b31\b", text)


class TestRunningPeriod:
    def test_settings_that_would_close_a_period_before_its_end_do_not(self, settings):
        settings.PSP_REPORT_SETTLE_DAYS = -40
        today = timezone.localdate()
        assert not record.is_closed(containing(today, Span.MONTH))
        assert record.is_closed(containing(today.replace(day=1) - timedelta(days=1), Span.MONTH))


class TestAsking:
    """By one who asks for much, so that the worker, the database or everybody else has to wait."""

    @pytest.fixture
    def analyst(self):
        a_region_with(12, sessions=3, at=datetime(2026, 5, 5, 23, tzinfo=UTC))
        cache.clear()
        return signed_in(make.an_analyst())

    @pytest.mark.parametrize("period", ["1850", "1999-Q2", "2025-01"])
    def test_file_of_a_period_before_anything_happened_is_not_counted(self, analyst, period):
        answer = analyst.get(f"/en/reports/topics/people/table.csv?period={period}")
        assert answer.status_code == 400
        assert not FrozenTable.objects.exists()

    def test_file_waits_for_the_worker_where_much_is_to_be_counted(self, analyst, settings):
        settings.PSP_REPORT_PROOFS_IN_PAGE = 3
        answer = analyst.get("/en/reports/topics/people/table.csv?period=2026-Q1")
        assert answer.status_code == 202
        assert not FrozenTable.objects.exists()

    def test_file_has_what_there_is_where_another_number_was_not_entered(self, analyst):
        answer = analyst.get("/en/reports/topics/platforms/table.csv?period=2026-05")
        assert answer.status_code == 200

    def test_report_that_is_asked_for_again_and_again_is_counted_once(self, analyst, monkeypatch):
        asked = []
        monkeypatch.setattr("reporting.releases.views.FEW", 0)
        monkeypatch.setattr("reporting.freezing.background.after_commit", lambda task, *said: asked.append(task))
        for _time in range(3):
            assert (
                analyst.post("/en/reports/releases/new/", {"period": "2026-05", "method": "suppression"}).status_code
                == 400
            )
        assert len(asked) == 1
