"""What time does to invitations: reminders, lapses, and the next one who fits."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from contact.models import OutboxMessage
from groups.choices import InvitationState
from groups.models import Invitation
from groups.services import add_member, leave_group
from groups.services_inviting import answer, invite, think_again
from groups.services_offers import end_of_those_who_left, lapse_due, mind, offer_due, remind, remind_due
from groups.services_sending import invite_forming
from intake.models import Preferences
from intake.services_apart import note_apart
from psp.errors import DomainError, Forbidden
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("whole_history")]
OPEN, ACCEPTED, DECLINED = InvitationState.OPEN, InvitationState.ACCEPTED, InvitationState.DECLINED
TUESDAY_EVENING = [[1440 + 18 * 60, 1440 + 21 * 60]]
SOON, LATER = timedelta(minutes=16), timedelta(days=9)


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC")


@pytest.fixture
def group(coordinator):
    """Tuesdays at seven in the evening in Toronto, in French, by video, from January on."""
    return make.a_group(coordinator)


def somebody(by, region="QC", *, week=None, zone="America/Toronto", **wishes):
    person = make.an_accepted_participant(region, by=by, time_zone=zone)
    values = {"availability": TUESDAY_EVENING if week is None else week} | wishes
    Preferences.objects.create(participant=person, person=person.user, **values)
    return person


def asked(group):
    return [row.participant for row in Invitation.objects.open().filter(group=group).order_by("sent_at")]


@pytest.fixture
def declined(group, coordinator):
    """One was asked and said no; their place is free."""
    invitation = invite(group=group, participant=make.an_accepted_participant(by=coordinator), by=coordinator)
    return answer(invitation=invitation, answer=DECLINED, by=invitation.participant.user)


def test_what_is_not_answered_in_time_lapses_once(group, coordinator):
    made = invite(group=group, participant=make.an_accepted_participant(by=coordinator), by=coordinator)
    assert lapse_due(timezone.now()) == 0
    assert lapse_due(made.answer_by) == 1
    assert lapse_due(made.answer_by) == 0
    made.refresh_from_db()
    assert made.state == InvitationState.LAPSED


def test_one_reminder_and_no_more(group, coordinator):
    person = make.an_accepted_participant(by=coordinator)
    made = invite(group=group, participant=person, by=coordinator)
    assert remind_due(timezone.now()) == 0
    near = made.answer_by - timedelta(days=2)
    assert (remind_due(near), remind_due(near)) == (1, 0)
    assert OutboxMessage.objects.filter(person=person.user, template_id="invitation_reminder").count() == 1
    with pytest.raises(DomainError) as caught:
        remind(invitation=made, by=coordinator, now=near)
    assert caught.value.code == "reminded"


def test_a_coordinator_reminds_sooner(group, coordinator):
    made = invite(group=group, participant=make.an_accepted_participant(by=coordinator), by=coordinator)
    with pytest.raises(Forbidden):
        remind(invitation=made, by=make.a_coordinator("ON"), now=timezone.now())
    remind(invitation=made, by=coordinator, now=timezone.now())
    assert remind_due(made.answer_by - timedelta(hours=1)) == 0


def test_whoever_has_little_time_is_reminded_halfway(group, coordinator):
    person, now = make.an_accepted_participant(by=coordinator), timezone.now()
    made = invite(group=group, participant=person, by=coordinator, answer_by=now + timedelta(days=1))
    assert remind_due(made.sent_at + timedelta(hours=11)) == 0
    assert remind_due(made.sent_at + timedelta(hours=12, minutes=1)) == 1


def test_the_place_goes_to_the_next_who_fits_once(group, coordinator, declined):
    first, second = somebody(coordinator), somebody(coordinator)
    now = timezone.now()
    assert offer_due(now) == 0  # they may think again for a while
    assert (offer_due(now + SOON), offer_due(now + SOON)) == (1, 0)
    assert asked(group) == [first]
    offer = Invitation.objects.open().get(group=group)
    assert offer.sent_by is None
    answer(invitation=offer, answer=InvitationState.OTHER_TIME, by=first.user)
    assert offer_due(now + SOON * 2) == 1
    assert asked(group) == [second]
    lapse_due(now + LATER)
    assert offer_due(now + LATER) == 0  # nobody is asked twice


def test_a_lapse_is_offered_in_the_same_run(group, coordinator):
    made = invite(group=group, participant=make.an_accepted_participant(by=coordinator), by=coordinator)
    person = somebody(coordinator)
    mind(made.answer_by)
    assert asked(group) == [person]


def test_thinking_again_needs_no_further_offer(group, coordinator, declined):
    somebody(coordinator)
    think_again(invitation=declined, by=declined.participant.user)
    assert offer_due(timezone.now() + SOON) == 0


def test_leaving_before_the_group_begins_frees_the_place(group, coordinator):
    made = invite(group=group, participant=make.an_accepted_participant(by=coordinator), by=coordinator)
    answer(invitation=made, answer=ACCEPTED, by=made.participant.user)
    person = somebody(coordinator)
    assert offer_due(timezone.now() + SOON) == 0
    leave_group(membership=group.memberships.get(), by=made.participant.user)
    assert offer_due(timezone.now() + SOON) == 1
    assert asked(group) == [person]


def test_nobody_is_asked_who_does_not_fit(group, coordinator, declined):
    member = somebody(coordinator)
    add_member(group=group, participant=member, by=coordinator)
    make.an_accepted_participant(by=coordinator)  # has not said when
    somebody(coordinator, week=[[0, 600]])
    somebody(coordinator, languages=["en"])
    somebody(coordinator, compositions=["any", "women"])
    somebody(coordinator, "ON")
    # An hour earlier on the wall there: seven in Toronto is six, and this person is free from seven on.
    somebody(coordinator, zone="America/Regina", week=[[1440 + 19 * 60, 1440 + 22 * 60]])
    apart = somebody(coordinator)
    note_apart(participant=apart, other=member.user, by=coordinator)
    busy = somebody(coordinator)
    invite(group=make.a_group(coordinator), participant=busy, by=coordinator)
    unwilling = somebody(coordinator)
    make.disagree(unwilling.user)
    by_day = make.an_accepted_participant(by=coordinator, services=("informal",))
    Preferences.objects.create(participant=by_day, person=by_day.user, availability=TUESDAY_EVENING)
    assert offer_due(timezone.now() + SOON) == 0
    fits = somebody(coordinator, zone="America/Regina", week=[[1440 + 17 * 60, 1440 + 20 * 60]])
    assert offer_due(timezone.now() + SOON) == 1
    assert asked(group) == [fits]


def test_every_date_counts_where_clocks_differ(coordinator):
    """Regina keeps its clock while Toronto's moves in March: seven there is six, and then five."""
    group = make.a_group(coordinator, program_region="QC", starts_on=date(2027, 2, 9))
    made = invite(group=group, participant=make.an_accepted_participant(by=coordinator), by=coordinator)
    answer(invitation=made, answer=DECLINED, by=made.participant.user)
    somebody(coordinator, zone="America/Regina", week=[[1440 + 18 * 60, 1440 + 21 * 60]])
    assert offer_due(timezone.now() + SOON) == 0
    fits = somebody(coordinator, zone="America/Regina", week=[[1440 + 17 * 60, 1440 + 21 * 60]])
    assert offer_due(timezone.now() + SOON) == 1
    assert asked(group) == [fits]


