"""Whoever ends the role is still paid for the last of it: hours are noted, sent and approved as before."""

from __future__ import annotations

from datetime import time
from uuid import uuid4

import pytest

from psp.choices import Role
from psp.errors import Forbidden
from psp.models import User
from supporters.hours.choices import HoursState
from supporters.hours.services import add_line, approve_hours, seen_of, submit_hours
from supporters.hours.services_leave import ask_leave
from supporters.joining.services_role import end_role
from supporters.models import HoursLine, Supporter
from tests import factories as make
from tests.hours import a_day_ago, a_line, a_session, a_supervisor, of
from tests.training import a_learner

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead():
    """Somebody who led until today."""
    return a_learner(supervisor=a_supervisor())


def ends(lead) -> User:
    """The same account as it is afterwards."""
    end_role(supporter=Supporter.objects.get(pk=lead.pk), by=lead)
    return User.objects.get(pk=lead.pk)


def test_hours_of_a_role_that_ended_are_sent_and_approved(lead):
    noted = a_line(lead)
    lead = ends(lead)
    late = add_line(user=lead, by=lead, key=uuid4(), day=noted.day, kind="travel", minutes=30)
    assert late.role == Role.SUPPORTER
    assert submit_hours(user=lead, by=lead, period=of(noted.day)) == 2
    colleague = a_supervisor()
    waiting = HoursLine.objects.looked_after(colleague).submitted()
    assert approve_hours(user=lead, by=colleague, period=of(noted.day), seen=seen_of(waiting)) == 2
    noted.refresh_from_db()
    assert noted.state == HoursState.APPROVED


def test_the_page_of_hours_stays_open_and_is_found_from_the_own_way(client, lead):
    a_session(lead, day=a_day_ago(2), clock=time(10))
    lead = ends(lead)
    make.sign_in(client, lead)
    assert "/lead/hours/" in client.get("/en/lead/joining/").content.decode()
    page = client.get("/en/lead/hours/")
    assert page.status_code == 200
    assert client.get("/en/lead/leave/").status_code == 403


def test_nobody_else_notes_hours_and_leave_is_for_those_who_lead(lead):
    lead = ends(lead)
    with pytest.raises(Forbidden):
        ask_leave(user=lead, by=lead, kind="sick", first_day=a_day_ago(), last_day=a_day_ago())
    for other in (a_learner(), make.a_coordinator(), make.an_accepted_participant(by=make.a_coordinator()).user):
        with pytest.raises(Forbidden):
            submit_hours(user=lead, by=other, period=of(a_day_ago()))
