"""What would take too long is counted by the worker; the page says so and looks again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.cache import cache
from django.db import connection

from reporting.freezing.background import LOCK, to_count
from reporting.models import FrozenTable, Series
from reporting.periods import parse
from reporting.tasks import freeze_for
from tests import factories as make
from tests.reporting_people import a_region_with

pytestmark = pytest.mark.django_db
ADDRESS = "/en/reports/topics/people/?period=2026-Q1"


@pytest.fixture
def analyst(client):
    a_region_with(12, sessions=3)
    make.sign_in(client, make.an_analyst())
    cache.clear()
    return client


def test_page_waits_for_the_worker_where_much_is_to_be_counted(analyst, settings):
    settings.PSP_REPORT_PROOFS_IN_PAGE = 3
    answer = analyst.get(ADDRESS)
    assert answer.status_code == 202
    assert "These figures are being counted" in answer.content.decode()
    assert not FrozenTable.objects.exists()
    freeze_for("2026-Q1", "attendances", "completion", "people")
    assert set(FrozenTable.objects.values_list("code", flat=True)) == {"attendances", "completion", "people"}
    answer = analyst.get(ADDRESS)
    assert answer.status_code == 200
    assert "These figures are being counted" not in answer.content.decode()


def test_page_counts_little_by_itself(analyst, settings):
    settings.PSP_REPORT_PROOFS_IN_PAGE = 50
    assert analyst.get(ADDRESS).status_code == 200
    assert FrozenTable.objects.filter(code="people", period="2026-Q1").exists()


def test_a_quarter_is_counted_after_its_months():
    a_region_with(12, sessions=3)
    due = to_count([(Series.objects.get(code="people"), parse("2026-Q1"))])
    assert due == {("people", code) for code in ("2026-04", "2026-05", "2026-06", "2026-Q1")}
    freeze_for("2026-Q1", "people")
    assert to_count([(Series.objects.get(code="people"), parse("2026-Q1"))]) == set()


SERIES = ("attendances", "completion", "people")


@contextmanager
def somebody_else_counting() -> Iterator[None]:
    with connection.get_new_connection(connection.get_connection_params()) as other:
        other.execute("SELECT pg_advisory_lock(hashtext(%s))", [LOCK])
        yield


def test_page_asks_again_at_its_next_look_where_somebody_else_was_counting(
    analyst, settings, django_capture_on_commit_callbacks
):
    settings.PSP_REPORT_PROOFS_IN_PAGE = 3

    def asked() -> int:
        with django_capture_on_commit_callbacks() as waiting:
            assert analyst.get(ADDRESS).status_code == 202
        return len(waiting)

    assert (asked(), asked()) == (1, 0)
    with somebody_else_counting():
        freeze_for("2026-Q1", *SERIES)
    assert not FrozenTable.objects.exists()
    assert (asked(), asked()) == (1, 0)
