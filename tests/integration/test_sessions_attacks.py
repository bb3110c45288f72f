"""What somebody tries who means harm, is curious, or clicks twice: sessions and what follows them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from contact.models import OutboxMessage
from contact.reminding import plan, still_due_among
from contact.services import set_safe_contact
from groups.models import Membership, PeerGroup
from groups.services import add_lead, add_member, complete, leave_group
from intake.services_apart import note_apart
from psp.choices import Role
from psp.errors import DomainError
from psp.feedback_rules import new_nonce
from psp.models import RoleAssignment
from sessions import changes_told, services_feedback
from sessions.choices import CallOffer, DropInState, SessionState, SupportState
from sessions.models import Attendance, Debrief, DropIn, FeedbackBox, FollowUpOffer, GroupSession
from sessions.reminders import SOURCE
from sessions.services import cancel_session, move_session
from sessions.services_attendance import record_attendance
from sessions.services_debrief import end, keep_debrief
from sessions.services_drop_in import come_by_code, make_code
from sessions.services_follow_up import answer, offer_calls, still_offered
from sessions.services_video import type_link
from tests import factories as make
from tests.browser import Browser

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 2, 3, 20, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_february():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC")


@pytest.fixture
def lead():
    return make.a_facilitator(name="Dominique", language="en")


def informal(coordinator, **fields):
    said = {"language": "en", "consents": ("taking_part", "contact_email")} | fields
    return make.an_accepted_participant(services=["informal"], by=coordinator, **said)


@pytest.fixture
def group(coordinator, lead) -> PeerGroup:
    made = make.a_group(coordinator, kind="informal", starts_on=date(2027, 1, 12))
    add_lead(group=made, user=lead, role="facilitator", by=coordinator)
    for _place in range(2):
        add_member(group=made, participant=informal(coordinator), by=coordinator)
    made.memberships.update(joined_at=NOW - timedelta(days=60))
    PeerGroup.objects.filter(pk=made.pk).update(state="established", established_at=NOW - timedelta(days=50))
    return PeerGroup.objects.get(pk=made.pk)


@pytest.fixture
def person(group):
    return group.memberships.first().participant


def a_session(group, *, begins: timedelta, number: int = 1) -> GroupSession:
    start = NOW + begins
    return GroupSession.objects.create(group=group, number=number, starts_at=start, ends_at=start + timedelta(hours=1))


def signed_in(user) -> Browser:
    browser = Browser()
    make.sign_in(browser, user)
    return browser


# --- At the door ----------------------------------------------------------------------------------


def test_somebody_who_left_meets_nobody_by_coming_back_with_a_code(coordinator, group, lead, person):
    """Their place of long ago was judged among others than those who are there today."""
    session = a_session(group, begins=timedelta(0))
    with time_machine.travel(NOW - timedelta(days=30)):
        leave_group(membership=Membership.objects.get(group=group, participant=person), by=person.user)
    other = group.memberships.exclude(participant=person).get().participant
    note_apart(participant=other, other=person.user, by=coordinator)
    _made, code = make_code(participant=person, by=person.user)
    assert not come_by_code(session=session, code=code, by=lead)
    assert not Attendance.objects.exists()
    assert DropIn.objects.get().state == DropInState.ASKED


def test_door_of_a_session_of_another_day_is_shut(coordinator, group, lead):
    """A page of last week that still lies open must not note somebody as having been there."""
    last_week, today = a_session(group, begins=timedelta(days=-7)), a_session(group, begins=timedelta(0), number=2)
    guest = informal(coordinator)
    _made, code = make_code(participant=guest, by=guest.user)
    with pytest.raises(DomainError, match="session_over"):
        come_by_code(session=last_week, code=code, by=lead)
    assert come_by_code(session=today, code=code, by=lead)


# --- Support now ----------------------------------------------------------------------------------


@pytest.fixture
def supervisor():
    return make.with_role(make.a_user(name="Robin", language="en"), Role.SUPERVISOR)


def test_changing_a_word_afterwards_asks_for_no_support_again(group, lead, supervisor):
    session = a_session(group, begins=timedelta(hours=-2))
    row = keep_debrief(session=session, by=lead, how="hard", supervisor=supervisor)
    end(debrief=row, by=supervisor)
    page = signed_in(lead).get(f"/en/lead/sessions/{session.pk}/debrief/").content.decode()
    chosen = [line for line in page.split("<input") if 'name="supervisor"' in line and "checked" in line]
    assert not any(str(supervisor.pk) in line for line in chosen)


def test_support_asked_of_somebody_who_stopped_supervising_is_not_lost_silently(coordinator, group, lead, supervisor):
    session = a_session(group, begins=timedelta(hours=-2))
    keep_debrief(session=session, by=lead, supervisor=supervisor)
    RoleAssignment.objects.get(user=supervisor).delete()
    other = make.with_role(make.a_user(name="Sam", language="en"), Role.SUPERVISOR)
    page = signed_in(lead).get(f"/en/lead/sessions/{session.pk}/debrief/").content.decode()
    assert "is not a supervisor any more" in page
    assert "Robin" in page
    assert Debrief.objects.in_regions_of(coordinator).count() == 1, "a coordinator learns that they want to talk"
    assert not Debrief.objects.in_regions_of(make.a_coordinator("ON")).exists()
    keep_debrief(session=session, by=lead, supervisor=other)
    assert Debrief.objects.get().supervisor == other
    assert not Debrief.objects.in_regions_of(coordinator).exists()
    RoleAssignment.objects.get(user=other).delete()
    signed_in(coordinator).post(f"/en/desk/after-sessions/talks/{Debrief.objects.get().pk}/")
    assert not Debrief.objects.in_regions_of(coordinator).exists()
    assert Debrief.objects.get().support == SupportState.DONE


def test_page_that_lay_open_takes_no_support_back(group, lead, supervisor):
    session = a_session(group, begins=timedelta(hours=-2))
    me, address = signed_in(lead), f"/en/lead/sessions/{session.pk}/debrief/"
    keep_debrief(session=session, by=lead, how="well")
    seen = re.search(r'name="seen" value="([^"]*)"', me.get(address).content.decode())[1]
    me.post(address, {"how": "hard", "supervisor": str(supervisor.pk), "follow_up": "on", "seen": seen})
    me.post(address, {"how": "well", "supervisor": "", "seen": seen})
    row = Debrief.objects.get()
    assert (row.support, row.supervisor, row.told, row.how) == (SupportState.ASKED, supervisor, "open", "well")
    seen = re.search(r'name="seen" value="([^"]*)"', me.get(address).content.decode())[1]
    me.post(address, {"how": "well", "supervisor": "", "seen": seen})
    row.refresh_from_db()
    assert (row.support, row.told) == (SupportState.NONE, "nothing")


# --- A session that moves or ends while something is under way ------------------------------------


def test_nobody_says_how_a_session_was_that_was_moved_away_or_cancelled(coordinator, group, person):
    moved, cancelled = (
        a_session(group, begins=timedelta(hours=-5)),
        a_session(group, begins=timedelta(hours=-3), number=2),
    )
    services_feedback.open_boxes(NOW)
    assert services_feedback.open_sessions(person.user).count() == 2
    nonce = new_nonce()
    slip = services_feedback.hand_slip(session=moved, by=person.user, nonce=nonce)
    move_session(session=moved, by=coordinator, starts_at=NOW + timedelta(days=7))
    cancel_session(session=cancelled, by=coordinator)
    assert not services_feedback.open_sessions(person.user).exists()
    for session in (moved, cancelled):
        with pytest.raises(DomainError, match="over"):
            services_feedback.hand_slip(session=session, by=person.user, nonce=nonce)
    assert services_feedback.look_at(slip).back != services_feedback.Back.GOOD
    services_feedback.empty_boxes(NOW)
    assert not FeedbackBox.objects.exists()
    with time_machine.travel(NOW + timedelta(days=8), tick=False):
        assert services_feedback.open_boxes(NOW + timedelta(days=8)) == 1
        assert list(services_feedback.open_sessions(person.user)) == [moved]


def test_what_was_noted_of_a_day_does_not_move_to_another(coordinator, group, lead, person):
    session = a_session(group, begins=timedelta(hours=2))
    record_attendance(session=session, by=lead, statuses={person.pk: "let_us_know"})
    move_session(session=session, by=coordinator, starts_at=session.starts_at + timedelta(hours=1))
    assert Attendance.objects.exists(), "still the same day"
    move_session(session=session, by=coordinator, starts_at=session.starts_at + timedelta(days=7))
    assert not Attendance.objects.exists()


def test_link_typed_on_a_stale_page_takes_no_notice_back(coordinator, group, person):
    group = PeerGroup.objects.get(pk=group.pk)
    session = a_session(group, begins=timedelta(days=2))
    cancel_session(session=session, by=coordinator)
    with pytest.raises(DomainError, match="session_over"):
        type_link(session=session, by=coordinator, link="https://video.example.org/room")
    notice = OutboxMessage.objects.get(person=person.user, template_id="session_cancelled")
    assert changes_told.still_holds(notice)


def test_place_that_changes_after_a_move_does_not_hide_the_move(coordinator, group, person):
    session = a_session(group, begins=timedelta(days=2))
    move_session(session=session, by=coordinator, starts_at=NOW + timedelta(days=3))
    type_link(session=session, by=coordinator, link="https://video.example.org/room")
    waiting = OutboxMessage.objects.filter(person=person.user, state="waiting")
    assert any(message.template_id == "session_moved" and changes_told.still_holds(message) for message in waiting)


def test_cancelled_after_an_unheard_move_names_the_time_that_people_know(coordinator, group, lead, person):
    session = a_session(group, begins=timedelta(days=2))
    known = session.starts_at
    for days in (5, 6):
        move_session(session=session, by=coordinator, starts_at=NOW + timedelta(days=days))
    second = OutboxMessage.objects.filter(person=lead, template_id="session_moved", state="waiting")
    assert second.update(state="sent", finished_at=NOW) == 1
    cancel_session(session=session, by=coordinator)
    told = {one.person_id: one for one in OutboxMessage.objects.filter(template_id="session_cancelled")}
    assert datetime.fromisoformat(told[person.user_id].context["at"]) == known
    assert told[person.user_id].useful_until == known
    assert datetime.fromisoformat(told[lead.pk].context["at"]) == NOW + timedelta(days=6)
    assert all(changes_told.still_holds(one) for one in told.values())


def test_group_that_ends_cancels_no_session_that_took_place(coordinator, group, lead, person):
    """Closed an hour after its last session, before anybody noted who was there."""
    held, coming = a_session(group, begins=timedelta(hours=-2)), a_session(group, begins=timedelta(days=2), number=2)
    complete(group=group, by=coordinator)
    states = dict(GroupSession.objects.values_list("pk", "state"))
    assert states == {held.pk: SessionState.SCHEDULED, coming.pk: SessionState.CANCELLED}
    record_attendance(session=held, by=lead, statuses={person.pk: "present"})
    assert offer_calls(NOW) == 2


# --- The call afterwards --------------------------------------------------------------------------


def test_call_that_somebody_wishes_is_not_lost_because_nobody_made_it_in_time(coordinator, group, person, settings):
    a_session(group, begins=timedelta(hours=-2))
    offer_calls(NOW)
    offer = FollowUpOffer.objects.get(participant=person)
    answer(offer=offer, by=person.user, wishes=True, times=["evening"])
    late = NOW + timedelta(days=settings.PSP_FOLLOW_UP_DAYS, hours=1)
    with time_machine.travel(late, tick=False):
        offer_calls(late)
        offer.refresh_from_db()
        assert offer.state == CallOffer.WISHED
        assert list(FollowUpOffer.objects.in_regions_of(coordinator)) == [offer]
        answer(offer=offer, by=person.user, wishes=False)
        offer_calls(late)
        offer.refresh_from_db()
        assert offer.state == CallOffer.ENDED


def test_nobody_is_offered_a_call_after_they_left(coordinator, group, person):
    a_session(group, begins=timedelta(hours=-2))
    offer_calls(NOW)
    leave_group(membership=group.memberships.get(participant=person), by=person.user)
    assert not still_offered(OutboxMessage.objects.get(template_id="one_more_word", person=person.user))


# --- A role that ended ----------------------------------------------------------------------------


def test_whoever_does_not_lead_any_more_hears_of_no_session(coordinator, group, lead):
    session = a_session(group, begins=timedelta(days=2))
    make_lead_reachable = OutboxMessage.objects.filter(person=lead)
    move_session(session=session, by=coordinator, starts_at=NOW + timedelta(days=3))
    notice = make_lead_reachable.get(template_id="session_moved")
    assert changes_told.still_holds(notice)
    RoleAssignment.objects.get(user=lead).delete()
    assert not changes_told.still_holds(notice)
    assert lead.pk not in {user.pk for user in changes_told.told(group)}


def test_whoever_does_not_lead_any_more_is_not_reminded(coordinator, group, lead):
    set_safe_contact(person=lead, by=lead, email_safe=True)
    a_session(group, begins=timedelta(hours=1))
    plan(SOURCE, NOW)
    reminder = OutboxMessage.objects.get(person=lead, template_id="lead_reminder")
    assert still_due_among([reminder]) == {reminder.pk}
    RoleAssignment.objects.get(user=lead).delete()
    assert not still_due_among([reminder])
    a_session(group, begins=timedelta(hours=1, minutes=5), number=2)
    plan(SOURCE, NOW)
    assert OutboxMessage.objects.filter(person=lead).count() == 1
