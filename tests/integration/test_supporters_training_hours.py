"""Training is work: what somebody was at, or gave, is among the hours that the calendar proposes."""

from __future__ import annotations

import pytest
from django.utils import timezone

from psp.models import User
from supporters.hours.choices import HoursKind
from supporters.hours.proposing import Proposal, proposals
from supporters.hours.rules import Period
from supporters.hours.services import take_proposals
from supporters.training.choices import CohortState
from supporters.training.services_cohorts import (
    add_cohort_lead,
    cancel_date,
    enrol,
    move_cohort,
    record_cohort_attendance,
)
from tests import factories as make
from tests.training import a_cohort, a_learner, a_supervisor, days_ago

pytestmark = pytest.mark.django_db


def lately() -> Period:
    return Period(days_ago(90), days_ago(0))


def of_training(person: User) -> list[Proposal]:
    found = proposals(person, lately(), now=timezone.now())
    return [one for one in found if one.kind == HoursKind.TRAINING]


def test_only_what_somebody_was_at_is_proposed_with_its_times_and_taken_once():
    supervisor, learner = a_supervisor(), a_learner()
    cohort = a_cohort(supervisor)
    enrol(cohort=cohort, person=learner, by=supervisor)
    for session, status in zip(cohort.sessions.order_by("number"), ("present", "absent", "elsewhere"), strict=False):
        record_cohort_attendance(session=session, statuses={learner.pk: status}, by=supervisor)
    first = cohort.sessions.get(number=1)
    (one,) = of_training(learner)
    assert (one.about, one.minutes, one.starts_at, one.ends_at) == (first.pk, 120, first.starts_at, first.ends_at)
    made = take_proposals(user=learner, by=learner, period=lately())
    assert [(line.kind, line.minutes) for line in made] == [(HoursKind.TRAINING, 120)]
    assert of_training(learner) == []


def test_whoever_gives_it_is_paid_for_every_session_that_took_place_and_nobody_for_one_that_did_not():
    supervisor, clinician = a_supervisor(), make.a_clinician()
    cohort = a_cohort(supervisor, first_day=days_ago(15))
    add_cohort_lead(cohort=cohort, user=clinician, by=supervisor)
    assert {one.about for one in of_training(clinician)} == set(
        cohort.sessions.filter(ends_at__lte=timezone.now()).values_list("pk", flat=True)
    )
    cancel_date(session=cohort.sessions.get(number=1), by=supervisor)
    assert len(of_training(clinician)) == cohort.sessions.filter(ends_at__lte=timezone.now()).count() - 1
    move_cohort(cohort=cohort, to=CohortState.CANCELLED, by=supervisor)
    assert of_training(clinician) == []
    assert of_training(a_learner()) == []
