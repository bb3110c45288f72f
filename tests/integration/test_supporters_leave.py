"""Leave, what makes work possible, and limits: asked by the person, confirmed by another, never with a reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from psp.errors import Conflict, DomainError, Forbidden, constraint_name
from supporters import hooks
from supporters.choices import LeaveKind
from supporters.hours.choices import HoursKind, LeaveState, NeedState
from supporters.hours.proposing import proposals
from supporters.hours.rules import Period
from supporters.hours.services import change_line, take_proposals
from supporters.hours.services_leave import (
    agree_accommodation,
    ask_accommodation,
    ask_leave,
    confirm_leave,
    end_accommodation,
    look_for_other_days,
    take_back_leave,
)
from supporters.hours.services_limits import agree_limits, end_agreed_limits, set_limits
from supporters.models import Accommodation, AccommodationKind, Leave, Limits, Pairing
from tests import factories as make
from tests.hours import a_pair, a_supervisor, an_administrator

pytestmark = pytest.mark.django_db
# A Thursday and the Monday after it.
THURSDAY, MONDAY = date(2026, 12, 3), date(2026, 12, 7)


@pytest.fixture
def away(monkeypatch):
    """Everything that is told of days away."""
    said: list[tuple] = []
    monkeypatch.setattr(hooks, "_on_away", [lambda user, first, last, by: said.append((user.pk, first, last, by.pk))])
    return said


def ask(lead, kind=LeaveKind.PAID, first=THURSDAY, last=MONDAY, **more):
    return ask_leave(user=lead, by=lead, kind=kind, first_day=first, last_day=last, **more)


def test_leave_is_asked_confirmed_by_the_supervisor_and_then_told_to_whoever_plans(away):
    lead, supervisor = a_pair()
    leave = ask(lead)
    assert (ask(lead), away) == (leave, [])
    assert not Leave.objects.of([lead.pk], THURSDAY, MONDAY).exists()
    confirm_leave(leave=leave, by=supervisor)
    confirm_leave(leave=leave, by=supervisor)
    assert away == [(lead.pk, THURSDAY, MONDAY, supervisor.pk)]
    assert Leave.objects.of([lead.pk], MONDAY, MONDAY + timedelta(days=9)).get() == leave


def test_sick_leave_counts_at_once_and_asks_nobody(away):
    lead, _supervisor = a_pair()
    leave = ask(lead, kind=LeaveKind.SICK)
    assert (leave.state, leave.decided_by) == (LeaveState.CONFIRMED, None)
    assert away == [(lead.pk, THURSDAY, MONDAY, lead.pk)]


def test_there_is_no_field_for_a_reason():
    names = {field.name for model in (Leave, Accommodation) for field in model._meta.get_fields()}
    assert not names & {"reason", "note", "why", "text", "diagnosis"}


def test_confirmed_leave_proposes_its_weekdays_as_hours_of_their_own_kind():
    lead, supervisor = a_pair()
    leave = ask(lead, minutes_day=240)
    period = Period(THURSDAY, MONDAY)
    assert proposals(lead, period, now=timezone.now()) == []
    confirm_leave(leave=leave, by=supervisor)
    take_proposals(user=lead, by=lead, period=period)
    taken = [(line.day, line.kind, line.minutes) for line in lead.hours.all()]
    days = (THURSDAY, THURSDAY + timedelta(days=1), MONDAY)
    assert taken == [(day, HoursKind.LEAVE, 240) for day in days]
    with pytest.raises(Conflict) as refused:
        take_back_leave(leave=leave, by=lead)
    assert refused.value.code == "noted"


def test_day_of_leave_is_not_moved_elsewhere_to_be_taken_once_more():
    lead, supervisor = a_pair()
    confirm_leave(leave=ask(lead), by=supervisor)
    line = take_proposals(user=lead, by=lead, period=Period(THURSDAY, MONDAY))[0]
    for day in (THURSDAY - timedelta(days=1), MONDAY + timedelta(days=1)):
        with pytest.raises(DomainError) as refused:
            change_line(line=line, by=lead, day=day, kind=line.kind, minutes=60)
        assert refused.value.code == "day"
    assert change_line(line=line, by=lead, day=line.day, kind=line.kind, minutes=60).minutes == 60


@pytest.mark.parametrize("kind", [LeaveKind.UNPAID, LeaveKind.SICK])
def test_leave_without_pay_is_no_hours_and_sick_leave_has_its_own_kind(kind):
    lead, supervisor = a_pair()
    confirm_leave(leave=ask(lead, kind=kind), by=supervisor)
    found = {one.kind for one in proposals(lead, Period(THURSDAY, MONDAY), now=timezone.now())}
    assert found == ({HoursKind.SICK} if kind == LeaveKind.SICK else set())


def test_overlapping_leave_is_refused_until_the_other_is_taken_back():
    lead, _supervisor = a_pair()
    leave = ask(lead)
    with pytest.raises(DomainError) as refused:
        ask(lead, first=MONDAY, last=MONDAY + timedelta(days=2))
    assert (refused.value.code, refused.value.field) == ("overlap", "first_day")
    take_back_leave(leave=leave, by=lead)
    take_back_leave(leave=leave, by=lead)
    ask(lead, first=MONDAY, last=MONDAY + timedelta(days=2))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "party"}, "kind"),
        ({"last": THURSDAY - timedelta(days=1)}, "days"),
        ({"last": THURSDAY + timedelta(days=400)}, "days"),
        ({"minutes_day": 0}, "minutes"),
        ({"minutes_day": 721}, "minutes"),
        ({"kind": "unpaid", "minutes_day": 60}, "minutes"),
    ],
)
def test_leave_that_cannot_be_is_refused(changes, code):
    lead, _supervisor = a_pair()
    with pytest.raises(DomainError) as refused:
        ask(lead, **changes)
    assert refused.value.code == code


def test_nobody_else_asks_and_only_the_supervisor_decides():
    lead, supervisor = a_pair()
    leave = ask(lead)
    for other in (supervisor, make.a_newcomer(), make.a_coordinator("QC")):
        with pytest.raises(Forbidden):
            ask_leave(user=lead, by=other, kind="paid", first_day=THURSDAY, last_day=MONDAY)
        with pytest.raises(Forbidden):
            take_back_leave(leave=leave, by=other)
    for other in (lead, a_supervisor(), make.a_coordinator("QC"), an_administrator()):
        for act in (confirm_leave, look_for_other_days):
            with pytest.raises(Forbidden):
                act(leave=leave, by=other)
    assert look_for_other_days(leave=leave, by=supervisor).state == LeaveState.OTHER_DAYS
    with pytest.raises(Conflict):
        confirm_leave(leave=leave, by=supervisor)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"state": "sure"}, "leave_confirmed_whole"),
        ({"state": "sure", "decided_by": "own", "decided_at": True}, "leave_decided_by_another"),
        ({"last_day": THURSDAY - timedelta(days=1)}, "leave_days_in_order"),
        ({"minutes_day": 721}, "leave_minutes_sensible"),
        ({"state": "gone"}, "leave_state_known"),
        ({"kind": "party"}, "leave_kind_known"),
    ],
)
def test_database_refuses_leave(changes, name):
    lead, _supervisor = a_pair()
    leave = ask(lead)
    real = {"own": lead, True: timezone.now()}
    changes = {
        key: real.get(value, value) if isinstance(value, (str, bool)) else value for key, value in changes.items()
    }
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Leave.objects.filter(pk=leave.pk).update(**changes)
    assert constraint_name(refused.value) == name


def test_leave_one_at_a_time():
    lead, _supervisor = a_pair()
    ask(lead)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Leave.objects.create(user=lead, kind="unpaid", first_day=MONDAY, last_day=MONDAY, noted_by=lead)
    assert constraint_name(refused.value) == "leave_one_at_a_time"


# --- What makes work possible ---


def kind(code="hours"):
    return AccommodationKind.objects.get(code=code)


def test_accommodation_is_asked_agreed_and_ended_by_the_person_alone():
    lead, supervisor = a_pair()
    asked = ask_accommodation(user=lead, by=lead, kind=kind(), first_day=THURSDAY)
    assert ask_accommodation(user=lead, by=lead, kind=kind(), first_day=MONDAY) == asked
    assert agree_accommodation(accommodation=asked, by=supervisor).state == NeedState.AGREED
    assert agree_accommodation(accommodation=asked, by=supervisor).agreed_by == supervisor
    with pytest.raises(Forbidden):
        end_accommodation(accommodation=asked, by=supervisor)
    assert end_accommodation(accommodation=asked, by=lead).state == NeedState.ENDED
    with pytest.raises(Conflict):
        agree_accommodation(accommodation=asked, by=supervisor)


def test_accommodation_is_seen_by_the_two_and_by_no_other_supervisor_even_where_nobody_supervises():
    lead, supervisor = a_pair()
    asked = ask_accommodation(user=lead, by=lead, kind=kind(), first_day=THURSDAY)
    leave = ask(lead)
    for one in (lead, supervisor):
        assert list(Accommodation.objects.visible_to(one)) == [asked]
        assert list(Leave.objects.visible_to(one)) == [leave]
    others = (a_supervisor(), make.a_coordinator("QC"), make.a_newcomer(), make.an_analyst(), an_administrator())
    for one in others:
        assert not Accommodation.objects.visible_to(one).exists()
        assert not Leave.objects.visible_to(one).exists()
    Pairing.objects.filter(user=lead).update(ended_on=timezone.localdate())
    assert not Accommodation.objects.visible_to(a_supervisor()).exists()
    with pytest.raises(Forbidden):
        agree_accommodation(accommodation=asked, by=a_supervisor())


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"state": "agreed"}, "accommodation_agreed_whole"),
        ({"agreed_by": "own"}, "accommodation_agreed_by_another"),
        ({"last_day": THURSDAY - timedelta(days=1)}, "accommodation_days_in_order"),
        ({"state": "gone"}, "accommodation_state_known"),
    ],
)
def test_database_refuses_accommodation(changes, name):
    lead, _supervisor = a_pair()
    asked = ask_accommodation(user=lead, by=lead, kind=kind(), first_day=THURSDAY)
    changes = {key: lead if value == "own" else value for key, value in changes.items()}
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Accommodation.objects.filter(pk=asked.pk).update(**changes)
    assert constraint_name(refused.value) == name


def test_accommodation_one_of_a_kind():
    lead, _supervisor = a_pair()
    ask_accommodation(user=lead, by=lead, kind=kind(), first_day=THURSDAY)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Accommodation.objects.create(user=lead, kind=kind(), first_day=MONDAY)
    assert constraint_name(refused.value) == "accommodation_one_of_a_kind"


# --- Limits ---


def test_own_limits_are_lower_than_the_programs_or_as_much():
    lead, _supervisor = a_pair()
    limits = set_limits(user=lead, by=lead, sessions_week=0, hours_week=15)
    assert (limits.sessions_week, limits.hours_week) == (0, 15)
    with pytest.raises(DomainError) as refused:
        set_limits(user=lead, by=lead, sessions_week=4, hours_week=None)
    assert (refused.value.code, refused.value.field) == ("too_many", "sessions_week")
    set_limits(user=lead, by=lead, sessions_week=None, hours_week=None)
    assert Limits.objects.get().sessions_week is None


def test_agreed_limit_is_of_the_two_for_a_while_and_ended_by_either():
    lead, supervisor = a_pair()
    until = timezone.localdate() + timedelta(days=30)
    agree_limits(user=lead, by=supervisor, sessions=1, hours=None, until=until)
    end_agreed_limits(user=lead, by=lead)
    agree_limits(user=lead, by=supervisor, sessions=1, hours=None, until=until)
    for other in (a_supervisor(), make.a_coordinator("QC"), make.a_newcomer()):
        with pytest.raises(Forbidden):
            end_agreed_limits(user=lead, by=other)
    assert end_agreed_limits(user=lead, by=supervisor).agreed_until is None
    for other in (lead, a_supervisor(), make.a_coordinator("QC")):
        with pytest.raises(Forbidden):
            agree_limits(user=lead, by=other, sessions=1, hours=None, until=until)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sessions": None}, "empty"),
        ({"sessions": 9}, "too_many"),
        ({"until": timezone.localdate() - timedelta(days=3)}, "until"),
        ({"until": timezone.localdate() + timedelta(days=300)}, "until"),
    ],
)
def test_agreed_limit_that_cannot_be_is_refused(changes, code):
    lead, supervisor = a_pair()
    said = {"sessions": 1, "hours": None, "until": timezone.localdate()} | changes
    with pytest.raises(DomainError) as refused:
        agree_limits(user=lead, by=supervisor, **said)
    assert refused.value.code == code


def test_limits_are_nobody_elses_to_set():
    lead, supervisor = a_pair()
    for other in (supervisor, make.a_coordinator("QC"), make.a_newcomer()):
        with pytest.raises(Forbidden):
            set_limits(user=lead, by=other, sessions_week=1, hours_week=None)
