"""The days of those who lead, as the demo tells them: once, through the services, and something of everything."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import call_command
from django.utils import timezone

from demo.later.everyday import make_everyday
from psp.models import User
from supporters.incidents.models import Incident, Lesson
from supporters.models import (
    Certificate,
    CheckIn,
    Cohort,
    CourseRequest,
    Enrolment,
    HoursLine,
    PayExport,
    Qualification,
    SupportPlan,
    Talk,
)
from supporters.network.models import DirectoryEntry, EventPlace, Resource, Touch
from tests.history import holes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("whole_history")]


def rows() -> dict[str, int]:
    """How many of everything there are, the log left out: a second time looks, and finds that it is all there."""
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def states(model, name: str = "state", **where) -> Counter[str]:
    return Counter(model.objects.filter(**where).values_list(name, flat=True))


def test_demo_has_something_of_everything_that_those_who_lead_do_and_makes_it_once(capsys):
    call_command("seed_demo", participants=24, seed=3, years=0.5)
    capsys.readouterr()
    make_everyday()
    first = rows()
    make_everyday()
    assert rows() == first
    assert holes() == []
    assert set(states(HoursLine)) == {"draft", "sent", "returned", "approved", "exported"}
    assert PayExport.objects.get().approved_by != PayExport.objects.get().asked_by
    assert set(states(Cohort)) == {"planned", "running", "done"}
    assert states(Enrolment, cohort__state="done") == {"completed": 8}
    assert set(states(CourseRequest)) == {"open", "yes", "not_now"}
    assert Certificate.objects.get().name == User.objects.get(username="supporter.qc").name
    soon = timezone.localdate() + timedelta(days=90)
    assert Qualification.objects.filter(expires_on__range=(timezone.localdate(), soon)).count() == 2
    assert states(Incident) == {"follow_up": 2, "closed": 1}
    assert Incident.objects.get(near_miss=True).state == "follow_up"
    assert Lesson.objects.get().words
    shown = CheckIn.objects.filter(user__username="supporter.qc").values_list("shares__supervisor__username", flat=True)
    assert sorted(one or "" for one in shown) == ["", "supervisor", "supervisor"]
    assert states(Talk) == {"asked": 1}
    assert states(Resource) == {"listed": 6, "suggested": 1}
    assert states(Touch) == {"agreed": 1, "asked": 1}
    assert all(model.objects.exists() for model in (SupportPlan, DirectoryEntry, EventPlace))


def test_nothing_is_made_up_among_real_people():
    for username in ("supporter.qc", "supporter.on", "supervisor"):
        User.objects.create_user(username, kind="staff", made_by_demo=False)
    before = rows()
    make_everyday()
    assert rows() == before
