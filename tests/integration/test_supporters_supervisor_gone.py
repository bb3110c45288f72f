"""A supervisor who has not the role any more leaves nobody alone: what waited for them waits for the others."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from psp.choices import Role
from supporters.choices import SupporterState
from supporters.hours.choices import HoursState
from supporters.hours.services import approve_hours, seen_of, submit_hours
from supporters.hours.services_leave import ask_leave, confirm_leave
from supporters.incidents.choices import Desk
from supporters.incidents.models import Incident, IncidentKind
from supporters.incidents.services import report_incident
from supporters.models import CourseRequest, HoursLine, Leave, SupervisorWish, Supporter
from supporters.supervision.services import ask_for_another, pair, without_supervisor
from supporters.training.services_learning import ask_for_course
from tests import factories as make
from tests.hours import a_line, a_pair, a_supervisor, of
from tests.training import a_learner

pytestmark = pytest.mark.django_db


def loses_the_role(supervisor):
    supervisor.roles.filter(role=Role.SUPERVISOR).delete()
    return supervisor


def test_hours_and_leave_are_decided_by_any_other_supervisor():
    lead, gone = a_pair()
    colleague = a_supervisor()
    line, day = a_line(lead), timezone.localdate() + timedelta(days=3)
    submit_hours(user=lead, by=lead, period=of(line.day))
    leave = ask_leave(user=lead, by=lead, kind="paid", first_day=day, last_day=day)
    assert not HoursLine.objects.looked_after(colleague).exists()
    loses_the_role(gone)
    waiting = HoursLine.objects.looked_after(colleague).submitted()
    assert [one.pk for one in waiting] == [line.pk]
    assert [one.pk for one in Leave.objects.looked_after(colleague)] == [leave.pk]
    approve_hours(user=lead, by=colleague, period=of(line.day), seen=seen_of(waiting))
    line.refresh_from_db()
    assert line.state == HoursState.APPROVED
    assert confirm_leave(leave=leave, by=colleague).decided_by_id == colleague.pk


def test_requests_for_a_course_are_answered_by_any_other_supervisor():
    gone, colleague = a_supervisor(), a_supervisor()
    lead = a_learner(supervisor=gone)
    asked = ask_for_course(by=lead, title="Listening")
    assert not CourseRequest.objects.to_answer(colleague).exists()
    loses_the_role(gone)
    assert [one.pk for one in CourseRequest.objects.to_answer(colleague)] == [asked.pk]


def test_what_happened_goes_to_all_supervisors():
    gone = a_supervisor()
    lead = a_learner(supervisor=gone)
    make.a_coordinator("QC")
    kind = IncidentKind.objects.filter(goes_to__contains=[Desk.SUPERVISOR, Desk.COORDINATORS]).first()
    loses_the_role(gone)
    made = report_incident(by=lead, sent_key=uuid4(), kind=kind, happened_at=timezone.now())
    assert Desk.SUPERVISORS in made.goes_to
    assert Incident.objects.visible_to(a_supervisor()).filter(pk=made.pk).exists()


def test_whoever_gets_ready_is_seen_by_the_others():
    gone, colleague = a_supervisor(), a_supervisor()
    joining = a_learner(state=SupporterState.JOINING, supervisor=gone)
    assert not Supporter.objects.visible_to(colleague).filter(pk=joining.pk).exists()
    loses_the_role(gone)
    assert Supporter.objects.visible_to(colleague).filter(pk=joining.pk).exists()


def test_a_wish_for_whoever_supervises_no_more_is_seen_by_the_others():
    lead, own = a_pair()
    alone, chosen, colleague = make.a_newcomer(), a_supervisor(), a_supervisor()
    for one in (lead, alone):
        ask_for_another(by=one, wished=chosen)
    assert not SupervisorWish.objects.visible_to(colleague).exists()
    assert alone not in without_supervisor()
    loses_the_role(chosen)
    assert {one.user_id for one in SupervisorWish.objects.visible_to(colleague)} == {lead.pk, alone.pk}
    assert not SupervisorWish.objects.visible_to(own).filter(user=lead).exists(), "whom they have learns nothing"
    assert alone in without_supervisor()
    assert pair(lead, colleague, colleague).supervisor_id == colleague.pk
