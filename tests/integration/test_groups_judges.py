"""The database as the last judge: each constraint and trigger by its name, in plain SQL as the application's role."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, connections, transaction

from groups.choices import GroupState
from groups.models import Membership, PeerGroup
from groups.services import add_member, establish, leave_group
from psp.errors import DomainError, constraint_name
from tests import factories as make

MEMBER = """INSERT INTO groups_membership (id, group_id, participant_id, state, joined_at, shared_needs)
            VALUES (gen_random_uuid(), %s, %s, 'member', now(), '{}')"""


def judge(sql: str, *values) -> str:
    """Name of the constraint that refuses this statement; fails if nothing does."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    return constraint_name(caught.value)


@pytest.fixture
def coordinator(db):
    return make.a_coordinator("QC")


@pytest.fixture
def full(coordinator):
    return make.a_formal_group(coordinator, members=10)


@pytest.mark.django_db
def test_tests_run_as_the_application_role():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, (SELECT tableowner FROM pg_tables WHERE tablename = 'groups_membership')")
        role, owner = cursor.fetchone()
    assert role != owner


@pytest.mark.django_db
def test_property_36_membership_group_full(full):
    assert judge(MEMBER, full.pk, make.a_participant().pk) == "membership_group_full"


@pytest.mark.django_db
def test_membership_group_full_when_someone_comes_back(coordinator, full):
    leave_group(membership=full.memberships.first(), by=coordinator)
    add_member(group=full, participant=make.an_accepted_participant(), by=coordinator)
    comeback = "UPDATE groups_membership SET state = 'member' WHERE group_id = %s AND state = 'left'"
    assert judge(comeback, full.pk) == "membership_group_full"


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["established", "cancelled"])
def test_property_36_membership_group_open(coordinator, state):
    group = make.a_formal_group(coordinator, members=4)
    PeerGroup.objects.filter(pk=group.pk).update(state=state)
    assert judge(MEMBER, group.pk, make.a_participant().pk) == "membership_group_open"


@pytest.mark.django_db
def test_membership_stays_put(coordinator):
    group = make.a_formal_group(coordinator, members=4)
    change = "UPDATE groups_membership SET participant_id = %s WHERE id = %s"
    assert judge(change, make.a_participant().pk, group.memberships.first().pk) == "membership_stays_put"


@pytest.mark.django_db
def test_membership_once(coordinator):
    group = make.a_formal_group(coordinator, members=4)
    assert judge(MEMBER, group.pk, group.memberships.first().participant_id) == "membership_once"


@pytest.mark.django_db
def test_membership_state_known(coordinator):
    group = make.a_formal_group(coordinator, members=1)
    assert judge("UPDATE groups_membership SET state = 'x' WHERE group_id = %s", group.pk) == "membership_state_known"


ESTABLISH = "UPDATE groups_peergroup SET state = 'established' WHERE id = %s"


@pytest.mark.django_db
def test_group_enough_members(coordinator):
    group = make.a_formal_group(coordinator, members=3)
    assert judge(ESTABLISH, group.pk) == "group_enough_members"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("state = 'forming'", "group_never_back"),
        ("max_size = 9", "group_keeps_sizes"),
        ("min_size = 1", "group_keeps_sizes"),
        ("kind = 'informal'", "group_keeps_kind"),
        ("state = 'open'", "group_state_known"),
    ],
)
def test_established_group_keeps_what_it_is(coordinator, change, name):
    group = make.a_formal_group(coordinator, members=4)
    establish(group=group, by=coordinator)
    assert judge(f"UPDATE groups_peergroup SET {change} WHERE id = %s", group.pk) == name


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "name"),
    [("max_size = 11", "group_formal_at_most_10"), ("max_size = 3", "group_sizes_in_order")],
)
def test_forming_group_keeps_its_sizes_in_bounds(coordinator, change, name):
    group = make.a_formal_group(coordinator)
    assert judge(f"UPDATE groups_peergroup SET {change} WHERE id = %s", group.pk) == name


