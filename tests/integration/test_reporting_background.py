"""What would take too long is counted by the worker; the page says so and looks again."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from reporting.freezing.background import to_count
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
