"""The attackers on everything that the record holds: every series over a quarter of a made-up year, whose people change
their minds between one freeze and the next."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connections, transaction
from django.db.models import F, Model
from django.test import override_settings

from intake.models import Application
from reporting import record
from reporting.counters.base import counter
from reporting.counting import count_tables
from reporting.models import FrozenTable, Platform, PlatformFigure, Series
from reporting.periods import parse
from sessions.models import Attendance, GroupSession
from tests.attackers.arithmetic import narrowed
from tests.attackers.sight import Cell, Printed, Whole
from tests.attackers.truth import Truth, small
from tests.reporting_world import World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
# The lowest there is: the more is shown, the more there is to subtract.
THRESHOLD = 5
QUARTER = parse("2026-Q2")
MONTHS = QUARTER.parts()


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Made once for all tests of this file, in a transaction that is never kept."""
    with django_db_blocker.unblock(), transaction.atomic(), transaction.atomic(using="keys"):
        lowest = override_settings(PSP_SUPPRESSION_THRESHOLD=THRESHOLD)
        with lowest, time_machine.travel("2026-11-20T12:00:00Z", tick=True):
            made = World(11)
            Platform.objects.filter(figures=None).delete()
            yield made
        for alias in ("default", "keys"):
            transaction.set_rollback(True, using=alias)
    assert all(connections[alias].in_atomic_block is False for alias in ("default", "keys"))


def truths(series: Series, code: str) -> list[Truth]:
    return [
        Truth(one.dimensions, one.categories, one.counts, one.where, one.overlapping, one.margins)
        for one in count_tables(series, parse(code))
    ]


def printed(rows: list[FrozenTable]) -> list[Printed]:
    tables = [record.opened(row) for row in rows]
    return [Printed(one.dimensions, dict(one.values), dict(one.where), one.overlapping) for one in tables]


def some_of(model: type[Model], start: int, step: int) -> list[Any]:
    return list(model._base_manager.order_by("pk").values_list("pk", flat=True)[start::step])


def some_leave(turn: int) -> None:
    """What withdrawals, corrections and late entries do to the counts of months that are out."""
    Attendance.objects.filter(pk__in=some_of(Attendance, turn, 9)).delete()
    for model, field in ((Application, "submitted_at"), (GroupSession, "starts_at")):
        earlier = {field: F(field) - timedelta(days=40)}
        model._base_manager.filter(pk__in=some_of(model, turn, 11)).exclude(state="scheduled").update(**earlier)
    PlatformFigure.objects.filter(registrations__gt=4, pk__in=some_of(PlatformFigure, turn, 5)).update(
        registrations=F("registrations") - 3
    )


def frozen(series: Series, code: str) -> tuple[list[Truth], list[Printed]]:
    """What was counted, and what came out; nothing where the series knows no such period, or no proof was found."""
    period = parse(code)
    if period.span not in record.spans_of(series) or counter(series.counter).stock:
        return [], []
    true = truths(series, code)
    try:
        return true, printed(record.ensure(series, period))
    except record.NotProven:
        return [], []


@pytest.fixture(scope="module")
def out(world) -> dict[str, tuple[list[Cell], list[Printed]]]:
    """By series: the small counts of the months as they were counted, and everything that is out of them."""
    found: dict[str, tuple[list[Cell], list[Printed]]] = {}
    for turn, code in enumerate([*(one.code for one in MONTHS), QUARTER.code]):
        for series in record.in_force():
            true, shown = frozen(series, code)
            cells, before = found.get(series.code, ([], []))
            # The quarter's counts are fitted to its months: those of today are nobody's any more.
            fresh = small(true, THRESHOLD) if code != QUARTER.code else []
            found[series.code] = ([*cells, *fresh], [*before, *shown])
        some_leave(turn)
    return found


def test_world_has_what_an_attacker_wants(out):
    assert sum(len(cells) for cells, _shown in out.values()) > 400
    assert sum(value is None for _cells, shown in out.values() for one in shown for value in one.values.values()) > 400
    assert sum(bool(value) for _cells, shown in out.values() for one in shown for value in one.values.values()) > 100


def test_nothing_that_is_out_is_small(out):
    for code, (_cells, shown) in out.items():
        assert not [v for one in shown for v in one.values.values() if v is not None and 0 < v < THRESHOLD], code


def test_no_arithmetic_over_everything_that_is_out_narrows_a_small_count(out):
    found: dict[str, list[str]] = {}
    for series in record.in_force():
        cells, shown = out[series.code]
        adds = counter(series.counter).adds
        wholes = [Whole("period", QUARTER.code, tuple(one.code for one in MONTHS), adds)]
        if wrong := narrowed(shown, cells, THRESHOLD, wholes):
            found[series.code] = [str(one) for one in wrong]
    assert found == {}
