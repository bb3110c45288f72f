"""Somebody cannot lead: the session needs somebody else, and nobody is told why ([NH] rule 32)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from contact.models import OutboxMessage
from contact.registry import still_makes_sense
from groups import services as groups
from groups.choices import LeadRole
from intake.services_apart import note_apart
from psp.audit.models import Entry
from psp.choices import Role
from psp.errors import DomainError, Forbidden
from psp.models import ProgramRegion, User
from sessions import cover_of_person, services, services_cover
from sessions.choices_cover import CoverState
from sessions.forgetting import forget
from sessions.models import Booking, Cover, Debrief, GroupSession
from sessions.services_attendance import record_attendance
from sessions.services_cover import (
    can_lead_after_all,
    cannot_lead,
    check_alone,
    lead_by_others,
    leads_alone,
    reopen,
    stand_in,
    theirs_again,
)
from sessions.services_debrief import keep_debrief
from sessions.standing_in import who_could
from supporters import hooks
from supporters.calendar import led
from supporters.choices import TextKind
from supporters.hours.services_leave import ask_leave, take_back_leave
from supporters.models import Leave, Supporter
from supporters.wellbeing.services_pause import come_back, pause_role
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moving:
        yield moving


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC")


@pytest.fixture
def group(coordinator):
    return a_planned_group(coordinator)


def a_planned_group(by: User, *, leads: int = 1, starts_on: date = date(2026, 12, 1)):
    group = groups.establish(group=make.a_formal_group(by, members=4, leads=leads, starts_on=starts_on), by=by)
    services.schedule_series(group=group, by=by)
    return group


@pytest.fixture
def lead(group):
    return User.objects.get(pk=group.leads.get().user_id)


@pytest.fixture
def session(group):
    return group.sessions.order_by("number").first()


def states(lead) -> list[str]:
    return list(Cover.objects.filter(lead=lead).order_by("session__number").values_list("state", flat=True))


def day_of(session) -> date:
    return session.starts_at.astimezone(ZoneInfo("America/Toronto")).date()


def cover_of(session) -> Cover:
    return Cover.objects.get(session=session)


# --- A pause --------------------------------------------------------------------------------------


def test_a_pause_makes_a_task_of_every_session_that_has_not_begun(group, lead):
    pause_role(user=lead, by=lead)
    pause_role(user=lead, by=lead)
    assert states(lead) == ["open"] * 10
    assert not GroupSession.objects.to_lead(lead).exists()
    assert not {"reason", "why", "note", "cause", "kind"} & {one.name for one in Cover._meta.get_fields()}


def test_a_pause_during_a_session_takes_effect_for_what_comes_after(lead, session, coordinator, clock):
    clock.move_to(session.starts_at + timedelta(minutes=20))
    pause_role(user=lead, by=lead)
    assert len(states(lead)) == 9
    assert session in GroupSession.objects.to_lead(lead)
    someone = session.group.memberships.first().participant_id
    record_attendance(session=session, by=lead, statuses={someone: "present"})
    clock.move_to(session.ends_at + timedelta(minutes=5))
    assert keep_debrief(session=session, by=lead, how="hard") is not None


def test_coming_back_ends_what_nobody_took_and_leaves_what_was_taken(lead, session, coordinator):
    pause_role(user=lead, by=lead)
    stand_in(cover=cover_of(session), user=(other := make.a_facilitator()), by=coordinator)
    come_back(user=lead, by=lead)
    assert states(lead) == ["taken"] + ["not_needed"] * 9
    assert session not in GroupSession.objects.to_lead(lead)
    assert session in GroupSession.objects.to_lead(other)


def test_leave_and_a_word_of_ones_own_outlast_a_pause(lead, group):
    first, second, third = group.sessions.order_by("number")[:3]
    cannot_lead(session=first, by=lead)
    day = day_of(second)
    Leave.objects.create(user=lead, kind="sick", state="sure", first_day=day, last_day=day, noted_by=lead)
    pause_role(user=lead, by=lead)
    come_back(user=lead, by=lead)
    assert states(lead)[:3] == ["open", "open", "not_needed"]
    assert third in GroupSession.objects.to_lead(lead)


def test_pausing_again_opens_again_what_had_ended(lead):
    for _time in range(2):
        pause_role(user=lead, by=lead)
        assert states(lead) == ["open"] * 10
        come_back(user=lead, by=lead)
        assert states(lead) == ["not_needed"] * 10


def test_leave_makes_tasks_of_its_days_only(lead, group):
    second = group.sessions.order_by("number")[1]
    day = day_of(second)
    hooks.away(lead, day - timedelta(days=1), day, by=lead)
    assert [one.session for one in Cover.objects.filter(lead=lead)] == [second]


def test_the_end_of_a_role_makes_tasks_of_everything_to_come(lead):
    hooks.ended(lead, by=lead)
    assert states(lead) == ["open"] * 10


def test_what_is_planned_during_a_pause_is_a_task_too(coordinator, clock):
    other = a_planned_group(coordinator, starts_on=date(2027, 1, 5))
    lead = User.objects.get(pk=other.leads.get().user_id)
    pause_role(user=lead, by=lead)
    services.add_session(group=other, by=coordinator, starts_at=datetime(2027, 4, 10, 23, tzinfo=UTC))
    assert len(states(lead)) == 10
    services_cover.mind(timezone.now())
    services_cover.mind(timezone.now())
    assert states(lead) == ["open"] * 11


def test_what_is_planned_after_the_end_of_a_role_is_a_task_too(coordinator):
    other = a_planned_group(coordinator, starts_on=date(2027, 1, 5))
    lead = User.objects.get(pk=other.leads.get().user_id)
    region = ProgramRegion.objects.get(code="QC")
    Supporter.objects.update_or_create(user=lead, defaults={"program_region": region, "state": "ended"})
    lead.roles.all().delete()
    hooks.ended(lead, by=lead)
    services.add_session(group=other, by=coordinator, starts_at=datetime(2027, 4, 10, 23, tzinfo=UTC))
    services_cover.mind(timezone.now())
    services_cover.mind(timezone.now())
    assert states(lead) == ["open"] * 11


def test_leave_that_is_taken_back_gives_the_sessions_back_but_not_during_a_pause(lead, session):
    day = day_of(session)
    leave = ask_leave(user=lead, by=lead, kind="sick", first_day=day, last_day=day)
    assert states(lead) == ["open"]
    take_back_leave(leave=leave, by=lead)
    assert states(lead) == ["not_needed"]
    again = ask_leave(user=lead, by=lead, kind="sick", first_day=day, last_day=day)
    pause_role(user=lead, by=lead)
    take_back_leave(leave=again, by=lead)
    assert states(lead) == ["open"] * 10


def test_a_session_cannot_be_taken_back_while_a_pause_or_leave_makes_it_a_task_again(lead, group):
    first, second = group.sessions.order_by("number")[:2]
    pause_role(user=lead, by=lead)
    with pytest.raises(DomainError) as caught:
        can_lead_after_all(session=first, by=lead)
    assert caught.value.code == "away"
    come_back(user=lead, by=lead)
    day = day_of(second)
    ask_leave(user=lead, by=lead, kind="sick", first_day=day, last_day=day)
    with pytest.raises(DomainError) as caught:
        can_lead_after_all(session=second, by=lead)
    assert caught.value.code == "away"


@pytest.mark.django_db(transaction=True)
def test_pausing_from_two_pages_at_once_is_one_task_for_each_session():
    coordinator = make.a_coordinator("QC")
    group, gate = a_planned_group(coordinator), Barrier(4)
    lead = User.objects.get(pk=group.leads.get().user_id)

    def pause(_number: int) -> None:
        gate.wait()
        try:
            pause_role(user=lead, by=lead)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(pause, range(4)))
    assert states(lead) == ["open"] * 10


# --- One session ----------------------------------------------------------------------------------


def test_one_session_is_said_and_taken_back_while_nobody_took_it(lead, session, coordinator):
    cannot_lead(session=session, by=lead)
    cannot_lead(session=session, by=lead)
    assert states(lead) == ["open"]
    can_lead_after_all(session=session, by=lead)
    can_lead_after_all(session=session, by=lead)
    assert states(lead) == ["not_needed"]
    cannot_lead(session=session, by=lead)
    stand_in(cover=cover_of(session), user=make.a_facilitator(), by=coordinator)
    with pytest.raises(DomainError) as caught:
        can_lead_after_all(session=session, by=lead)
    assert caught.value.code == "taken_care_of"


def test_what_has_begun_is_led_to_its_end_and_strangers_say_nothing(lead, session, clock):
    with pytest.raises(Forbidden):
        cannot_lead(session=session, by=make.a_facilitator())
    clock.move_to(session.starts_at)
    with pytest.raises(DomainError) as caught:
        cannot_lead(session=session, by=lead)
    assert caught.value.code == "begun"


def test_what_a_coordinator_decided_only_a_coordinator_takes_back(lead, session, group, coordinator):
    pause_role(user=lead, by=lead)
    assert lead_by_others(group=group.pk, user=lead, by=coordinator) == 10
    assert lead_by_others(group=group.pk, user=lead, by=coordinator) == 10
    come_back(user=lead, by=lead)
    assert states(lead) == ["open"] * 10, "a pause that ends gives nothing back"
    with pytest.raises(DomainError) as caught:
        can_lead_after_all(session=session, by=lead)
    assert caught.value.code == "taken_care_of"
    assert group.leads.filter(user=lead).exists()
    for other in (lead, make.a_coordinator("ON"), make.a_facilitator()):
        for act in (lambda who: lead_by_others(group=group.pk, user=lead, by=who),
                    lambda who: theirs_again(cover=cover_of(session), by=who)):  # fmt: skip
            with pytest.raises(Forbidden):
                act(other)
    stand_in(cover=cover_of(session), user=make.a_facilitator(), by=coordinator)
    theirs_again(cover=cover_of(session), by=coordinator)
    assert states(lead) == ["not_needed"] + ["open"] * 9
    assert session in GroupSession.objects.to_lead(lead)
    cannot_lead(session=session, by=lead)
    with pytest.raises(DomainError) as caught:
        theirs_again(cover=cover_of(session), by=coordinator)
    assert caught.value.code == "not_decided", "nobody says for somebody that they can lead"


# --- Who stands in --------------------------------------------------------------------------------


def test_who_stands_in_sees_this_session_alone_and_does_all_that_leading_it_is(lead, session, coordinator, clock):
    cannot_lead(session=session, by=lead)
    other = make.a_facilitator()
    stand_in(cover=cover_of(session), user=other, by=coordinator)
    stand_in(cover=cover_of(session), user=other, by=coordinator)
    assert list(GroupSession.objects.led_by(other)) == [session]
    assert not type(session.group).objects.visible_to(other).exists()
    assert [one.session for one in led([other.pk], NOW, NOW + timedelta(days=90))] == [session.pk]
    assert session.pk not in [one.session for one in led([lead.pk], NOW, NOW + timedelta(days=90))]
    clock.move_to(session.starts_at + timedelta(minutes=20))
    someone = session.group.memberships.first().participant_id
    record_attendance(session=session, by=other, statuses={someone: "present"})
    keep_debrief(session=session, by=other, how="well")
    assert Debrief.objects.get().lead_id == other.pk
    with pytest.raises(Forbidden):
        record_attendance(session=session, by=lead, statuses={someone: "absent"})
    with pytest.raises(Forbidden):
        keep_debrief(session=session, by=lead, how="well")


def told_of_a_date(user) -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(person=user, template_id="session_added").order_by("created_at", "key"))


def test_who_stands_in_is_told_of_a_new_date_for_as_long_as_they_do(lead, session, coordinator):
    cannot_lead(session=session, by=lead)
    cover, other = cover_of(session), make.a_facilitator()
    for _press in range(2):
        stand_in(cover=cover, user=other, by=coordinator)
    (message,) = told_of_a_date(other)
    assert set(message.context) == {"at", "session", "revision"}, "of the one who cannot, nothing"
    assert still_makes_sense(message)
    reopen(cover=cover, by=coordinator)
    assert not still_makes_sense(message)
    stand_in(cover=cover, user=other, by=coordinator)
    assert len(told_of_a_date(other)) == 2
    cannot_lead(session=session, by=other)
    assert not any(still_makes_sense(one) for one in told_of_a_date(other))
    assert not told_of_a_date(lead)


def test_who_heard_that_they_stand_in_hears_that_they_do_not_any_more(lead, session, coordinator):
    def not_theirs(user) -> list[OutboxMessage]:
        return list(OutboxMessage.objects.filter(person=user, template_id="session_not_yours"))

    cannot_lead(session=session, by=lead)
    cover, one, two, three = cover_of(session), *(make.a_facilitator() for _one in range(3))
    stand_in(cover=cover, user=one, by=coordinator)
    stand_in(cover=cover, user=two, by=coordinator)
    assert not not_theirs(one), "nobody is told of the end of what they never heard of"
    OutboxMessage.objects.filter(person=two).update(state="sent")
    reopen(cover=cover, by=coordinator)
    (message,) = not_theirs(two)
    assert still_makes_sense(message)
    stand_in(cover=cover, user=two, by=coordinator)
    assert not still_makes_sense(message)
    stand_in(cover=cover, user=three, by=coordinator)
    OutboxMessage.objects.filter(person=three).update(state="sent")
    cannot_lead(session=session, by=three)
    assert not not_theirs(three), "they said so themselves"


def refused(cover, user, by) -> str:
    with pytest.raises(DomainError) as caught:
        stand_in(cover=cover, user=user, by=by)
    assert user not in who_could(cover, by)
    return caught.value.code


def test_not_everybody_may_stand_in(lead, session, group, coordinator):
    cannot_lead(session=session, by=lead)
    cover, away, taken = cover_of(session), make.a_facilitator(), make.a_facilitator()
    assert refused(cover, make.a_coordinator(), coordinator) == "lead_role"
    assert refused(cover, lead, coordinator) == "leads_anyway"
    pause_role(user=away, by=away)
    assert refused(cover, away, coordinator) == "not_available"
    on_leave, day = make.a_facilitator(), day_of(session)
    Leave.objects.create(user=on_leave, kind="sick", state="sure", first_day=day, last_day=day, noted_by=on_leave)
    assert refused(cover, on_leave, coordinator) == "not_available"
    other = make.a_formal_group(coordinator, members=4, leads=0, starts_on=date(2026, 12, 1))
    groups.add_lead(group=other, user=taken, role=LeadRole.FACILITATOR, by=coordinator)
    services.schedule_series(group=groups.establish(group=other, by=coordinator), by=coordinator)
    assert refused(cover, taken, coordinator) == "not_free"


def test_whoever_may_not_lead_stands_in_for_nothing(lead, session, coordinator):
    cannot_lead(session=session, by=lead)
    cover, not_ready = cover_of(session), make.with_role(make.a_user(kind="supporter"), "supporter")
    assert refused(cover, not_ready, coordinator) == "may_not_lead"


def test_whoever_must_not_meet_a_member_stands_in_for_nothing_with_them(lead, session, coordinator):
    cannot_lead(session=session, by=lead)
    cover, other = cover_of(session), make.a_facilitator()
    member = session.group.memberships.first().participant
    note_apart(participant=member, other=other, by=coordinator)
    assert refused(cover, other, coordinator) == "lead_kept_apart"


def test_whoever_stands_in_and_must_not_any_more_is_freed_and_the_task_is_open_again(lead, session, coordinator):
    cannot_lead(session=session, by=lead)
    other = make.a_facilitator()
    stand_in(cover=cover_of(session), user=other, by=coordinator)
    note_apart(participant=session.group.memberships.first().participant, other=other, by=coordinator)
    services_cover.mind(timezone.now())
    cover = cover_of(session)
    assert (cover.state, cover.stand_in) == (CoverState.OPEN, None)
    assert not GroupSession.objects.led_by(other).exists()


def test_a_stand_in_who_pauses_or_cannot_either_opens_the_task_again(lead, session, coordinator):
    cannot_lead(session=session, by=lead)
    one, two = make.a_facilitator(), make.a_facilitator()
    stand_in(cover=cover_of(session), user=one, by=coordinator)
    pause_role(user=one, by=one)
    assert cover_of(session).state == CoverState.OPEN
    stand_in(cover=cover_of(session), user=two, by=coordinator)
    assert cannot_lead(session=session, by=two) is None
    assert cover_of(session).state == CoverState.OPEN
    assert Cover.objects.count() == 1


def test_whoever_stands_in_is_taken_at_that_time(lead, session, coordinator):
    cannot_lead(session=session, by=lead)
    other = make.a_facilitator()
    stand_in(cover=cover_of(session), user=other, by=coordinator)
    assert Booking.objects.filter(holder=other.pk, group=session.group).count() == 1
    reopen(cover=cover_of(session), by=coordinator)
    assert not Booking.objects.filter(holder=other.pk).exists()


def test_the_other_lead_leads_alone_where_one_may(coordinator):
    group = a_planned_group(coordinator, leads=2)
    one, two = (User.objects.get(pk=lead.user_id) for lead in group.leads.order_by("pk"))
    session = group.sessions.order_by("number").first()
    cannot_lead(session=session, by=one)
    cover = Cover.objects.get(lead=one)
    assert leads_alone(cover=cover, by=coordinator).state == CoverState.ALONE
    reopen(cover=cover, by=coordinator)
    cannot_lead(session=session, by=two)
    with pytest.raises(DomainError) as caught:
        leads_alone(cover=cover, by=coordinator)
    assert caught.value.code == "nobody_else"
    can_lead_after_all(session=session, by=two)
    check_alone(cover)
    cover.session.group.kind = "informal"
    with pytest.raises(DomainError) as caught:
        check_alone(cover)
    assert caught.value.code == "two_lead"


def test_only_coordinators_of_the_region_take_care_of_it(lead, session, coordinator):
    cannot_lead(session=session, by=lead)
    other = make.a_facilitator()
    for who in (make.a_coordinator("ON"), lead, other, make.an_analyst()):
        for act in (lambda who: stand_in(cover=cover_of(session), user=other, by=who),
                    lambda who: reopen(cover=cover_of(session), by=who),
                    lambda who: leads_alone(cover=cover_of(session), by=who)):  # fmt: skip
            with pytest.raises(Forbidden):
                act(who)
    assert not Cover.objects.in_regions_of(make.a_coordinator("ON")).exists()
    assert Cover.objects.in_regions_of(coordinator).exists()


def test_what_is_over_or_cancelled_needs_nobody(lead, session, coordinator):
    cannot_lead(session=session, by=lead)
    services.cancel_session(session=session, by=coordinator)
    assert not Cover.objects.open().still_to_come(timezone.now()).exists()
    with pytest.raises(DomainError) as caught:
        stand_in(cover=cover_of(session), user=make.a_facilitator(), by=coordinator)
    assert caught.value.code == "cover_over"


# --- Messages, calendar, what is left -------------------------------------------------------------


def test_calendar_and_news_follow_whoever_leads(lead, session, coordinator):
    cannot_lead(session=session, by=lead)
    other = make.a_clinician()
    group = session.group
    groups.add_lead(group=group, user=other, role=LeadRole.CLINICIAN, by=coordinator)
    standing = make.a_facilitator()
    stand_in(cover=cover_of(session), user=standing, by=coordinator)
    assert session not in GroupSession.objects.in_calendar_of(lead)
    assert session in GroupSession.objects.in_calendar_of(standing)
    services.move_session(session=session, by=coordinator, starts_at=session.starts_at + timedelta(hours=1))
    told = set(OutboxMessage.objects.filter(template_id="session_moved").values_list("person_id", flat=True))
    assert standing.pk in told
    assert other.pk in told
    assert lead.pk not in told


def test_the_access_log_names_the_session_and_no_reason(lead, session):
    pause_role(user=lead, by=lead)
    said = Entry.objects.filter(person=lead.pk).exclude(model="groups.grouplead").values_list("model", "fields")
    assert set(said) == {("psp.user", ""), ("peer_sessions.cover", "")}


def test_the_database_lets_nothing_else_stand(lead, session):
    cannot_lead(session=session, by=lead)
    rows = Cover.objects.filter(session=session)
    for change, name in (
        ({"state": "taken"}, "cover_taken_by_somebody"), ({"stand_in": lead}, "cover_"),
        ({"state": "taken", "stand_in": lead}, "cover_by_another"), ({"state": "gone"}, "cover_state_known"),
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError, match="cover_once"), transaction.atomic():
        Cover.objects.create(pk=uuid4(), session=session, lead=lead)


def test_erasing_somebody_leaves_the_sessions_and_opens_what_they_stood_in_for(lead, session, coordinator):
    cannot_lead(session=session, by=lead)
    other = make.a_facilitator()
    stand_in(cover=cover_of(session), user=other, by=coordinator)
    cover_of_person.erase(other)
    assert cover_of(session).state == CoverState.OPEN
    cover_of_person.erase(lead)
    assert not Cover.objects.exists()
    assert GroupSession.objects.filter(pk=session.pk).exists()


def test_what_would_tell_of_a_pause_long_after_it_goes_by_itself(lead, session, coordinator, clock):
    pause_role(user=lead, by=lead)
    stand_in(cover=cover_of(session), user=make.a_facilitator(), by=coordinator)
    come_back(user=lead, by=lead)
    forget(timezone.now())
    assert len(states(lead)) == 10
    forget(timezone.now() + timedelta(days=1))
    assert states(lead) == ["taken"], "who led is asked for as long as hours can be noted"
    forget(session.ends_at + timedelta(days=366))
    assert states(lead) == ["taken"]
    forget(session.ends_at + timedelta(days=400))
    assert states(lead) == []


def test_role_of_a_clinician_makes_nobody_a_stand_in_who_is_not_ready_as_a_peer(session, coordinator):
    clinician, other = make.a_clinician(), make.a_clinician()
    unready = make.acknowledge(make.with_role(make.a_newcomer(), Role.CLINICIAN), TextKind.AGREEMENT_STAFF)
    groups.add_lead(group=session.group, user=clinician, role=LeadRole.CLINICIAN, by=coordinator)
    cannot_lead(session=session, by=clinician)
    cover = Cover.objects.get(session=session, lead=clinician)
    assert who_could(cover, coordinator) == [other]
    with pytest.raises(DomainError):
        stand_in(cover=cover, user=unready, by=coordinator)
    assert stand_in(cover=cover, user=other, by=coordinator).stand_in == other
