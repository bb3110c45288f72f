"""Each morning: support first. Nobody is removed, coordinators hear later, and it settles by itself ([NH] rule 35)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from groups.models import GroupLead
from intake.services_apart import note_apart
from privacy.choices import HoldKind
from privacy.models import Hold
from psp.audit.models import Entry
from psp.errors import Conflict
from sessions.models import GroupSession
from supporters.may_lead import services as services_may_lead
from supporters.may_lead.querysets import NEAR
from supporters.may_lead.services import check_morning, concerns, forget, take_concern
from supporters.models import CareSetting, LeadConcern, Leave, Pairing, Pause, SupervisionMeeting
from supporters.tasks import check_morning as task
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator():
    return make.a_coordinator()


@pytest.fixture
def supervisor():
    return make.a_supervisor(name="Robin Alongside")


def days(number: int):
    return timezone.localdate() + timedelta(days=number)


def leads(coordinator, lead, *, in_days: int = 5, role: str = "facilitator", number: int = 1) -> GroupSession:
    group = make.a_group(coordinator)
    GroupLead.objects.create(group=group, user=lead, role=role)
    start = timezone.now() + timedelta(days=in_days)
    return GroupSession.objects.create(
        group=group, number=number, starts_at=start, ends_at=start + timedelta(hours=2)
    )  # fmt: skip


def late(supervisor, coordinator, **fields):
    """Leads soon, and supervision is overdue."""
    lead = make.ready_to_lead(make.a_newcomer(name="Lou Leads"), supervisor=supervisor)
    Pairing.objects.filter(user=lead).update(since=days(-40))
    leads(coordinator, lead, **fields)
    return lead


def morning(number: int = 0) -> None:
    check_morning(timezone.now() + timedelta(days=number))


# What is found ------------------------------------------------------------------------------------------------


def test_whoever_may_lead_on_every_day_raises_nothing(coordinator):
    leads(coordinator, make.a_facilitator())
    morning()
    assert not LeadConcern.objects.exists()


def test_supervisor_has_a_task_and_nobody_stops_leading(coordinator, supervisor):
    lead = late(supervisor, coordinator)
    morning()
    row = LeadConcern.objects.get()
    assert (row.user, row.lacks, row.first_day, row.state) == (lead, ["supervision_overdue"], days(5), "open")
    assert GroupLead.objects.filter(user=lead).count() == 1


def test_day_on_which_something_ends_between_two_sessions_is_the_first_one_led_after_it(coordinator, supervisor):
    """In time today and at the first session; late at the second."""
    lead = make.ready_to_lead(make.a_newcomer(), supervisor=supervisor)
    SupervisionMeeting.objects.create(
        user=lead, supervisor=supervisor, kind="one", held_on=days(-15), minutes=60
    )  # fmt: skip
    first = leads(coordinator, lead, in_days=4)
    start = first.starts_at + timedelta(days=6)
    GroupSession.objects.create(group=first.group, number=2, starts_at=start, ends_at=start + timedelta(hours=2))
    found = concerns(timezone.localdate())[lead.pk]
    assert found.first_day == days(10)
    assert [one.number for one in found.missing] == [11]


def test_days_without_a_session_raise_nothing(coordinator, supervisor):
    lead = make.ready_to_lead(make.a_newcomer(), supervisor=supervisor)
    leads(coordinator, lead, in_days=10)
    Leave.objects.create(user=lead, kind="paid", first_day=days(1), last_day=days(3), noted_by=supervisor)
    assert concerns(timezone.localdate()) == {}


def test_session_after_the_fortnight_or_called_off_raises_nothing(coordinator, supervisor):
    late(supervisor, coordinator, in_days=15)
    other = late(supervisor, coordinator, in_days=3)
    GroupSession.objects.filter(group__leads__user=other).update(state="cancelled")
    assert concerns(timezone.localdate()) == {}


def test_clinician_raises_what_concerns_clinicians_alone(coordinator):
    clinician = make.a_new_clinician()
    leads(coordinator, clinician, role="clinician")
    (found,) = concerns(timezone.localdate()).values()
    assert found.lacks == ["agreement"]


def test_pairs_who_must_not_meet_are_never_in_it(coordinator, supervisor):
    """Known to coordinators of the region and to nobody else ([NH] rule 24)."""
    lead = make.ready_to_lead(make.a_newcomer(), supervisor=supervisor)
    session = leads(coordinator, lead)
    member = make.an_accepted_participant(by=coordinator)
    make.add_member(group=session.group, participant=member, by=coordinator)
    note_apart(participant=member, other=lead, by=coordinator)
    assert concerns(timezone.localdate()) == {}


# How it goes on ------------------------------------------------------------------------------------------------


def test_twice_in_a_morning_is_as_once(coordinator, supervisor):
    late(supervisor, coordinator)
    morning()
    before, entries = LeadConcern.objects.values().get(), Entry.objects.count()
    morning()
    task()
    assert LeadConcern.objects.values().get() == before
    assert Entry.objects.count() == entries


def test_broken_off_half_way_the_next_run_does_the_rest(coordinator, supervisor, monkeypatch):
    people = [late(supervisor, coordinator) for _one in range(3)]
    begin = services_may_lead._begin
    done: list[object] = []

    def dies(*args):
        if done:
            raise KeyboardInterrupt
        done.append(args)
        begin(*args)

    monkeypatch.setattr(services_may_lead, "_begin", dies)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        morning()
    monkeypatch.undo()
    morning()
    assert set(LeadConcern.objects.values_list("user", flat=True)) == {one.pk for one in people}


def test_it_settles_by_itself_once_the_answer_is_yes(coordinator, supervisor):
    lead = late(supervisor, coordinator)
    morning()
    SupervisionMeeting.objects.create(
        user=lead, supervisor=supervisor, kind="one", held_on=days(0), minutes=60
    )  # fmt: skip
    morning()
    row = LeadConcern.objects.get()
    assert row.state == "settled"
    assert row.settled_at is not None
    SupervisionMeeting.objects.filter(user=lead).delete()
    morning()
    assert LeadConcern.objects.standing().get().lacks == ["supervision_overdue"]
    assert LeadConcern.objects.count() == 2


def test_pause_is_written_nowhere_and_told_to_no_supervisor(client, coordinator, supervisor):
    paused, both = make.ready_to_lead(make.a_newcomer(), supervisor=supervisor), late(supervisor, coordinator)
    leads(coordinator, paused)
    for one in (paused, both):
        Pause.objects.create(user=one)
    morning()
    assert LeadConcern.objects.get().user_id == both.pk
    assert LeadConcern.objects.get().lacks == ["supervision_overdue"]
    make.sign_in(client, supervisor)
    page = client.get("/en/care/").content.decode()
    assert "overdue" in page
    assert not re.search(r"pause", page, re.I)


def test_it_settles_when_somebody_else_leads_instead(coordinator, supervisor):
    lead = late(supervisor, coordinator)
    morning()
    GroupLead.objects.filter(user=lead).delete()
    morning()
    assert LeadConcern.objects.get().state == "settled"


def test_clock_that_moves_brings_the_day_nearer_and_back(coordinator, supervisor):
    """A worker whose clock was wrong for a morning leaves no trace of it."""
    lead = late(supervisor, coordinator, in_days=12)
    morning()
    with time_machine.travel(timezone.now() - timedelta(days=3)):
        check_morning(timezone.now())
    assert not LeadConcern.objects.standing().exists()
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        check_morning(timezone.now())
    assert LeadConcern.objects.standing().get().user == lead


def test_taking_it_says_who_supports_and_another_may_take_over(coordinator, supervisor):
    late(supervisor, coordinator)
    morning()
    row = take_concern(concern=LeadConcern.objects.get(), by=supervisor)
    assert (row.state, row.taken_by) == ("taken", supervisor)
    morning()
    row.refresh_from_db()
    assert (row.state, row.taken_by) == ("taken", supervisor)


def test_taking_what_is_settled_is_refused(coordinator, supervisor):
    late(supervisor, coordinator)
    morning()
    row = LeadConcern.objects.get()
    GroupLead.objects.all().delete()
    morning()
    with pytest.raises(Conflict):
        take_concern(concern=row, by=supervisor)


def test_settled_ones_are_forgotten_after_a_while(coordinator, supervisor):
    row = make.a_concern(supervisor=supervisor, state="settled", settled_at=timezone.now() - timedelta(days=91))
    make.a_concern(supervisor=supervisor, state="settled", settled_at=timezone.now() - timedelta(days=89))
    hold = Hold.objects.create(person=row.user, kind=HoldKind.COMPLAINT, opened_by=make.a_privacy_officer())
    assert forget(timezone.now()) == 0
    hold.delete()
    assert forget(timezone.now()) == 1
    assert not LeadConcern.objects.filter(pk=row.pk).exists()


# Who sees it ------------------------------------------------------------------------------------------------


def test_own_supervisor_sees_it_and_no_other(coordinator, supervisor):
    late(supervisor, coordinator)
    morning()
    assert LeadConcern.objects.visible_to(supervisor).count() == 1
    for other in (make.a_supervisor(), coordinator, make.an_analyst(), LeadConcern.objects.get().user):
        assert not LeadConcern.objects.visible_to(other).exists()


def test_whoever_has_no_supervisor_is_seen_by_all_of_them(coordinator):
    lead = make.a_newcomer()
    leads(coordinator, lead)
    morning()
    supervisors = [make.a_supervisor(), make.a_supervisor()]
    assert all(LeadConcern.objects.visible_to(one).count() == 1 for one in supervisors)


def test_supervisor_who_leads_does_not_support_themselves(coordinator):
    both = make.with_role(make.a_newcomer(), "supervisor")
    leads(coordinator, both)
    morning()
    assert not LeadConcern.objects.visible_to(both).exists()
    row = LeadConcern.objects.get()
    with pytest.raises(LeadConcern.DoesNotExist):
        take_concern(concern=row, by=both)
    with pytest.raises(IntegrityError, match="lead_concern_taken_by_another"), transaction.atomic():
        LeadConcern.objects.update(taken_by=both, taken_at=timezone.now(), state="taken")


@pytest.mark.parametrize(("in_days", "after", "told"), [(10, 0, False), (10, 2, False), (10, 3, True), (2, 0, True)])
def test_coordinators_hear_after_the_supervisor_had_time_or_when_the_session_is_near(
    coordinator, supervisor, in_days, after, told
):
    late(supervisor, coordinator, in_days=in_days)
    morning()
    now = timezone.now() + timedelta(days=after)
    assert LeadConcern.objects.after_support(now, timezone.localdate(now) + NEAR).exists() is told


def test_settings_say_how_long_support_comes_first(coordinator, supervisor):
    late(supervisor, coordinator, in_days=10)
    morning()
    now = timezone.now() + timedelta(days=4)
    assert LeadConcern.objects.after_support(now, days(0)).exists()
    CareSetting.objects.update(support_first_days=5)
    assert not LeadConcern.objects.after_support(now, days(0)).exists()


def test_card_of_supervisors_says_what_is_missing_and_the_button_works(client, coordinator, supervisor):
    late(supervisor, coordinator)
    morning()
    make.sign_in(client, supervisor)
    page = client.get("/en/care/").content.decode()
    assert "Lou Leads" in page
    assert "Supervision is overdue by" in page
    row = LeadConcern.objects.get()
    client.post(f"/en/care/leading/{row.pk}/take/")
    assert "You support them" in client.get("/en/care/").content.decode()


def test_card_shows_no_more_what_was_mended_since_the_morning(client, coordinator, supervisor):
    lead = late(supervisor, coordinator)
    morning()
    Pairing.objects.filter(user=lead).update(since=days(0))
    make.sign_in(client, supervisor)
    assert "Before they lead again" not in client.get("/en/care/").content.decode()


def test_number_of_questions_does_not_depend_on_how_many_lead(coordinator, supervisor, django_assert_max_num_queries):
    for _one in range(4):
        late(supervisor, coordinator)
    with django_assert_max_num_queries(18):
        assert len(concerns(timezone.localdate())) == 4