@pytest.mark.django_db
def test_group_kind_known(coordinator):
    copy = """INSERT INTO groups_peergroup SELECT (jsonb_populate_record(g, '{"kind": "other", "id": "%s"}'::jsonb)).*
              FROM groups_peergroup g WHERE id = %%s"""
    group = make.a_formal_group(coordinator)
    assert judge(copy % "00000000-0000-4000-8000-000000000001", group.pk) == "group_kind_known"


@pytest.mark.django_db
def test_lead_once(coordinator):
    group = make.a_formal_group(coordinator)
    lead = group.leads.get()
    again = "INSERT INTO groups_grouplead (group_id, user_id, role) VALUES (%s, %s, 'clinician')"
    assert judge(again, group.pk, lead.user_id) == "lead_once"


@pytest.mark.django_db
def test_property_36_full_group_refuses_bulk_writes_and_the_shell_too(full):
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.bulk_create([Membership(group=full, participant=make.a_participant())])
    assert Membership.objects.active().filter(group=full).count() == 10


def in_threads(count: int, work) -> list[object]:
    """Run `work(number)` in so many threads at once, each with connections of its own; results or errors."""
    results: list[object] = [None] * count
    gate = Barrier(count)

    def run(number: int) -> None:
        try:
            gate.wait()
            results[number] = work(number)
        except Exception as error:
            results[number] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
    return results


@pytest.mark.django_db(transaction=True)
def test_property_36_thirty_at_once_never_make_an_eleventh():
    coordinator = make.a_coordinator("QC")
    group = make.a_group(coordinator)
    people = [make.an_accepted_participant(by=coordinator) for _number in range(30)]
    results = in_threads(30, lambda number: add_member(group=group.pk, participant=people[number].pk, by=coordinator))
    added = [result for result in results if isinstance(result, Membership)]
    refused = [result for result in results if isinstance(result, DomainError)]
    assert (len(added), len(refused)) == (10, 20), results
    assert {error.code for error in refused} == {"full"}
    assert Membership.objects.active().filter(group=group).count() == 10


@pytest.mark.django_db(transaction=True)
def test_property_36_thirty_inserts_at_once_in_plain_sql_never_make_an_eleventh():
    group = make.a_group(make.a_coordinator("QC"))
    people = [make.a_participant() for _number in range(30)]

    def insert(number: int) -> str:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(MEMBER, [group.pk, people[number].pk])
        except IntegrityError as error:
            return constraint_name(error)
        return "added"

    results = in_threads(30, insert)
    assert sorted(map(str, results)) == ["added"] * 10 + ["membership_group_full"] * 20
    assert Membership.objects.active().filter(group=group).count() == 10


@pytest.mark.django_db(transaction=True)
def test_property_36_establishing_while_people_join_and_leave_never_leaves_a_group_that_is_too_small_or_too_large():
    coordinator = make.a_coordinator("QC")
    for _round in range(3):
        group = make.a_formal_group(coordinator, members=4)
        waiting = [make.an_accepted_participant(by=coordinator) for _number in range(10)]
        leaving = group.memberships.first()

        def act(number: int, group=group, waiting=waiting, leaving=leaving):
            if number == 0:
                return establish(group=group.pk, by=coordinator)
            if number == 1:
                return leave_group(membership=leaving.pk, by=coordinator)
            return add_member(group=group.pk, participant=waiting[number - 2].pk, by=coordinator)

        results = in_threads(12, act)
        assert all(isinstance(result, (DomainError, PeerGroup, Membership)) for result in results), results
        group.refresh_from_db()
        present = Membership.objects.active().filter(group=group).count()
        assert present <= 10
        joined_late = Membership.objects.filter(group=group, joined_at__gt=group.established_at or "9999-01-01T00:00Z")
        assert not (group.state == GroupState.ESTABLISHED and joined_late.exists())
