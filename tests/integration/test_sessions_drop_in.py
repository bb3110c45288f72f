"""Whoever comes to a session without a place in its group meets nobody whom they must not meet; for every writer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from groups.services import add_lead, add_member
from intake.services_apart import end_apart, note_apart
from psp.errors import constraint_name
from sessions.models import Attendance, GroupSession
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC")


@pytest.fixture
def session(coordinator):
    group = make.a_group(coordinator, kind="informal")
    now = timezone.now()
    return GroupSession.objects.create(group=group, number=1, starts_at=now, ends_at=now + timedelta(hours=1))


def informal(coordinator):
    return make.an_accepted_participant(services=["informal"], by=coordinator)


def comes(session, person, by, status="present") -> str:
    """Name of the rule that refuses it; "" where nothing does."""
    try:
        with transaction.atomic():
            Attendance.objects.create(session=session, participant=person, status=status, recorded_by=by)
    except IntegrityError as error:
        return constraint_name(error)
    return ""


def test_attendance_kept_apart(coordinator, session):
    member, other_guest, lead = informal(coordinator), informal(coordinator), make.a_facilitator()
    add_member(group=session.group, participant=member, by=coordinator)
    add_lead(group=session.group, user=lead, role="facilitator", by=coordinator)
    assert comes(session, other_guest, coordinator) == "", "a guest with whom nobody is noted"
    for other in (member.user, lead, other_guest.user):
        guest = informal(coordinator)
        apart = note_apart(participant=guest, other=other, by=coordinator)
        assert comes(session, guest, coordinator) == "attendance_kept_apart"
        assert comes(session, informal(coordinator), coordinator) == ""
        end_apart(apart=apart, reason="mistake", by=coordinator)
        assert comes(session, guest, coordinator) == ""


def test_not_having_come_is_no_meeting_until_it_is_changed_into_one(coordinator, session):
    member, guest = informal(coordinator), informal(coordinator)
    add_member(group=session.group, participant=member, by=coordinator)
    note_apart(participant=guest, other=member.user, by=coordinator)
    assert comes(session, guest, coordinator, "absent") == ""
    row = Attendance.objects.get(participant=guest)
    row.status = "present"
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        row.save()
    assert constraint_name(refused.value) == "attendance_kept_apart"


def test_that_a_member_was_there_is_a_fact_also_when_a_pair_was_noted_later(coordinator, session):
    members = [informal(coordinator), informal(coordinator)]
    for member in members:
        add_member(group=session.group, participant=member, by=coordinator)
    note_apart(participant=members[0], other=members[1].user, by=coordinator)
    assert [comes(session, member, coordinator) for member in members] == ["", ""]
