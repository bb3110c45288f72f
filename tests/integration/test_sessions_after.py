"""After a session: late notes and corrections, a minute for those who led, and the call that is offered."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from consent.services import withdraw
from contact.choices import OutboxState
from contact.delivery import send_one
from contact.models import OutboxMessage
from contact.services import set_safe_contact
from groups.models import PeerGroup
from groups.services import add_lead, add_member, establish, leave_group
from privacy.holdings import sections
from psp.choices import Role
from psp.errors import DomainError, Forbidden, constraint_name
from sessions import after_of_person, forgetting, services_debrief
from sessions.choices import CallOffer, SupportState, Told
from sessions.models import Attendance, Debrief, DropIn, FollowUpOffer, GroupSession
from sessions.services_attendance import late_until, record_attendance
from sessions.services_debrief import keep_debrief
from sessions.services_follow_up import answer, note_held, offer_calls
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
    return make.a_coordinator("QC", name="Coordinatrice")


@pytest.fixture
def lead():
    return make.a_facilitator(name="Dominique Guide")


@pytest.fixture
def supervisor():
    return make.with_role(make.a_user(name="Robin", language="en"), Role.SUPERVISOR)


@pytest.fixture
def group(coordinator, lead) -> PeerGroup:
    made = make.a_group(coordinator, kind="informal", starts_on=date(2027, 1, 12))
    add_lead(group=made, user=lead, role="facilitator", by=coordinator)
    for name in ("Camille", "Alex"):
        person = make.an_accepted_participant(
            services=["informal"], by=coordinator, name=name, language="en", consents=("taking_part", "contact_email")
        )
        add_member(group=made, participant=person, by=coordinator)
    made.memberships.update(joined_at=NOW - timedelta(days=60))
    PeerGroup.objects.filter(pk=made.pk).update(state="established", established_at=NOW - timedelta(days=50))
    return PeerGroup.objects.get(pk=made.pk)


@pytest.fixture
def session(group) -> GroupSession:
    return GroupSession.objects.create(
        group=group, number=1, starts_at=NOW - timedelta(hours=2), ends_at=NOW - timedelta(hours=1)
    )


@pytest.fixture
def person(group):
    return group.memberships.first().participant


def refused(code: str):
    return pytest.raises(DomainError, check=lambda error: error.code == code)


def browser_of(user) -> Browser:
    made = Browser()
    make.sign_in(made, user)
    return made


# --- Attendance -----------------------------------------------------------------------------------


def test_late_notes_end_for_those_who_lead_and_go_on_for_coordinators(coordinator, lead, session, person):
    with time_machine.travel(late_until(session), tick=False):
        record_attendance(session=session, by=lead, statuses={person.pk: "present"})
    with time_machine.travel(late_until(session) + timedelta(seconds=1), tick=False):
        with refused("too_late"):
            record_attendance(session=session, by=lead, statuses={person.pk: "absent"})
        page = browser_of(lead).get(f"/en/lead/sessions/{session.pk}/").content.decode()
        assert "too late to note here" in page
        assert 'type="radio"' not in page
        record_attendance(session=session, by=coordinator, statuses={person.pk: "absent"})
    assert Attendance.objects.get().status == "absent"


def test_corrections_are_shown_with_their_answer_by_whom_and_when_and_nothing_else(coordinator, lead, session, person):
    record_attendance(session=session, by=lead, statuses={person.pk: "absent"})
    me = browser_of(lead)
    assert "attendance-changes" not in me.get(f"/en/lead/sessions/{session.pk}/").content.decode()
    with time_machine.travel(NOW + timedelta(minutes=30), tick=False):
        record_attendance(session=session, by=coordinator, statuses={person.pk: "present"})
        row = next(row for row in me.get(f"/en/lead/sessions/{session.pk}/").context["form"].rows if row.changes)
    told = [(str(change["status"]), change["by"]) for change in row.changes]
    assert told == [("Not here", "Dominique Guide"), ("Here", "Coordinatrice")]
    assert set(row.changes[0]) == {"status", "by", "at", "iso"}


# --- A minute for those who lead ------------------------------------------------------------------


def test_saying_nothing_keeps_nothing(lead, session):
    assert keep_debrief(session=session, by=lead) is None
    assert not Debrief.objects.exists()


def test_how_it_was_is_sealed_and_seen_by_the_lead_and_the_supervisor_whom_they_chose_alone(
    coordinator, lead, session, supervisor
):
    other = make.with_role(make.a_user(), Role.SUPERVISOR)
    second = make.a_facilitator()
    add_lead(group=session.group, user=second, role="facilitator", by=coordinator)
    made = keep_debrief(session=session, by=lead, how="hard", follow_up=True)
    for reader in (supervisor, other, second, coordinator):
        assert not Debrief.objects.visible_to(reader).exists(), "nobody was chosen yet"
    keep_debrief(session=session, by=lead, how="hard", follow_up=True, supervisor=supervisor)
    assert Debrief.objects.visible_to(lead).get().how == "hard"
    assert Debrief.objects.visible_to(supervisor).get() == made
    for reader in (other, second, coordinator):
        assert not Debrief.objects.visible_to(reader).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT encode(how, 'escape') FROM peer_sessions_debrief")
        assert "hard" not in cursor.fetchone()[0]
    for path in ("/en/desk/", "/en/desk/after-sessions/"):
        page = browser_of(coordinator).get(path).content.decode()
        assert "Hard for me" not in page
        assert "Robin" not in page
    assert "Dominique Guide" in page
    assert "Hard for me" in browser_of(supervisor).get("/en/care/").content.decode()
    page = browser_of(other).get("/en/care/").content.decode()
    assert "Who asks for support" not in page
    assert "Hard for me" not in page
    assert not hasattr(Debrief, "history")


def test_support_is_asked_told_taken_and_done(lead, session, supervisor):
    keep_debrief(session=session, by=lead, how="hard", supervisor=supervisor)
    keep_debrief(session=session, by=lead, how="mixed", supervisor=supervisor)
    message = OutboxMessage.objects.get(template_id="colleague_asks")
    assert message.person == supervisor
    made = Debrief.objects.get()
    assert message.context == {"debrief": str(made.pk)}
    assert services_debrief.still_asked(message)
    with pytest.raises(Forbidden):
        services_debrief.take(debrief=made, by=lead)
    me = browser_of(supervisor)
    me.post(f"/en/care/{made.pk}/take/")
    made.refresh_from_db()
    assert made.support == SupportState.TAKEN
    assert not services_debrief.still_asked(message), "nobody is told of what is taken care of"
    page = browser_of(lead).get(f"/en/lead/sessions/{session.pk}/debrief/").content.decode()
    assert "Robin takes care of it" in page
    assert "tel:" in page, "whom to call now"
    me.post(f"/en/care/{made.pk}/end/")
    assert not Debrief.objects.asked_of(supervisor).exists()


def test_what_was_taken_back_in_time_is_not_told(lead, session, supervisor):
    keep_debrief(session=session, by=lead, supervisor=supervisor)
    keep_debrief(session=session, by=lead, how="well")
    message = OutboxMessage.objects.get(template_id="colleague_asks")
    send_one(message.pk, NOW)
    message.refresh_from_db()
    assert message.state == OutboxState.CANCELLED
    assert not Debrief.objects.visible_to(supervisor).exists()


def test_a_coordinator_learns_that_there_is_something_and_says_when_it_was_talked_about(coordinator, lead, session):
    made = keep_debrief(session=session, by=lead, follow_up=True)
    elsewhere = browser_of(make.a_coordinator("ON"))
    assert elsewhere.post(f"/en/desk/after-sessions/talks/{made.pk}/").status_code == 404
    card = browser_of(coordinator).get("/en/desk/").content.decode()
    assert "1 person who led wants to talk with you" in card
    browser_of(coordinator).post(f"/en/desk/after-sessions/talks/{made.pk}/")
    assert Debrief.objects.get().told == Told.DONE
    keep_debrief(session=session, by=lead, how="well")
    assert Debrief.objects.get().told == Told.DONE


def test_only_those_who_lead_say_it_and_only_once_it_has_begun(coordinator, lead, session, supervisor, group):
    with pytest.raises(Forbidden):
        keep_debrief(session=session, by=coordinator, how="well")
    with refused("how_unknown"):
        keep_debrief(session=session, by=lead, how="a word about somebody")
    with refused("no_supervisor"):
        keep_debrief(session=session, by=lead, supervisor=coordinator)
    later = GroupSession.objects.create(
        group=group, number=2, starts_at=NOW + timedelta(days=1), ends_at=NOW + timedelta(days=1, hours=1)
    )
    with refused("not_begun"):
        keep_debrief(session=later, by=lead, how="well")
    assert not Debrief.objects.exists()


def test_it_goes_by_itself_unless_somebody_waits(lead, session, supervisor, settings, group):
    later = GroupSession.objects.create(
        group=group, number=2, starts_at=NOW - timedelta(minutes=20), ends_at=NOW + timedelta(hours=1)
    )
    keep_debrief(session=session, by=lead, how="hard")
    waits = keep_debrief(session=later, by=lead, supervisor=supervisor)
    assert forgetting.forget(NOW + timedelta(days=settings.PSP_DEBRIEF_DAYS - 1)) == 0
    assert forgetting.forget(NOW + timedelta(days=settings.PSP_DEBRIEF_DAYS)) == 1
    assert Debrief.objects.get() == waits


def test_debrief_rows_hold_together(lead, session, supervisor):
    keep_debrief(session=session, by=lead, how="well")
    broken = {
        "debrief_once": {"lead": lead}, "debrief_told_known": {"told": "else"},
        "debrief_support_known": {"support": "else", "supervisor": supervisor},
        "debrief_support_from_somebody": {"support": "asked"},
    }  # fmt: skip
    for name, fields in broken.items():
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            Debrief.objects.create(**{"session": session, "lead": make.a_facilitator()} | fields)
        assert constraint_name(refusal.value) == name


# --- The call after the last session --------------------------------------------------------------


def offers() -> list[FollowUpOffer]:
    return list(FollowUpOffer.objects.order_by("pk"))


def test_a_call_is_offered_once_after_the_last_session_to_whoever_is_still_there(group, session, person):
    coming = GroupSession.objects.create(
        group=group, number=2, starts_at=NOW + timedelta(days=7), ends_at=NOW + timedelta(days=7, hours=1)
    )
    assert offer_calls(NOW) == 0
    leaver = group.memberships.exclude(participant=person).get()
    leave_group(membership=leaver, by=leaver.participant.user)
    over = coming.ends_at
    assert [offer_calls(over), offer_calls(over), offer_calls(over + timedelta(hours=1))] == [1, 0, 0]
    offer = FollowUpOffer.objects.get()
    assert offer.participant == person
    assert OutboxMessage.objects.filter(template_id="one_more_word", person=person.user).count() == 1


def test_formal_groups_and_those_long_over_are_offered_nothing(group, session, settings):
    assert offer_calls(NOW + timedelta(days=settings.PSP_FOLLOW_UP_DAYS)) == 0
    GroupSession.objects.filter(pk=session.pk).update(state="cancelled")
    formal = make.a_formal_group(make.a_coordinator("QC"), members=1)
    PeerGroup.objects.filter(pk=formal.pk).update(min_size=1)
    GroupSession.objects.create(group=formal, number=1, starts_at=session.starts_at, ends_at=session.ends_at)
    establish(group=formal, by=formal.created_by)
    assert offer_calls(NOW) == 0


def test_nobody_is_offered_a_call_without_consent(group, session, person):
    make.disagree(person.user)
    assert offer_calls(NOW) == 1
    assert not FollowUpOffer.objects.filter(participant=person).exists()


def test_yes_no_and_a_change_of_mind_until_it_is_held(coordinator, group, session, person):
    offer_calls(NOW)
    offer = FollowUpOffer.objects.get(participant=person)
    me = browser_of(person.user)
    assert f"/en/my/calls/{offer.pk}/" in me.get("/en/my/").content.decode()
    address = f"/en/my/calls/{offer.pk}/"
    assert "Choose when a call suits you" in me.post(address, {"wishes": "yes"}).content.decode()
    me.post(address, {"wishes": "yes", "times": ["weekend", "morning"]})
    offer.refresh_from_db()
    assert (offer.state, offer.times) == (CallOffer.WISHED, ["morning", "weekend"])
    assert FollowUpOffer.objects.in_regions_of(coordinator).get() == offer
    me.post(address, {"wishes": "no"})
    offer.refresh_from_db()
    assert (offer.state, offer.times) == (CallOffer.NOT_WISHED, [])
    assert not FollowUpOffer.objects.in_regions_of(coordinator).exists()
    with refused("not_wished"):
        note_held(offer=offer, by=coordinator)
    answer(offer=offer, by=person.user, wishes=True, times=["evening"])
    note_held(offer=offer, by=coordinator)
    with refused("offer_over"):
        answer(offer=offer, by=person.user, wishes=False)
    with pytest.raises(Forbidden):
        answer(offer=offer, by=coordinator, wishes=True, times=["evening"])


def test_the_number_is_shown_only_while_a_call_is_safe(coordinator, group, session, person):
    offer_calls(NOW)
    offer = FollowUpOffer.objects.get(participant=person)
    answer(offer=offer, by=person.user, wishes=True, times=["evening"])
    desk = browser_of(coordinator)
    address = f"/en/desk/after-sessions/calls/{offer.pk}/"
    set_safe_contact(person=person.user, by=person.user, email_safe=True, phone="613 555 0188")
    assert "613 555 0188" not in desk.get(address).content.decode()
    assert "We cannot call you yet" in browser_of(person.user).get(f"/en/my/calls/{offer.pk}/").content.decode()
    make.agree(person.user, "contact_phone")
    set_safe_contact(person=person.user, by=person.user, email_safe=True, call_safe=True, phone="613 555 0188")
    assert "613 555 0188" in desk.get(address).content.decode()
    answer(offer=offer, by=person.user, wishes=False)
    assert "Do not call" in desk.get(address).content.decode()
    assert "613 555 0188" not in desk.get(address).content.decode()
    desk.post(address)
    assert FollowUpOffer.objects.get(pk=offer.pk).state == CallOffer.NOT_WISHED


def test_property_34_a_withdrawal_ends_the_offer_and_its_message(coordinator, group, session, person):
    offer_calls(NOW)
    offer = FollowUpOffer.objects.get(participant=person)
    answer(offer=offer, by=person.user, wishes=True, times=["evening"])
    withdraw(person=person.user, purpose="taking_part", by=person.user)
    offer.refresh_from_db()
    assert (offer.state, offer.finished_by) == (CallOffer.ENDED, None)
    message = OutboxMessage.objects.get(template_id="one_more_word", person=person.user)
    assert message.state == OutboxState.CANCELLED
    assert not FollowUpOffer.objects.in_regions_of(coordinator).exists()


def test_what_nobody_answers_is_over_after_its_days(group, session, person, settings):
    offer_calls(NOW)
    late = NOW + timedelta(days=settings.PSP_FOLLOW_UP_DAYS)
    offer_calls(late)
    assert {offer.state for offer in offers()} == {CallOffer.ENDED}


def test_follow_up_rows_hold_together(group, session, person):
    offer_calls(NOW)
    broken = {
        "follow_up_once": {"participant": person}, "follow_up_state_known": {"state": "else"},
        "follow_up_over_has_its_time": {"state": "done"},
    }  # fmt: skip
    for name, fields in broken.items():
        values = {"group": group, "participant": make.a_participant(), "until": NOW} | fields
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            FollowUpOffer.objects.create(**values)
        assert constraint_name(refusal.value) == name


# --- Rights ---------------------------------------------------------------------------------------


@pytest.fixture
def everything(group, session, person, lead):
    offer_calls(NOW)
    offer = FollowUpOffer.objects.get(participant=person)
    answer(offer=offer, by=person.user, wishes=True, times=["evening"])
    code = DropIn.objects.create(
        participant=person, digest="0" * 64, state="asked", session=session, by=lead, used_at=NOW, expires_at=NOW
    )
    return offer, code


def test_it_is_in_the_copy_and_goes_with_the_person(everything, person):
    known = {section.code: section for section in sections()}
    assert all(list(known[code].collect(person.user)) for code in ("drop_ins", "follow_ups"))
    gone = after_of_person.erase(person.user)
    assert gone == Counter({"peer_sessions.dropin": 1, "peer_sessions.followupoffer": 1})
    assert after_of_person.erase(person.user) == Counter()


def test_it_follows_the_person_when_two_files_become_one(everything, coordinator, person):
    kept = make.an_accepted_participant(services=["informal"], by=coordinator)
    moved = {
        after_of_person.move_codes: after_of_person.back_codes, after_of_person.move_calls: after_of_person.back_calls,
    }  # fmt: skip
    for move, back in moved.items():
        ids = move(kept, person)
        assert len(ids) == 1
        back(kept, person, ids)
    assert DropIn.objects.get().participant == person
    assert FollowUpOffer.objects.get(pk=everything[0].pk).participant == person