def test_a_group_that_begins_soon_is_offered_to_nobody(coordinator):
    soon = timezone.localdate() + timedelta(days=4)
    week = [[0, 7 * 1440]]
    group = make.a_group(coordinator, starts_on=soon)
    made = invite(group=group, participant=make.an_accepted_participant(by=coordinator), by=coordinator)
    answer(invitation=made, answer=DECLINED, by=made.participant.user)
    somebody(coordinator, week=week)
    assert offer_due(timezone.now() + timedelta(days=3)) == 0
    assert offer_due(timezone.now() + SOON) == 1


def test_people_of_the_whole_pool_may_come_next(coordinator):
    both = make.with_role(coordinator, "coordinator", "ON")
    people = [make.an_accepted_participant(by=both) for _number in range(4)]
    forming = make.a_forming(both, regions=("QC", "ON"))
    make.a_thought_of_group(forming, people)
    (group,) = invite_forming(forming=forming, revision=0, by=both)
    answer(invitation=Invitation.objects.get(participant=people[0]), answer=DECLINED, by=people[0].user)
    far = somebody(both, "ON")
    assert offer_due(timezone.now() + SOON) == 1
    assert far in asked(group)


def test_no_offer_once_the_group_is_over_or_full(group, coordinator, declined):
    somebody(coordinator)
    group.max_size, group.min_size = 1, 1
    group.save()
    add_member(group=group, participant=make.an_accepted_participant(by=coordinator), by=coordinator)
    assert offer_due(timezone.now() + SOON) == 0


def test_whoever_is_accepted_no_more_is_asked_no_more(group, coordinator):
    person = make.an_accepted_participant(by=coordinator)
    made = invite(group=group, participant=person, by=coordinator)
    application = person.applications.get()
    application.state = "withdrawn"
    application.save()
    assert end_of_those_who_left(timezone.now()) == 1
    made.refresh_from_db()
    assert made.state == DECLINED


def test_an_informal_group_that_is_formed_goes_on_like_that_and_an_open_one_by_its_line(coordinator):
    def one(**fields):
        person = make.an_accepted_participant(by=coordinator, services=("informal",), **fields)
        Preferences.objects.create(participant=person, person=person.user, availability=TUESDAY_EVENING)
        return person

    formed, opened = make.a_group(coordinator, kind="informal"), make.an_open_group(coordinator)
    for group in (formed, opened):
        made = invite(group=group, participant=one(), by=coordinator)
        answer(invitation=made, answer=DECLINED, by=made.participant.user)
    person = one()
    assert offer_due(timezone.now() + SOON) == 1
    # The earliest of those who wait: who said no to the other group, and was never asked for this one.
    assert len(asked(formed)) == 1
    assert person not in asked(opened)
    assert asked(opened) == []
