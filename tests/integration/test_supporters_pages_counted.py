"""How many questions the lists of supporters ask does not depend on how long they are."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from supporters.hours.services import submit_hours
from supporters.hours.services_leave import ask_leave
from supporters.incidents.models import IncidentKind
from supporters.incidents.services import report_incident, take_incident
from supporters.models import HoursLine, HoursReturn, LeadConcern, Qualification
from supporters.network.services import ask_touch, join_directory
from supporters.supervision.services import note_meeting
from supporters.supervision.services_extra import end_plan, make_plan
from supporters.supervision.services_talks import ask_talk
from supporters.training.services_cohorts import enrol
from supporters.training.services_learning import ask_for_course
from tests import factories as make
from tests.hours import a_day_ago, a_line, of
from tests.training import a_cohort, a_course, a_learner, a_supervisor, was_at

pytestmark = pytest.mark.django_db
FEW, MANY = 3, 12


def asked_by(client, name: str, *args) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200, (name, answer.status_code)
    return len(found)


def people(supervisor, cohort, count: int) -> list:
    """Of this supervisor, with something of everything that waits for them."""
    found, today = [], timezone.localdate()
    kind = IncidentKind.objects.filter(goes_to__contains=["supervisor"]).first()
    for number in range(count):
        one = a_learner(supervisor=supervisor, name=f"Person {number}")
        line = a_line(one)
        submit_hours(user=one, by=one, period=of(line.day))
        day = today + timedelta(days=3)
        ask_leave(user=one, by=one, kind="paid", first_day=day, last_day=day)
        ask_for_course(by=one, title="Listening")
        ask_talk(by=one, asked=None, when="now")
        note_meeting(user=one, by=supervisor, kind="one", held_on=today, minutes=30)
        Qualification.objects.create(
            user=one, course=a_course(), completed_on=today - timedelta(days=300), expires_on=today + timedelta(days=9)
        )
        LeadConcern.objects.create(user=one, lacks=["agreement"], first_day=today)
        enrol(cohort=cohort, person=one, by=supervisor)
        was_at(cohort, one, 2, supervisor)
        made = report_incident(by=one, sent_key=uuid4(), kind=kind, happened_at=timezone.now())
        take_incident(incident=made, by=supervisor)
        join_directory(by=one, interests=["leading"], line="Hello")
        found.append(one)
    return found


def test_pages_of_supervisors_ask_as_much_for_many_as_for_few(client):
    supervisor = a_supervisor()
    cohort = a_cohort(supervisor, places=40)
    pages = [("care:home",), ("care:hours",), ("care:training",), ("care:joining",), ("care:together",),
             ("care:incidents",), ("care:network",), ("care:training_cohort", cohort.pk)]  # fmt: skip
    people(supervisor, cohort, FEW)
    make.sign_in(client, supervisor)
    client.get(reverse("care:home"))
    few = {page: asked_by(client, *page) for page in pages}
    people(supervisor, cohort, MANY)
    many = {page: asked_by(client, *page) for page in pages}
    assert many == few


def test_pages_of_those_who_lead_ask_as_much_for_many_as_for_few(client):
    supervisor = a_supervisor()
    cohort = a_cohort(supervisor, places=40)
    me = people(supervisor, cohort, 1)[0]
    pages = [("lead:hours",), ("lead:training",), ("lead:supervision",), ("lead:incidents",), ("lead:network",)]
    kind = IncidentKind.objects.filter(goes_to__contains=["supervisor"]).first()

    def more(count: int) -> None:
        for one in people(supervisor, cohort, count):
            ask_touch(by=one, entry=me_entry, way="By letter")
        for _number in range(count):
            a_line(me, minutes=5)
            note_meeting(user=me, by=supervisor, kind="one", held_on=a_day_ago(), minutes=30, key=uuid4())
            report_incident(by=me, sent_key=uuid4(), kind=kind, happened_at=timezone.now())
            ask_for_course(by=me, title=f"Course {uuid4()}")
            line = a_line(me, minutes=5)
            back = HoursReturn.objects.create(user=me, by=supervisor, code="missing")
            HoursLine.objects.filter(pk=line.pk).update(state="sent")
            HoursLine.objects.filter(pk=line.pk).update(state="returned", returned=back)

    me_entry = join_directory(by=me, interests=["leading"], line="Me")
    more(FEW)
    make.sign_in(client, me)
    client.get(reverse("lead:hours"))
    few = {page: asked_by(client, *page) for page in pages}
    more(MANY)
    many = {page: asked_by(client, *page) for page in pages}
    assert many == few


def test_pages_of_one_person_ask_as_much_for_many_plans_as_for_few(client):
    supervisor, today = a_supervisor(), timezone.localdate()
    person = a_learner(supervisor=supervisor)
    pages = {("care:person", person.pk): supervisor, ("lead:supervision",): person}

    def count() -> list[int]:
        found = []
        for page, reader in pages.items():
            make.sign_in(client, reader)
            client.get(reverse(page[0], args=page[1:]))
            found.append(asked_by(client, *page))
        return found

    def more(number: int) -> None:
        for _plan in range(number):
            made = make_plan(
                user=person, by=supervisor, kinds=[], from_on=today, until_on=today, look_on=today, agreed="-"
            )
            end_plan(plan=made, by=supervisor)

    more(FEW)
    few = count()
    more(MANY)
    assert count() == few
