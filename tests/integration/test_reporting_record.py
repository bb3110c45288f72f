"""The record of what is out: counted once after the end of a period, then the same for everybody."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from psp.errors import DomainError
from reporting import record
from reporting.models import FrozenTable, Series
from reporting.periods import parse
from tests.factories import disagree
from tests.reporting_people import a_region_with

pytestmark = pytest.mark.django_db


def test_what_was_seen_stays_as_it_was_seen():
    _group, persons, _coordinator = a_region_with(12, sessions=3, at=datetime(2026, 5, 5, 23, tzinfo=UTC))
    series = Series.objects.get(code="people")
    before = record.tables(series, parse("2026-05"))
    assert before[("region",)].value(region="QC") == 12
    disagree(persons[0].user, "results")
    assert record.tables(series, parse("2026-05")) == before


def test_running_period_is_not_shown(monkeypatch):
    with pytest.raises(DomainError) as refused:
        record.tables(Series.objects.get(code="people"), parse("2126-05"))
    assert refused.value.code == "period_not_closed"
    assert not FrozenTable.objects.exists()


def test_frozen_table_cannot_be_changed_or_deleted():
    record.tables(Series.objects.get(code="sessions"), parse("2026-05"))
    for change in (lambda rows: rows.update(threshold=11), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError, match="never change"), transaction.atomic():
            change(FrozenTable.objects.all())
