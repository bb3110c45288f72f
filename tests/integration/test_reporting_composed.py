"""Questions that are put into SQL once in a process: each time they get the period and the day that they are about."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ImproperlyConfigured

from consent.choices import ConsentPurpose
from consent.querysets import agrees
from intake.models import Participant
from reporting.counters.composed import composed
from reporting.counters.grouping import by_group_clock, of, within
from reporting.periods import Period, parse
from sessions.models import GroupSession
from supporters.models import Qualification

pytestmark = pytest.mark.django_db
ASKED = ((),)


def _sessions(period, asked, _today):
    return of(by_group_clock(GroupSession.objects.all(), period, "starts_at", "group__time_zone"), {}, asked)


def _begun(period, asked, _today):
    return of(within(GroupSession.objects.all(), period, "starts_at"), {}, asked)


def _completed(period, asked, _today):
    done = Qualification.objects.filter(completed_on__gte=period.first, completed_on__lt=period.after)
    return of(done, {}, asked)


def _agreeing(_period, asked, today):
    return of(Participant.objects.filter(agrees(ConsentPurpose.RESULTS, "user_id", on=today)), {}, asked)


@pytest.mark.parametrize("make", [_sessions, _begun, _completed, _agreeing])
def test_question_is_the_same_as_one_composed_anew_whatever_the_period_before(make, time_machine):
    question = composed(make)
    for day, code in ((1, "2026-Q1"), (2, "2026-05"), (2, "2025")):
        time_machine.move_to(datetime(2026, 9, day, 18, tzinfo=UTC))
        anew = make(parse(code), ASKED, date(2026, 9, day))
        assert (question(parse(code), ASKED).sql, question(parse(code), ASKED).params) == (anew.sql, anew.params)


def test_question_is_composed_once_for_each_way_to_ask():
    made: list[tuple[Period, object]] = []
    question = composed(lambda period, asked, today: made.append((period, asked)) or _begun(period, asked, today))
    for code in ("2026-Q1", "2026-05"):
        question(parse(code), ASKED)
        question(parse(code), ((), ()))
    assert len(made) == 2


def test_question_that_brings_a_day_of_its_own_says_so():
    own = composed(
        lambda _period, asked, _today: of(Qualification.objects.filter(completed_on=date(2026, 5, 1)), {}, asked)
    )
    with pytest.raises(ImproperlyConfigured, match="2026-05-01"):
        own(parse("2026-Q1"), ASKED)
