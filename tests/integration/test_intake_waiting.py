"""The waiting list: who is on it, in which order, and that nobody is on it twice or falls out."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from consent.services import withdraw
from groups.choices import GroupState, MembershipState
from groups.models import Membership
from groups.services import add_member, cancel, complete, establish, leave_group
from intake import services, waiting
from intake.choices import WaitingState
from intake.models import Application, Participant, WaitingPlace
from intake.services_preferences import set_preferences
from intake.services_waiting import end_priority, give_priority
from psp.audit.models import Entry
from psp.crypto import keyring
from psp.errors import DomainError, Forbidden, constraint_name
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator(db):
    return make.a_coordinator("QC")


def states(person) -> dict[str, str]:
    return dict(WaitingPlace.objects.filter(participant=person).values_list("service", "state"))


def waits(person, service="formal") -> bool:
    return Participant.objects.waiting_for(service).filter(pk=person.pk).exists()


def since(person, days: int) -> WaitingPlace:
    WaitingPlace.objects.filter(participant=person).update(since=timezone.now() - timedelta(days=days))
    return WaitingPlace.objects.get(participant=person)


def listed(coordinator, **chosen) -> list:
    return [place.participant for place in waiting.queue(coordinator, **{"service": "formal"} | chosen)]


def test_acceptance_opens_a_place_for_each_service_from_the_day_of_applying(coordinator):
    application = make.an_application(make.a_participant(), services=["formal", "activity"])
    services.set_meeting(application=application, starts_at=timezone.now() + timedelta(days=1), by=coordinator)
    services.accept(application=application, services=["formal", "activity"], by=coordinator)
    places = WaitingPlace.objects.all()
    assert {place.service for place in places} == {"formal", "activity"}
    assert {place.since for place in places} == {application.submitted_at}
    assert WaitingPlace.history.count() == 2


def test_a_place_in_a_group_ends_the_wait_and_leaving_begins_it_again(coordinator):
    person = make.an_accepted_participant(services=["formal", "informal"], by=coordinator)
    member = add_member(group=make.a_group(coordinator), participant=person, by=coordinator)
    assert states(person) == {"formal": "placed", "informal": "waiting"}
    leave_group(membership=member, by=person.user)
    assert states(person) == {"formal": "waiting", "informal": "waiting"}


def test_a_cancelled_group_sends_its_members_back_and_a_completed_one_does_not(coordinator):
    for act, expected in ((cancel, True), (complete, False)):
        group = make.a_formal_group(coordinator, members=4)
        people = [member.participant for member in group.memberships.all()]
        establish(group=group, by=coordinator)
        act(group=group, by=coordinator)
        assert [waits(person) for person in people] == [expected] * 4


def test_whoever_leaves_one_of_two_informal_groups_does_not_wait(coordinator):
    person = make.an_accepted_participant(services=["informal"], by=coordinator)
    one, two = (
        add_member(group=make.a_group(coordinator, kind="informal"), participant=person, by=coordinator)
        for _number in range(2)
    )
    leave_group(membership=one, by=person.user)
    assert not waits(person, "informal")
    leave_group(membership=two, by=person.user)
    assert waits(person, "informal")


def test_property_34_withdrawn_consent_ends_every_wait_at_once(coordinator):
    waiting_person, member = (make.an_accepted_participant(by=coordinator) for _number in range(2))
    add_member(group=make.a_group(coordinator), participant=member, by=coordinator)
    for person in (waiting_person, member):
        withdraw(person=person.user, purpose="taking_part")
        assert states(person) == {"formal": "ended"}
        assert person not in listed(coordinator)


def test_whoever_wishes_for_less_waits_for_less(coordinator):
    person = make.an_accepted_participant(services=["formal", "activity"], by=coordinator)
    set_preferences(
        participant=person, by=person.user, languages=["fr"], compositions=["any"], availability=[], accessibility="",
        services=["activity"],
    )  # fmt: skip
    assert states(person) == {"formal": "ended", "activity": "waiting"}


def test_a_withdrawal_written_by_hand_is_out_of_the_list_too(coordinator):
    person = make.an_accepted_participant(by=coordinator)
    make.disagree(person.user)
    assert not waits(person)
    assert listed(coordinator) == []


def test_order_is_by_waiting_time_and_a_priority_holds_until_its_day(coordinator):
    people = [make.an_accepted_participant(by=coordinator) for _number in range(3)]
    places = [since(person, days) for person, days in zip(people, (10, 30, 20), strict=True)]
    assert listed(coordinator) == [people[1], people[2], people[0]]
    today = timezone.localdate()
    give_priority(place=places[0], reason="moving", until=today, by=coordinator)
    assert listed(coordinator)[0] == people[0]
    WaitingPlace.objects.filter(pk=places[0].pk).update(priority_until=today - timedelta(days=1))
    assert listed(coordinator)[0] == people[1], "its day is over"
    give_priority(place=places[0], reason="access", until=today, by=coordinator)
    end_priority(place=places[0], by=coordinator)
    assert listed(coordinator)[0] == people[1]
    noted = Entry.objects.filter(person=people[0].user_id, fields="priority", action="change")
    assert noted.count() == 3
    kept = WaitingPlace.history.filter(id=places[0].pk, priority="moving").get()
    assert kept.priority_by == coordinator


@pytest.mark.parametrize(
    ("days", "reason", "code"),
    [
        (-1, "moving", "priority_until"),
        (200, "moving", "priority_until"),
        (1, "I like them", "priority_reason"),
    ],
)
def test_priority_is_bounded_and_has_a_reason_from_the_list(coordinator, days, reason, code):
    make.an_accepted_participant(by=coordinator)
    with pytest.raises(DomainError) as caught:
        give_priority(place=WaitingPlace.objects.get(), reason=reason, by=coordinator,
                      until=timezone.localdate() + timedelta(days=days))  # fmt: skip
    assert caught.value.code == code


def test_priority_is_given_by_coordinators_of_the_region_to_those_who_wait(coordinator):
    person = make.an_accepted_participant(by=coordinator)
    place, today = WaitingPlace.objects.get(), timezone.localdate()
    for stranger in (make.a_coordinator("ON"), person.user):
        with pytest.raises(Forbidden):
            give_priority(place=place, reason="moving", until=today, by=stranger)
    add_member(group=make.a_group(coordinator), participant=person, by=coordinator)
    with pytest.raises(DomainError, match="not_waiting"):
        give_priority(place=place, reason="moving", until=today, by=coordinator)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("UPDATE intake_waitingplace SET priority = 'moving'", "waiting_priority_whole"),
        ("UPDATE intake_waitingplace SET priority_until = now()", "waiting_priority_whole"),
        ("UPDATE intake_waitingplace SET state = 'lost'", "waiting_state_known"),
        ("""INSERT INTO intake_waitingplace (id, participant_id, application_id, service, since, state, priority)
            SELECT gen_random_uuid(), participant_id, application_id, service, since, 'ended', ''
            FROM intake_waitingplace""", "waiting_once_per_application"),
    ],
)  # fmt: skip
def test_database_judges_the_waiting_list(coordinator, change, name):
    make.an_accepted_participant(by=coordinator)
    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert constraint_name(caught.value) == name


def test_waiting_one_open(coordinator):
    person = make.an_accepted_participant(by=coordinator)
    other = make.an_application(person, state="withdrawn")
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        WaitingPlace.objects.create(participant=person, application=other, service="formal", since=timezone.now())
    assert constraint_name(caught.value) == "waiting_one_open"


def test_migration_fills_the_list_from_those_who_are_accepted(coordinator):
    placed, still = (make.an_accepted_participant(services=["formal", "activity"], by=coordinator) for _n in range(2))
    add_member(group=make.a_group(coordinator), participant=placed, by=coordinator)
    before = {person: states(person) for person in (placed, still)}
    WaitingPlace.objects.all().delete()
    with connection.cursor() as cursor:
        for module in ("intake.migrations.0012_fill_waiting_list", "groups.migrations.0005_places_end_waiting"):
            cursor.execute(import_module(module).FORWARD)
    assert {person: states(person) for person in (placed, still)} == before


def test_page_shows_the_queue_its_filters_and_its_counts(client, coordinator):
    make.sign_in(client, coordinator)
    french = make.an_accepted_participant(by=coordinator, name="Fantine Attend")
    english = make.an_accepted_participant(by=coordinator, name="Edgar Waits", language="en")
    make.an_accepted_participant("ON", name="Olaf Ontario")
    Participant.objects.filter(pk=english.pk).update(modalities=["in_person"])
    url = reverse("desk:waiting")

    def names(query: str) -> list[bool]:
        page = client.get(f"{url}?{query}").content.decode()
        assert "Olaf" not in page
        return [name in page for name in ("Fantine", "Edgar")]

    assert names("") == [True, True]
    assert names("language=en") == [False, True]
    assert names("modality=in_person") == [False, True]
    assert names("region=QC&service=formal") == [True, True]
    assert names("region=ON") == [True, True], "not one of the own: as if nothing was chosen"
    assert names("service=activity") == [False, False]
    assert names("service=made-up&page=99") == [True, True]
    page = client.get(url).content.decode()
    assert "?service=formal&amp;region=QC&amp;language=fr" in page
    assert french.reference in page


def test_priority_is_given_and_ended_on_the_page(client, coordinator):
    make.sign_in(client, coordinator)
    make.an_accepted_participant(by=coordinator)
    place = WaitingPlace.objects.get()
    first = reverse("desk:priority", args=[place.pk])
    assert "Choose a day" in client.post(first, {"reason": "moving", "until": ""}).content.decode()
    assert "six months" in client.post(first, {"reason": "moving", "until": "2020-01-01"}).content.decode()
    day = timezone.localdate() + timedelta(days=20)
    answer = client.post(first, {"reason": "moving", "until": day.isoformat()}, follow=True)
    page = answer.content.decode()
    assert "They move or leave soon" in page
    assert coordinator.name in page
    client.post(reverse("desk:priority_end", args=[place.pk]))
    assert WaitingPlace.objects.get().priority == ""


def test_number_of_queries_does_not_grow_and_every_person_shown_is_noted(client, coordinator):
    make.sign_in(client, coordinator)
    url, counted = reverse("desk:waiting"), []
    client.get(url)
    for more in (3, 12):
        for _number in range(more):
            make.an_accepted_participant(by=coordinator)
        keyring.clear()
        before = Entry.objects.filter(action="read").count()
        with CaptureQueriesContext(connection) as main, CaptureQueriesContext(connections["keys"]) as keys:
            client.get(url)
        counted.append((len(main), len(keys)))
        assert Entry.objects.filter(action="read").count() == before + WaitingPlace.objects.count()
    assert counted[0] == counted[1]


class RandomLives(TestCase):
    """Whatever happens in which order, the list says what the groups and applications say."""

    databases = {"default", "keys"}

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(0, 1)), max_size=14))
    def test_waiting_list_stays_true_over_random_lives(self, acts):
        coordinator = make.a_coordinator("QC")
        people = [make.an_accepted_participant(services=["informal"], by=coordinator) for _number in range(3)]
        groups = [make.a_group(coordinator, kind="informal") for _number in range(2)]
        for kind, who, where in acts:
            self.act(kind, people[who], groups, where, coordinator)
            for person in people:
                self.check(person)

    def act(self, kind, person, groups, where, coordinator):
        group = groups[where]
        try:
            if kind <= 1:
                add_member(group=group, participant=person, by=coordinator)
            elif kind <= 3:
                for member in Membership.objects.active().filter(group=group, participant=person):
                    leave_group(membership=member, by=person.user)
            elif kind == 4:
                cancel(group=group, by=coordinator)
                groups[where] = make.a_group(coordinator, kind="informal")
            else:
                withdraw(person=person.user, purpose="taking_part")
        except DomainError:
            pass

    def check(self, person):
        accepted = Application.objects.filter(participant=person, state="accepted").exists()
        running = [GroupState.FORMING, GroupState.ESTABLISHED]
        inside = Membership.objects.filter(
            participant=person, state=MembershipState.MEMBER, group__state__in=running
        ).exists()
        assert waits(person, "informal") == (accepted and not inside)
        open_places = WaitingPlace.objects.filter(participant=person, state=WaitingState.WAITING)
        assert open_places.count() == int(accepted and not inside)
