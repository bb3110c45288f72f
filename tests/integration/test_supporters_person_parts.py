"""One person's page under /care/: each part of the app says what is due, to the supervisor at their side alone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from psp.audit.models import Entry
from psp.models import User
from supporters.choices import ReadyFor
from supporters.hours.services import submit_hours
from supporters.models import Qualification
from supporters.person_parts import parts_for
from supporters.training.services_learning import add_goal
from tests import factories as make
from tests.browser import Browser
from tests.hours import a_day_ago, a_line, of
from tests.joining import a_conversation
from tests.training import a_course, a_learner, a_supervisor, as_learner, days_ago

pytestmark = pytest.mark.django_db
CANARY = "zq-a-wish-to-learn-zq"


def page(reader: User, person: User) -> str:
    client = Browser()
    make.sign_in(client, reader)
    answer = client.get(reverse("care:person", args=[person.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def supervisor():
    return a_supervisor()


@pytest.fixture
def person(supervisor):
    """With something due in every part."""
    made = a_learner(supervisor=supervisor)
    soon = timezone.localdate() + timedelta(days=20)
    Qualification.objects.create(
        user=made, course=a_course(), completed_on=days_ago(300), expires_on=soon, noted_by=supervisor
    )
    add_goal(by=made, title=CANARY)
    a_line(made)
    submit_hours(user=made, by=made, period=of(a_day_ago()))
    a_conversation(made, supervisor, step=ReadyFor.LEADING, ready=False)
    return made


PARTS = ("part-texts", "part-joining", "part-training", "part-hours")


def test_the_supervisor_at_their_side_sees_what_is_due_in_every_part_and_where_to_see_to_it(supervisor, person):
    text = page(supervisor, person)
    found = [text.index(f'id="{one}"') for one in PARTS]
    assert found == sorted(found)
    assert CANARY in text
    client = Browser()
    make.sign_in(client, supervisor)
    for name, args in (("joiner", [person.pk]), ("training_person", [person.pk]), ("hours", [])):
        address = reverse(f"care:{name}", args=args)
        assert f'href="{address}"' in text
        assert client.get(address).status_code == 200
    for model in ("qualification", "learninggoal", "readiness"):
        read = Entry.objects.filter(action="read", purpose="care", model=f"supporters.{model}", person=person.pk)
        assert read.filter(actor=supervisor.pk).exists(), model


def test_whoever_has_nothing_due_has_no_part(supervisor):
    person = as_learner(make.a_facilitator(), supervisor=supervisor)
    assert not re.search(r'id="part-', page(supervisor, person))


def test_another_supervisor_gets_nothing_of_any_part_even_past_the_page(supervisor, person):
    client, other = Browser(), a_supervisor()
    make.sign_in(client, other)
    assert client.get(reverse("care:person", args=[person.pk])).status_code == 404
    assert parts_for(person, other) == []
    assert parts_for(person, make.a_coordinator("QC")) == []
