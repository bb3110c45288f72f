"""What is before somebody in a week, and the lowest limit that counts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from psp.errors import constraint_name
from sessions.choices import SessionState
from sessions.models import GroupSession
from supporters.hours.rules import Caps, Week
from supporters.hours.workload import caps, planned_weeks
from supporters.models import Limits, Pairing
from supporters.reference import settings
from tests import factories as make

pytestmark = pytest.mark.django_db
TORONTO = ZoneInfo("America/Toronto")
MONDAY = date(2027, 1, 11)


def a_session(lead, *, day: date, hour: int = 19, minutes: int = 90, **fields) -> GroupSession:
    """One session of a group of its own that `lead` leads."""
    from groups.models import GroupLead

    group = make.a_group(make.a_coordinator("QC"))
    GroupLead.objects.create(group=group, user=lead, role="facilitator")
    starts = datetime(day.year, day.month, day.day, hour, tzinfo=TORONTO)
    ends = starts + timedelta(minutes=minutes)
    return GroupSession.objects.create(group=group, number=1, starts_at=starts, ends_at=ends, **fields)


def paired(user):
    return Pairing.objects.create(user=user, supervisor=make.a_supervisor())


def test_week_counts_sessions_what_comes_with_them_and_the_share_of_supervision():
    lead, other = make.a_newcomer(), make.a_newcomer()
    paired(lead)
    a_session(lead, day=MONDAY)
    a_session(lead, day=MONDAY + timedelta(days=6))
    a_session(lead, day=MONDAY + timedelta(days=2), state=SessionState.CANCELLED)
    found = planned_weeks([lead.pk, other.pk], MONDAY + timedelta(days=3), MONDAY + timedelta(days=8))
    # Twice 90 minutes, twice 30 to prepare and 30 to debrief, and half an hour of supervision.
    assert found[lead.pk] == {MONDAY: Week(2, 6), MONDAY + timedelta(days=7): Week(0, 1)}
    assert found[other.pk] == {MONDAY: Week(0, 0), MONDAY + timedelta(days=7): Week(0, 0)}


def test_week_is_that_of_the_persons_own_clock():
    """Monday at 0 h 30 in St. John's is still Sunday in Vancouver."""
    east, west = (make.a_newcomer(time_zone=zone) for zone in ("America/St_Johns", "America/Vancouver"))
    for lead in (east, west):
        a_session(lead, day=MONDAY - timedelta(days=1), hour=23)
    assert planned_weeks([east.pk], MONDAY, MONDAY)[east.pk][MONDAY].sessions == 1
    assert planned_weeks([west.pk], MONDAY, MONDAY)[west.pk][MONDAY].sessions == 0


def test_weeks_of_many_people_take_as_many_queries_as_of_one(django_assert_num_queries):
    people = [make.a_newcomer().pk for _number in range(3)]
    with django_assert_num_queries(4):
        planned_weeks(people[:1], MONDAY, MONDAY)
    with django_assert_num_queries(4):
        planned_weeks(people, MONDAY, MONDAY + timedelta(days=40))


def test_lowest_of_three_limits_counts_and_an_agreed_one_until_its_day():
    lead, care = make.a_newcomer(), settings()
    assert caps(care, None, MONDAY) == Caps(care.max_sessions_week, care.max_hours_week)
    agreed = {"agreed_hours": 4, "agreed_until": MONDAY, "agreed_by": make.a_user()}
    own = Limits.objects.create(user=lead, sessions_week=2, hours_week=8, **agreed)
    assert caps(care, own, MONDAY) == Caps(2, 4)
    assert caps(care, own, MONDAY + timedelta(days=1)) == Caps(2, 8)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"agreed_hours": 4}, "limits_agreed_whole"),
        ({"agreed_until": MONDAY, "agreed_by": "other"}, "limits_agreed_whole"),
        ({"agreed_until": MONDAY, "agreed_by": "own", "agreed_hours": 4}, "limits_agreed_with_another"),
    ],
)
def test_agreed_limit_is_whole_and_made_with_another_person(fields, name):
    lead = make.a_newcomer()
    who = {"own": lead, "other": make.a_user()}
    fields = {key: who.get(value, value) for key, value in fields.items()}
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Limits.objects.create(user=lead, **fields)
    assert constraint_name(refused.value) == name
