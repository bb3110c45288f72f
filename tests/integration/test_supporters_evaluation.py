"""What a cohort says without its names: slips on the own page, answers where nobody is anybody, sealed in one box."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from psp import slip_sources
from psp.errors import DomainError
from psp.feedback_rules import Back, new_nonce, slip_of
from supporters.models import EvaluationBox, EvaluationForm
from supporters.training import services_evaluation as services
from supporters.training.services_cohorts import enrol
from tests import factories as make
from tests.browser import Browser
from tests.training import a_cohort, a_learner, a_supervisor, days_ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    """Its last session was yesterday or the day before."""
    return a_cohort(a_supervisor(), first_day=days_ago(64), places=20)


def opened(cohort) -> EvaluationBox:
    services.open_boxes(timezone.now())
    return EvaluationBox.objects.get(cohort=cohort)


def a_learner_of(cohort):
    person = a_learner()
    enrol(cohort=cohort, person=person, by=person)
    return person


def answered(box, person, **said) -> Back:
    slip = services.hand_slip(box=box, by=person, nonce=new_nonce())
    return slip_sources.take_answers(slip_of(str(slip)), said or {"role": "4"})


def test_forms_are_there_in_both_languages_for_each_moment():
    for moment in ("before", "after", "later"):
        form = EvaluationForm.objects.in_force(moment)
        assert len(form.form) >= 5
        assert all(question.text("en") != question.text("fr") for question in form.form)


def test_a_cohort_is_asked_before_after_and_three_months_later(cohort):
    last, first = cohort.sessions.last().ends_at, cohort.sessions.first().starts_at
    for now in (first - timedelta(days=3), first + timedelta(days=20), last + timedelta(hours=1)):
        services.open_boxes(now)
        services.open_boxes(now)
    services.open_boxes(last + timedelta(days=95))
    moments = EvaluationBox.objects.values_list("form__moment", flat=True)
    assert sorted(moments) == ["after", "before", "later"]


def test_answers_come_back_at_the_nameless_address_and_once(cohort):
    box, person = opened(cohort), a_learner_of(cohort)
    client, nobody = Browser(), Browser()
    make.sign_in(client, person)
    page = client.post(f"/en/lead/training/said/{box.pk}/", {"nonce": new_nonce().hex()}).content.decode()
    code = page.split('class="code-shown" translate="no">')[1].split("<")[0].strip()
    shown = nobody.post("/fr/feedback/", {"code": code}).content.decode()
    assert "Vous sentez-vous capable de tenir vos propres limites?" in shown
    assert nobody.post("/fr/feedback/", {"code": code, "q_role": "5", "send": "1"}).status_code == 302
    assert not nobody.cookies
    assert slip_sources.look_at(slip_of(code)).back is Back.USED
    assert services.content_of(EvaluationBox.objects.get()).sheets == ({"role": "5"},)


def test_one_slip_for_each_person_and_only_for_those_in_the_cohort(cohort):
    box, person, nonce = opened(cohort), a_learner_of(cohort), new_nonce()
    first = services.hand_slip(box=box, by=person, nonce=nonce)
    assert services.hand_slip(box=box, by=person, nonce=nonce) == first
    for by, code in ((person, "slip_taken"), (a_learner(), "feedback_over"), (a_supervisor(), "feedback_over")):
        with pytest.raises(DomainError) as refused:
            services.hand_slip(box=box, by=by, nonce=new_nonce())
        assert refused.value.code == code


def test_box_looks_alike_whatever_is_in_it_and_names_nobody(cohort):
    box, people = opened(cohort), [a_learner_of(cohort) for _person in range(3)]

    def row() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT t::text FROM supporters_evaluationbox t")
            return cursor.fetchone()[0]

    before = row()
    for person in people:
        assert answered(box, person) is Back.GOOD
    after = row()
    assert len(before) == len(after)
    assert not [person for person in people if str(person.pk) in after or person.pk.hex in after]


def test_whether_there_are_enough_is_told_of_whole_closed_boxes_only(cohort):
    box = opened(cohort)
    for number in range(settings.PSP_FEEDBACK_THRESHOLD):
        assert not services.enough(box.form), number
        answered(box, a_learner_of(cohort))
    # Open still: a supervisor who looks twice learns nothing of the one answer in between.
    assert not services.enough(box.form)
    EvaluationBox.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    services.tend_boxes(timezone.now())
    assert services.enough(box.form)
    content = services.content_of(EvaluationBox.objects.get())
    assert not content.handed | content.slips | content.used


def test_box_without_an_answer_goes_and_its_key_with_it(cohort):
    from psp.crypto import keyring

    box = opened(cohort)
    EvaluationBox.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    services.tend_boxes(timezone.now())
    keyring.clear()
    assert not EvaluationBox.objects.exists()
    assert keyring.key_of(box.pk) is None


def test_box_that_was_counted_long_ago_goes_with_its_key_however_many_answered(cohort, settings):
    from psp.crypto import keyring

    settings.PSP_FEEDBACK_THRESHOLD = 5
    box = opened(cohort)
    for _person in range(5):
        answered(box, a_learner_of(cohort))
    over = timezone.now() - timedelta(minutes=1)
    EvaluationBox.objects.update(closes_at=over)
    last = over + timedelta(days=settings.PSP_EVALUATION_DAYS)
    services.tend_boxes(last - timedelta(minutes=1))
    assert services.enough(box.form)
    services.tend_boxes(last)
    keyring.clear()
    assert not EvaluationBox.objects.exists()
    assert keyring.key_of(box.pk) is None


def test_supervisor_reads_whether_and_never_how_many(cohort):
    box, supervisor = opened(cohort), a_supervisor()
    answered(box, a_learner_of(cohort))
    client = Client()
    make.sign_in(client, supervisor)
    page = client.get("/en/care/training/").content.decode()
    assert "Not enough answers yet" in page
    assert not EvaluationBox.objects.visible_to(supervisor).exists()
