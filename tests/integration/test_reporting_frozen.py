"""Freezing: from the shortest period to the longest, by one at a time, whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connections
from django.test import override_settings

from psp.audit.choices import Action
from psp.audit.models import Entry
from psp.errors import DomainError
from reporting import record
from reporting.counters import beginning
from reporting.disclosure import DisclosureError
from reporting.freezing import nightly as record_nightly
from reporting.freezing.background import to_count
from reporting.models import FrozenTable, Look, Series, Unproven
from reporting.periods import parse
from tests import factories as make
from tests.reporting_people import a_region_with

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
MAY = parse("2026-05")
# Dies after the rows are written and before they are kept.
DIE = """
import django; django.setup()
import os, signal
from reporting import record
from reporting.freezing import one_period as record_freezing
from reporting.freezing.background import to_count
from reporting.models import FrozenTable, Series
from reporting.periods import parse
bulk_create = FrozenTable.objects.bulk_create
def written_then_killed(rows):
    made = bulk_create(rows)
    print(len(made), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
record_freezing.FrozenTable.objects.bulk_create = written_then_killed
record.ensure(Series.objects.get(code="sessions"), parse("2026-05"))
"""


def series(code: str = "sessions") -> Series:
    return Series.objects.filter(code=code).latest("number")


def frozen_periods(code: str = "sessions") -> list[str]:
    rows = FrozenTable.objects.filter(code=code, breakdown="").order_by("pk")
    return list(rows.values_list("period", flat=True))


def in_may(people: int = 12, **more):
    return a_region_with(people, sessions=3, at=datetime(2026, 5, 5, 23, tzinfo=UTC), **more)


def test_months_are_frozen_before_their_quarter():
    record.tables(series(), parse("2026-Q1"))
    assert frozen_periods() == ["2026-04", "2026-05", "2026-06", "2026-Q1"]


def test_months_are_not_frozen_where_the_program_gives_no_figures_of_months(settings):
    settings.PSP_REPORT_FINEST = "quarter"
    record.tables(series(), parse("2026-Q1"))
    assert frozen_periods() == ["2026-Q1"]
    with pytest.raises(DomainError) as refused:
        record.tables(series(), MAY)
    assert refused.value.code == "not_counted_for"


def test_month_of_a_quarter_that_is_out_is_not_counted_any_more(settings):
    settings.PSP_REPORT_FINEST = "quarter"
    record.tables(series("people"), parse("2026-Q1"))
    settings.PSP_REPORT_FINEST = "month"
    with pytest.raises(DomainError) as refused:
        record.tables(series("people"), MAY)
    assert refused.value.code == "not_counted_for"
    # Nobody waits for it, and the night leaves it alone.
    assert to_count([(series("people"), MAY)]) == set()
    record.freeze_closed(series("people"), [MAY, parse("2026-Q1"), parse("2026-07")])
    assert frozen_periods("people") == ["2026-Q1", "2026-07"]


def test_each_look_is_counted_by_table_and_day_and_written_into_the_log(django_capture_on_commit_callbacks):
    for times in (1, 2):
        with django_capture_on_commit_callbacks(execute=True):
            found = record.tables(series(), MAY)
        assert {record.breakdown_of(look.table): look.times for look in Look.objects.all()} == dict.fromkeys(
            found, times
        )
    seen = Entry.objects.filter(action=Action.READ, model="reporting.frozentable")
    assert {(entry.object_id, entry.purpose, entry.person) for entry in seen} == {
        ("sessions 2026-05", "reporting", None)
    }


# What cannot be proven --------------------------------------------------------------------------------------


def test_what_cannot_be_proven_is_not_shown_and_nothing_is_kept_of_it(settings):
    settings.PSP_SUPPRESSION_THRESHOLD = 3  # no threshold at all, so that nothing can be proven
    with pytest.raises(record.NotProven) as refused:
        record.tables(series(), MAY)
    assert isinstance(refused.value, DisclosureError)
    assert refused.value.code == "not_proven"
    assert "could not be proven safe" in str(refused.value.message)
    assert not FrozenTable.objects.exists()
    assert [(row.code, row.period) for row in Unproven.objects.all()] == [("sessions", "2026-05")]


def test_whole_is_not_frozen_without_all_of_its_parts(settings):
    """A quarter minus two months is the third."""
    settings.PSP_SUPPRESSION_THRESHOLD = 3
    with pytest.raises(record.NotProven):
        record.tables(series(), MAY)
    settings.PSP_SUPPRESSION_THRESHOLD = 10
    with pytest.raises(record.NotProven):
        record.tables(series(), parse("2026-Q1"))
    assert frozen_periods() == ["2026-04"]


def test_page_does_not_wait_again_for_what_was_just_not_proven_but_the_nightly_run_tries(settings):
    settings.PSP_SUPPRESSION_THRESHOLD = 3
    with pytest.raises(record.NotProven):
        record.tables(series(), MAY)
    settings.PSP_SUPPRESSION_THRESHOLD = 10
    with pytest.raises(record.NotProven):
        record.tables(series(), MAY)
    assert record.freeze_closed(series(), [MAY]) == (1, 0)
    assert not Unproven.objects.exists()
    assert record.tables(series(), MAY)


def test_quarter_goes_without_a_breakdown_that_its_months_leave_no_room_for(client):
    """Of 11 visits a month each region had one at least, so that everybody knows: not more than 20 in two months. For
    six people who came 12 times it should look like 22."""
    for region, people in (("ON", 6), ("QC", 5)):
        a_region_with(people, region, sessions=2, at=datetime(2025, 4, 29, 23, tzinfo=UTC))
    attendances, quarter = series("attendances"), parse("2025-Q1")
    assert ("region", "status") in record.tables(attendances, parse("2025-05"))
    found = record.tables(attendances, quarter)
    assert set(found) == {(), ("status",)}
    assert found[()].value() == 22
    assert not Unproven.objects.exists()
    make.sign_in(client, make.an_analyst())
    page = client.get("/en/reports/topics/people/", {"period": "2025-Q1", "by": "region"}).content.decode()
    assert "For this period, these figures are not broken down by region." in page
    # A year by region, less the other quarters, would be this one.
    assert set(record.tables(attendances, parse("2025"))) == {(), ("status",)}


def test_night_has_more_time_for_what_no_page_could_wait_for(settings, monkeypatch):
    monkeypatch.setattr(beginning, "first_day", lambda: MAY.first)
    monkeypatch.setattr(record_nightly, "in_force", lambda: [series()])
    in_may(24)
    settings.PSP_REPORT_PROOF_SECONDS = 0.0
    with pytest.raises(record.NotProven):
        record.tables(series(), MAY)
    settings.PSP_REPORT_PATIENT_SECONDS = 60.0
    _done, refused = record_nightly.freeze_closed_periods()
    assert refused == 0
    assert not Unproven.objects.exists()
    assert record.tables(series(), MAY)


def test_series_that_fails_leaves_the_others_to_be_counted(monkeypatch):
    def fails(one, periods, *, seconds=None):
        if one.code == "sessions":
            raise RuntimeError("4 of them")
        return freeze_closed(one, periods, seconds=seconds)

    freeze_closed = record_nightly.freeze_closed
    monkeypatch.setattr(beginning, "first_day", lambda: MAY.first)
    monkeypatch.setattr(record_nightly, "in_force", lambda: [series(), series("people")])
    monkeypatch.setattr(record_nightly, "freeze_closed", fails)
    done, refused = record_nightly.freeze_closed_periods()
    assert done
    assert refused == 0
    assert frozen_periods("people")
    assert not frozen_periods("sessions")


# Definitions ------------------------------------------------------------------------------------------------


def test_new_definition_counts_later_periods_and_leaves_frozen_ones_theirs():
    first = series()
    record.tables(first, MAY)
    fields = {field.name: getattr(first, field.name) for field in Series._meta.fields if field.name != "id"}
    Series.objects.create(**fields | {"number": first.number + 1, "breakdowns": [["region"]]})
    # Whoever still holds the old one gets what is in force for what is not out yet.
    assert ("region", "took_place") in record.tables(series(), MAY)
    assert set(record.tables(first, parse("2026-06"))) == {(), ("region",)}
    assert record.definition(first, MAY).number == first.number
    assert record.definition(first, parse("2026-06")).number == first.number + 1


# Several at once, and what dies ----------------------------------------------------------------------------


def _at_once(barrier: Barrier, code: str) -> list[str]:
    try:
        barrier.wait(150)
        return [record.opened(row).where["period"] + row.digest for row in record.ensure(series(code), MAY)]
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_two_who_look_at_once_freeze_once_and_see_the_same():
    in_may()
    barrier = Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _number: _at_once(barrier, "people"), range(4)))
    assert found[0] == found[1] == found[2] == found[3]
    assert FrozenTable.objects.filter(code="people").count() == len(found[0])


@pytest.mark.django_db(transaction=True)
def test_two_pages_that_freeze_several_series_in_different_order_do_not_wait_for_each_other_for_ever():
    from django.db import transaction

    barrier = Barrier(2)

    def page(codes: tuple[str, ...]) -> int:
        try:
            with transaction.atomic():
                barrier.wait(150)
                return sum(len(record.ensure(series(code), MAY)) for code in codes)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.submit(page, ("people", "sessions")), pool.submit(page, ("sessions", "people"))
        assert one.result(240) == other.result(240)


@pytest.mark.django_db(transaction=True)
def test_worker_that_is_killed_leaves_nothing_half_and_no_lock():
    killed = subprocess.run(
        [sys.executable, "-c", DIE], cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert (killed.returncode, int(killed.stdout)) == (-9, len(series().breakdowns) + 1), killed.stderr
    assert not FrozenTable.objects.exists()
    assert len(record.ensure(series(), MAY)) == int(killed.stdout)


def test_nightly_run_freezes_what_is_closed_and_does_nothing_the_second_time(monkeypatch):
    monkeypatch.setattr(beginning, "first_day", lambda: parse("2026-04").first)
    monkeypatch.setattr(record_nightly, "in_force", lambda: [series("sessions"), series("people")])
    with override_settings(PSP_REPORT_SETTLE_DAYS=10):
        done, refused = record_nightly.freeze_closed_periods()
    assert (done, refused) == (len(set(frozen_periods("sessions"))) + len(set(frozen_periods("people"))), 0)
    assert {"2026-04", "2026-Q1"} <= set(frozen_periods())
    assert "2026" not in frozen_periods()
    assert record_nightly.freeze_closed_periods() == (0, 0)
    assert record_nightly.still_to_count(parse("2026-Q1")) == 0
    assert record_nightly.still_to_count(parse("2025")) == 2 * (12 + 4 + 1)
