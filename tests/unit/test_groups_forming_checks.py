"""The rules for hands: each reason alone, in the order in which they are told, and two that cannot be told apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest

from groups.forming_checks import Fault, Misfit, Shape, group_faults, lead_misfits, person_misfits
from groups.forming_words import MISFITS, misfit_sentence
from groups.pool import PoolLead, PoolPerson
from groups.pool_times import SeriesTime
from intake.week import DAY

TORONTO = "America/Toronto"
SERIES = SeriesTime(date(2027, 1, 11), time(19), TORONTO, 10, 90)
WEEK = ((18 * 60, 21 * 60),)
OTHER = str(uuid4())
GROUP = Shape(SERIES, "fr", "virtual", None, "any", frozenset({OTHER}), 5)
PERSON = PoolPerson(
    uuid4(), uuid4(), "QC", ("fr",), ("virtual",), ("any",), WEEK, TORONTO, datetime(2026, 10, 1, tzinfo=UTC), False
)
LEAD = PoolLead(uuid4(), "QC", ("fr",), ("virtual",), WEEK, TORONTO, 1)
ELSEWHERE = tuple((start, start + timedelta(hours=1)) for start in SERIES.starts()[4:5])
IN_PERSON = replace(GROUP, modality="in_person", region="ON")


@pytest.mark.parametrize(
    ("person", "group", "misfit"),
    [
        (replace(PERSON, languages=("en",)), GROUP, Misfit.LANGUAGE),
        (replace(PERSON, modalities=("in_person",)), GROUP, Misfit.MODALITY),
        (replace(PERSON, modalities=("in_person",)), IN_PERSON, Misfit.REGION),
        (replace(PERSON, compositions=("women",)), GROUP, Misfit.COMPOSITION),
        (replace(PERSON, week=()), GROUP, Misfit.NO_TIMES),
        (replace(PERSON, week=((DAY, DAY + 600),)), GROUP, Misfit.TIME),
        (replace(PERSON, busy=ELSEWHERE), GROUP, Misfit.ELSEWHERE),
    ],
)  # fmt: skip
def test_each_reason_against_a_place_alone(person, group, misfit):
    assert person_misfits(person, group, most=10) == (misfit,)


def test_who_fits_has_no_reason_against_them_and_who_left_has_one():
    assert person_misfits(PERSON, GROUP, most=6) == ()
    assert person_misfits(PERSON, GROUP, most=5) == (Misfit.FULL,)
    assert person_misfits(None, GROUP) == (Misfit.GONE,)
    assert lead_misfits(LEAD, GROUP) == ()
    assert lead_misfits(None, GROUP) == (Misfit.NOT_LEADING,)


def test_a_pair_and_another_session_at_that_time_are_one_and_the_same_reason():
    busy, apart = replace(PERSON, busy=ELSEWHERE), person_misfits(PERSON, GROUP, away={OTHER})
    assert apart == person_misfits(busy, GROUP) == (Misfit.ELSEWHERE,)
    assert lead_misfits(LEAD, GROUP, away={OTHER}) == lead_misfits(replace(LEAD, busy=ELSEWHERE), GROUP)
    assert not {"apart", "meet", "danger"} & set(misfit_sentence(Misfit.ELSEWHERE).lower().split())


def test_leader_takes_no_more_groups_than_they_wish_and_one_at_a_time():
    later = replace(SERIES, at=time(20))
    tuesday = replace(SERIES, first=date(2027, 1, 12))
    assert lead_misfits(LEAD, GROUP, others=[tuesday]) == (Misfit.LEADS_ENOUGH,)
    assert lead_misfits(replace(LEAD, takes=2), GROUP, others=[tuesday]) == ()
    assert lead_misfits(replace(LEAD, takes=2), GROUP, others=[later]) == (Misfit.LEADS_ENOUGH,)


def test_faults_of_a_group_as_a_whole():
    sizes = {"least": 4, "most": 10, "needed": 1}
    assert group_faults(4, 1, **sizes) == ()
    assert group_faults(3, 0, **sizes) == (Fault.TOO_SMALL, Fault.LEADS_MISSING)
    assert group_faults(11, 1, **sizes) == (Fault.TOO_LARGE,)


def test_every_reason_has_a_sentence():
    assert set(MISFITS) == set(Misfit)
