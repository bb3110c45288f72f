"""Enrolling in open groups, waiting in their line, and timed offers of what becomes free."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import connection, connections

from consent.services import withdraw
from groups import enrolling, invited, queue_of_person, services, services_inviting
from groups import services_enrolling as enrol
from groups.choices import GroupKind, InvitationState, LeadRole, QueueState
from groups.dates import dates_of
from groups.models import Invitation, Membership, PeerGroup, QueuePlace
from intake.models import Participant
from intake.models_desk import Merge
from intake.services_apart import note_apart
from privacy.holdings import held_about
from psp.audit.models import Entry
from psp.errors import Conflict, DomainError, Forbidden
from psp.queue import _waiting
from tests import factories as make
from tests.integration.test_groups_judges import judge

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_december():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC")


@pytest.fixture
def group(coordinator) -> PeerGroup:
    return make.an_open_group(coordinator, max_size=2)


def a_person(**fields) -> Participant:
    return make.an_accepted_participant(services=("informal", "activity"), **fields)


def join(group: PeerGroup, person: Participant):
    """The clock stands still here, so whoever gets a place in line gets a moment of their own."""
    found = enrol.enrol(group=group, participant=person, by=person.user)
    if isinstance(found, QueuePlace):
        found.since += timedelta(seconds=QueuePlace.objects.count())
        found.save()
    return found


def answer(offer: Invitation, state: str) -> None:
    if state == InvitationState.LAPSED:
        invited.end(Invitation.objects.select_related("group", "participant").get(pk=offer.pk), state, by=None)
    else:
        services_inviting.answer(invitation=offer, answer=state, by=offer.participant.user)


def starts(group: PeerGroup) -> list[datetime]:
    return [start for start, _end in dates_of(group)]


def test_enrolling_gives_a_place_at_once_and_twice_is_as_once(group):
    person = a_person()
    place = join(group, person)
    assert isinstance(place, Membership)
    assert join(group, person) == place
    assert Membership.objects.count() == 1
    assert person.waiting_places.get(service="informal").state == "placed"
    assert Entry.objects.filter(person=person.user_id, model="groups.membership", action="create").count() == 1


def test_full_group_has_a_line_in_the_order_in_which_people_came(group):
    for _one in range(2):
        join(group, a_person())
    first, second = (join(group, a_person()) for _one in range(2))
    assert [enrolling.place_in_line(first), enrolling.place_in_line(second)] == [1, 2]
    enrol.leave_queue(place=first, by=first.participant.user)
    enrol.leave_queue(place=first, by=first.participant.user)
    assert QueuePlace.objects.get(pk=first.pk).state == QueueState.ENDED
    assert enrolling.place_in_line(second) == 1


def test_what_becomes_free_is_offered_to_the_next_for_a_time_and_then_to_the_one_after(group):
    member = join(group, a_person())
    join(group, a_person())
    first, second = join(group, a_person()), join(group, a_person())
    services.leave_group(membership=member, by=member.participant.user)
    (offer,) = enrol.offer_next(group)
    assert offer.participant == first.participant
    assert offer.answer_by == NOW + timedelta(days=7)
    # The place is kept meanwhile: nobody else is offered it, and nobody slips in.
    assert enrol.offer_next(group) == []
    assert isinstance(join(group, a_person()), QueuePlace)
    answer(offer, InvitationState.LAPSED)
    (again,) = enrol.offer_next(group)
    assert again.participant == second.participant
    answer(again, InvitationState.ACCEPTED)
    states = [QueuePlace.objects.get(pk=place.pk).state for place in (first, second)]
    assert states == [QueueState.ENDED, QueueState.PLACED]


def test_offers_that_ended_unheard_are_settled_by_the_sweep(group):
    member = join(group, a_person())
    join(group, a_person())
    first, second = join(group, a_person()), join(group, a_person())
    services.leave_group(membership=member, by=member.participant.user)
    assert enrol.offer_everywhere(NOW) == 1
    Invitation.objects.update(state=InvitationState.DECLINED)
    assert enrol.offer_everywhere(NOW) == 1
    assert QueuePlace.objects.get(pk=first.pk).state == QueueState.ENDED
    assert QueuePlace.objects.get(pk=second.pk).state == QueueState.OFFERED


def test_place_that_becomes_free_asks_for_an_offer_once_committed(group, django_capture_on_commit_callbacks):
    member = join(group, a_person())
    with django_capture_on_commit_callbacks() as hints:
        services.leave_group(membership=member, by=member.participant.user)
    assert len(hints) == 1
    held = _waiting.set([])
    hints[0]()
    ((task, ids),) = _waiting.get() or []
    _waiting.reset(held)
    assert (task.name, ids) == ("groups.tasks.offer_next", (str(group.pk),))


@pytest.mark.parametrize("reason", ["closed", "ended", "elsewhere", "not_accepted", "no_consent", "leads", "sent_away"])
def test_not_open_in_the_same_words_whatever_the_reason(group, coordinator, reason):
    person = a_person()
    if reason == "closed":
        enrol.close_enrolment(group=group, by=coordinator)
    elif reason == "ended":
        services.cancel(group=group, by=coordinator)
    elif reason == "elsewhere":
        person = a_person(region="ON")
    elif reason == "not_accepted":
        person = make.an_accepted_participant(services=("formal",))
    elif reason == "no_consent":
        make.disagree(person.user)
    elif reason == "leads":
        make.ready_to_lead(make.with_role(person.user, "supporter"))
        services.add_lead(group=group, user=person.user, role=LeadRole.FACILITATOR, by=coordinator)
    else:
        place = join(group, person)
        services.leave_group(membership=place, by=coordinator)
        Membership.history.filter(id=place.pk).update(history_user=coordinator)
    with pytest.raises(DomainError) as refused:
        join(group, person)
    assert refused.value.code == "not_open"
    assert not enrolling.open_to(person).exists()


@pytest.mark.parametrize("other", ["member", "lead", "offered"])
def test_enrolment_kept_apart_is_like_a_group_that_is_not_open(group, coordinator, other):
    person, stranger = a_person(), a_person()
    if other == "lead":
        user = make.a_facilitator()
        services.add_lead(group=group, user=user, role=LeadRole.FACILITATOR, by=coordinator)
    else:
        user = stranger.user
    if other == "member":
        join(group, stranger)
    if other == "offered":
        line = QueuePlace.objects.create(group=group, participant=stranger)
        assert len(enrol.offer_next(group)) == 1
        line.refresh_from_db()
    note_apart(participant=person, by=coordinator, other=user)
    assert not enrolling.open_to(person).exists()
    with pytest.raises(DomainError) as refused:
        join(group, person)
    with pytest.raises(DomainError) as plain:
        join(group, a_person(region="ON"))
    assert (refused.value.code, str(refused.value.message)) == (plain.value.code, str(plain.value.message))


def test_line_passes_over_whom_the_place_would_endanger_and_says_nothing_of_it(group, coordinator):
    kept, other = join(group, a_person()), join(group, a_person())
    first, second = join(group, a_person()), join(group, a_person())
    note_apart(participant=first.participant, by=coordinator, other=kept.participant.user)
    services.leave_group(membership=other, by=other.participant.user)
    (offer,) = enrol.offer_next(group)
    assert offer.participant == second.participant
    first.refresh_from_db()
    assert first.state == QueueState.WAITING
    assert enrolling.place_in_line(first) == 1


def test_property_34_withdrawn_consent_ends_every_place_in_line(group):
    for _one in range(2):
        join(group, a_person())
    waiting = join(group, a_person())
    person = waiting.participant
    withdraw(person=person.user, purpose="taking_part", by=person.user)
    waiting.refresh_from_db()
    assert waiting.state == QueueState.ENDED
    assert waiting.ended_at == NOW


def test_line_ends_with_the_group(group, coordinator):
    for _one in range(2):
        join(group, a_person())
    waiting = join(group, a_person())
    services.cancel(group=group, by=coordinator)
    waiting.refresh_from_db()
    assert waiting.state == QueueState.ENDED


def test_nothing_is_offered_when_the_last_session_is_too_near(group):
    join(group, a_person())
    QueuePlace.objects.create(group=group, participant=a_person())
    last = max(starts(group))
    with time_machine.travel(last - timedelta(hours=1), tick=False):
        assert enrol.offer_next(group) == []
    with time_machine.travel(last - timedelta(hours=7), tick=False):
        (offer,) = enrol.offer_next(group)
    assert offer.answer_by == last


def test_only_the_person_or_their_coordinator_enrols(group, coordinator):
    person = a_person()
    for by in (a_person().user, make.a_coordinator("ON"), make.an_analyst()):
        with pytest.raises(Forbidden):
            enrol.enrol(group=group, participant=person, by=by)
    assert isinstance(enrol.enrol(group=group, participant=person, by=coordinator), Membership)


def test_enrolment_opens_for_open_kinds_only_and_a_stale_page_is_told(coordinator):
    formal = make.a_formal_group(coordinator)
    with pytest.raises(DomainError) as refused:
        enrol.open_group(group=formal, by=coordinator)
    assert refused.value.code == "not_for_enrolment"
    activity = make.a_group(coordinator, kind=GroupKind.ACTIVITY)
    opened = enrol.open_group(group=activity, by=coordinator, revision=0)
    assert (opened.opened_at, opened.revision) == (NOW, 1)
    with pytest.raises(Conflict):
        enrol.close_enrolment(group=activity, by=coordinator, revision=0)
    with pytest.raises(Forbidden):
        enrol.close_enrolment(group=activity, by=make.a_coordinator("ON"))


# --- A place in line as somebody's information ----------------------------------------------------


def test_place_in_line_is_in_the_copy_is_a_use_and_goes_with_the_person(group):
    place = QueuePlace.objects.create(group=group, participant=a_person())
    person = place.participant
    enrol.leave_queue(place=place, by=person.user)
    sections = {held.section.code: held.records for held in held_about(person.user)}
    assert len(sections["lines"]) == 1
    assert len(sections["lines_before"]) == 1
    assert dict(queue_of_person.last_use([person.user_id])) == {person.user_id: NOW}
    assert queue_of_person.erase(person.user) == Counter({"groups.queueplace": 1})
    assert not QueuePlace.history.exists()


def test_places_in_line_move_with_files_that_become_one_and_back(group, coordinator):
    kept, merged = a_person(), a_person()
    other = make.an_open_group(coordinator)
    own = QueuePlace.objects.create(group=group, participant=kept)
    both = QueuePlace.objects.create(group=group, participant=merged)
    moving = QueuePlace.objects.create(group=other, participant=merged)
    merge = Merge.objects.create(kept=kept, merged=merged, by=coordinator, moved={})
    assert queue_of_person.tell(kept, merged) == ["1 place in a group’s line"]
    ids = queue_of_person.move(kept, merged)
    assert ids == [str(moving.pk)]
    owners = dict(QueuePlace.objects.values_list("pk", "participant"))
    assert owners == {own.pk: kept.pk, both.pk: merged.pk, moving.pk: kept.pk}
    Merge.objects.filter(pk=merge.pk).update(undone_at=NOW, undone_by=coordinator)
    queue_of_person.back(kept, merged, ids)
    moving.refresh_from_db()
    assert moving.participant == merged


# --- The database as the last judge ---------------------------------------------------------------

LINE = """INSERT INTO groups_queueplace (id, group_id, participant_id, state, since)
          VALUES (gen_random_uuid(), %s, %s, 'waiting', now())"""


def test_queue_group_open(coordinator, group):
    person = a_person()
    assert judge(LINE, make.a_formal_group(coordinator).pk, person.pk) == "queue_group_open"
    services.cancel(group=group, by=coordinator)
    assert judge(LINE, group.pk, person.pk) == "queue_group_open"


def test_queue_once_stays_put_and_never_goes_back(group):
    person = a_person()
    place = QueuePlace.objects.create(group=group, participant=person)
    assert judge(LINE, group.pk, person.pk) == "queue_once"
    change = "UPDATE groups_queueplace SET participant_id = %s WHERE id = %s"
    assert judge(change, a_person().pk, place.pk) == "queue_stays_put"
    enrol.leave_queue(place=place, by=person.user)
    back = "UPDATE groups_queueplace SET state = 'waiting' WHERE id = %s"
    assert judge(back, place.pk) == "queue_never_back"


def test_group_formal_not_opened(coordinator):
    formal = make.a_formal_group(coordinator)
    assert judge("UPDATE groups_peergroup SET opened_at = now() WHERE id = %s", formal.pk) == "group_formal_not_opened"


@pytest.mark.django_db(transaction=True)
def test_property_36_last_place_of_an_open_group_goes_to_one_of_many_and_the_rest_stand_in_line():
    coordinator = make.a_coordinator("QC")
    group = make.an_open_group(coordinator, max_size=3)
    people, ready = [a_person() for _one in range(12)], Barrier(12)

    def come(person: Participant) -> None:
        ready.wait()
        join(group, person)
        connections.close_all()

    threads = [Thread(target=come, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Membership.objects.active().count() == 3
    assert QueuePlace.objects.waiting().count() == 9
    connection.close()
