"""What somebody learned: who may say so, how long it counts, and who sees it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from psp.audit.models import Entry
from psp.errors import DomainError, Forbidden, constraint_name
from supporters.models import Course, Qualification
from supporters.training.reference import FEWEST, PROGRAM, load_courses
from supporters.training.services import note_qualification, take_back_qualification
from tests import factories as make
from tests.training import a_course, a_learner, a_supervisor, days_ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor():
    return a_supervisor()


@pytest.fixture
def learner(supervisor):
    return a_learner(supervisor=supervisor)


def test_ten_week_program_and_other_courses_are_there_from_the_first_day():
    program = Course.objects.get(code=PROGRAM)
    assert program.needed
    assert program.fewest_sessions == FEWEST
    assert [module.week for module in program.modules.all()] == list(range(1, 11))
    others = Course.objects.exclude(code=PROGRAM)
    assert not others.filter(needed=True).exists()
    assert {"trauma_informed", "crisis_response", "suicide_prevention", "anti_oppression", "cultural_safety",
            "compassion_fatigue", "coercive_control", "advocacy"} <= {course.code for course in others}  # fmt: skip
    for row in [*Course.objects.all(), *program.modules.all()]:
        english, french = (row.name_en, row.name_fr) if isinstance(row, Course) else (row.title_en, row.title_fr)
        assert english != french


def test_what_an_administrator_changed_is_kept():
    course = a_course("first_aid", hours=3, renew_months=12)
    program = Course.objects.get(code=PROGRAM)
    program.modules.last().delete()
    load_courses()
    course.refresh_from_db()
    assert (course.hours, course.renew_months) == (3, 12)
    assert program.modules.count() == 9


def test_qualification_counts_until_the_course_is_to_be_renewed(supervisor, learner):
    course = a_course(renew_months=24)
    made = note_qualification(user=learner, course=course, completed_on=date(2024, 2, 29), by=supervisor)
    assert made.expires_on == date(2026, 2, 28)
    assert note_qualification(user=learner, course=PROGRAM, completed_on=days_ago(0), by=supervisor).expires_on is None


def test_same_course_on_the_same_day_is_noted_once(supervisor, learner):
    first = note_qualification(user=learner, course="first_aid", completed_on=days_ago(3), by=supervisor)
    again = note_qualification(user=learner, course="first_aid", completed_on=days_ago(3), by=supervisor)
    assert first.pk == again.pk
    assert Entry.objects.filter(model="supporters.qualification", person=learner.pk).count() == 1


def test_day_that_is_still_to_come_is_refused(supervisor, learner):
    with pytest.raises(DomainError) as refused:
        note_qualification(user=learner, course="first_aid", completed_on=days_ago(-1), by=supervisor)
    assert refused.value.code == "completed_later"


def test_nobody_notes_their_own_completion(supervisor):
    coordinator = make.a_coordinator("QC")
    for person in (supervisor, coordinator, a_learner()):
        with pytest.raises(Forbidden):
            note_qualification(user=person, course="first_aid", completed_on=days_ago(1), by=person)


def test_who_may_note_it(supervisor, learner):
    def noted(by, user=learner) -> bool:
        try:
            note_qualification(user=user, course="first_aid", completed_on=days_ago(1), by=by)
        except Forbidden:
            return False
        return True

    assert noted(supervisor)
    assert noted(make.a_coordinator("QC"))
    assert not noted(a_supervisor())
    assert not noted(make.a_coordinator("ON"))
    assert not noted(make.an_analyst())
    assert not noted(a_learner())
    # While nobody is at their side, any supervisor.
    assert noted(a_supervisor(), a_learner(state="joining"))
    # A supervisor learns too, and another one notes it.
    assert noted(a_supervisor(), a_supervisor())


def test_database_refuses_a_completion_noted_by_oneself(learner):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Qualification.objects.create(user=learner, course_id="first_aid", completed_on=days_ago(1), noted_by=learner)
    assert constraint_name(refused.value) == "qualification_noted_by_another"


def test_completion_noted_by_mistake_goes_and_twice_is_as_once(supervisor, learner):
    made = note_qualification(user=learner, course="first_aid", completed_on=days_ago(1), by=supervisor)
    with pytest.raises(Forbidden):
        take_back_qualification(qualification=made, by=a_supervisor())
    take_back_qualification(qualification=made, by=supervisor)
    take_back_qualification(qualification=made, by=supervisor)
    assert not Qualification.objects.filter(user=learner).exists()


def test_only_the_newest_completion_of_a_course_ends(supervisor, learner):
    course, today = a_course(renew_months=12), timezone.localdate()
    old = note_qualification(user=learner, course=course, completed_on=days_ago(340), by=supervisor)
    window = (today, today + timedelta(days=90))
    assert list(Qualification.objects.ending(*window)) == [old]
    note_qualification(user=learner, course=course, completed_on=days_ago(2), by=supervisor)
    assert not Qualification.objects.ending(*window).exists()


def test_course_for_good_that_was_taken_twice_is_shown_once(supervisor, learner):
    for days in (90, 2):
        last = note_qualification(user=learner, course="first_aid", completed_on=days_ago(days), by=supervisor)
    Qualification.objects.update(expires_on=None)
    assert list(Qualification.objects.newest().filter(user=learner)) == [last]


def test_who_sees_what_somebody_completed(supervisor, learner):
    made = note_qualification(user=learner, course="first_aid", completed_on=days_ago(1), by=supervisor)

    def sees(user) -> bool:
        return Qualification.objects.visible_to(user).filter(pk=made.pk).exists()

    assert sees(learner)
    assert sees(supervisor)
    for other in (a_supervisor(), a_learner(), make.a_coordinator("QC"), make.an_analyst(), make.a_clinician()):
        assert not sees(other)
