"""Nobody is in two places at once: people who lead, members, rooms. For every writer, and for twenty at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, connections, transaction

from groups import services as groups
from groups.choices import InvitationState, LeadRole
from groups.models import GroupLead, Membership, PeerGroup
from groups.services_enrolling import enrol
from groups.services_inviting import answer, invite
from intake.models import Participant
from intake.services_merge import merge_files
from psp.errors import DomainError, constraint_name
from sessions import services
from sessions.free import taken
from sessions.models import Booking, GroupSession, Room
from tests import factories as make

pytestmark = pytest.mark.django_db

TUESDAY = date(2027, 1, 12)


@pytest.fixture
def by():
    return make.a_coordinator("QC")


def established(by, *, start: date = TUESDAY, lead=None, dated: bool = True, kind="informal", **fields) -> PeerGroup:
    """Two members, somebody who leads, and ten (or eight) evenings on Tuesdays."""
    group = make.a_group(by, kind=kind, starts_on=start, **fields)
    PeerGroup.objects.filter(pk=group.pk).update(facilitators=1, min_size=2)
    for _one in range(2):
        person = make.an_accepted_participant(services=("formal", "informal"), by=by)
        groups.add_member(group=group, participant=person, by=by)
    groups.add_lead(group=group, user=lead or make.a_facilitator(), role=LeadRole.FACILITATOR, by=by)
    group = groups.establish(group=PeerGroup.objects.get(pk=group.pk), by=by)
    if dated:
        services.schedule_series(group=group, by=by)
    return group


def booked(group: PeerGroup) -> dict:
    """Holder → how many spans the database keeps."""
    return {row.holder: len(row.during) for row in Booking.objects.filter(group=group)}


def people_of(group: PeerGroup) -> set:
    members = Membership.objects.active().filter(group=group).values_list("participant__user_id", flat=True)
    return {*members, *GroupLead.objects.filter(group=group).values_list("user_id", flat=True)}


def lead_of(group: PeerGroup):
    return GroupLead.objects.get(group=group).user


def refused(code: str):
    return pytest.raises(DomainError, check=lambda error: error.code == code)


def said(error) -> str:
    return str(error.value.message)


# --- The rows follow ------------------------------------------------------------------------------


def test_bookings_follow_whatever_becomes_of_sessions_places_and_leads(by):
    group = established(by)
    first, second, *_rest = group.sessions.order_by("starts_at")
    assert booked(group) == dict.fromkeys(people_of(group), 8)
    services.cancel_session(session=first, by=by)
    assert set(booked(group).values()) == {7}
    services.restore_session(session=first, by=by)
    room = Room.objects.create(program_region_id="QC", name="Blue", address="1 Main Street")
    services.set_place(session=second, by=by, room=room)
    assert booked(group) == dict.fromkeys(people_of(group), 8) | {room.pk: 1}
    member = Membership.objects.active().filter(group=group).first()
    groups.leave_group(membership=member, by=by)
    groups.add_lead(group=group, user=make.a_facilitator(), role=LeadRole.FACILITATOR, by=by)
    groups.remove_lead(lead=GroupLead.objects.filter(group=group).first(), by=by)
    assert booked(group) == dict.fromkeys(people_of(group), 8) | {room.pk: 1}
    assert member.person_id not in booked(group)
    groups.complete(group=group, by=by)
    assert booked(group) == {}


def test_what_is_over_takes_nobodys_time(by):
    group = established(by, dated=False)
    past = datetime.now(UTC) - timedelta(days=3)
    GroupSession.objects.create(group=group, number=1, starts_at=past, ends_at=past + timedelta(hours=1))
    assert booked(group) == {}


@pytest.mark.parametrize("act", ["DELETE FROM peer_sessions_booking", "UPDATE peer_sessions_booking SET holder = id"])
def test_nobody_writes_bookings_but_the_triggers(by, act):
    from django.db import ProgrammingError

    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act)


# --- The last judge, by name ----------------------------------------------------------------------


def judge_of(write) -> str:
    try:
        with transaction.atomic():
            write()
    except IntegrityError as error:
        return constraint_name(error)
    return ""


def test_booking_one_place_at_a_time_for_every_writer(by):
    """Plain rows, past every service: a lead, a member, a session, a room."""
    one, other = established(by), established(by)
    member = Membership.objects.active().filter(group=one).first()
    room = Room.objects.create(program_region_id="QC", name="Blue", address="1 Main Street")
    services.set_place(session=one.sessions.first(), by=by, room=room)
    later = established(by, start=TUESDAY + timedelta(days=1), lead=lead_of(one))
    rows = {
        "lead": lambda: GroupLead.objects.create(group=other, user=lead_of(one), role="facilitator"),
        "member": lambda: Membership.objects.create(group=other, participant=member.participant),
        "room": lambda: other.sessions.all().update(room=room),
        "session": lambda: GroupSession.objects.create(
            group=later, number=99, starts_at=one.sessions.first().starts_at, ends_at=one.sessions.first().ends_at
        ),
    }  # fmt: skip
    assert {name: judge_of(write) for name, write in rows.items()} == dict.fromkeys(rows, "booking_one_place_at_a_time")


# --- Services answer with a sentence --------------------------------------------------------------


def test_a_lead_who_is_elsewhere_is_not_given_the_group_and_nobody_reads_where(by):
    one, other = established(by, name_en="Secret Tuesdays"), established(by)
    with refused("not_free") as error:
        groups.add_lead(group=other, user=lead_of(one), role=LeadRole.FACILITATOR, by=by)
    assert "12 January 2027, 7:00 p.m. (Eastern time)" in said(error)
    assert "Secret" not in said(error)
    with refused("not_free"):
        invite(group=other, participant=Membership.objects.filter(group=one).first().participant, by=by)


def test_establishing_and_scheduling_are_refused_with_the_date_and_keep_what_was(by):
    one = established(by)
    other = established(by, lead=lead_of(one), dated=False)
    with refused("not_free") as error:
        services.schedule_series(group=other, by=by)
    assert lead_of(one).name in said(error)
    assert not other.sessions.exists()


def test_moving_adding_and_restoring_onto_somebody_busy_change_nothing(by):
    one = established(by)
    later = established(by, start=TUESDAY + timedelta(days=1), lead=lead_of(one))
    mine, theirs = later.sessions.first(), one.sessions.first()
    for act in (
        lambda: services.move_session(session=mine, by=by, starts_at=theirs.starts_at + timedelta(minutes=30)),
        lambda: services.add_session(group=later, by=by, starts_at=theirs.starts_at),
    ):
        with refused("not_free") as error:
            act()
        assert lead_of(one).name in said(error)
    services.cancel_session(session=theirs, by=by)
    services.move_session(session=mine, by=by, starts_at=theirs.starts_at)
    with refused("not_free"):
        services.restore_session(session=theirs, by=by)
    assert GroupSession.objects.get(pk=theirs.pk).state == "cancelled"


def test_enrolling_names_the_persons_own_other_group_to_them_alone(by):
    one = established(by, name_en="Tuesdays A", name_fr="Mardis A")
    person = Membership.objects.filter(group=one).first().participant
    other = make.an_open_group(by, starts_on=TUESDAY)
    start = one.sessions.first().starts_at
    GroupSession.objects.create(group=other, number=1, starts_at=start, ends_at=start + timedelta(hours=1))
    with refused("not_free") as own:
        enrol(group=other, participant=person, by=person.user)
    assert "Tuesdays A" in said(own)
    with refused("not_free") as told:
        enrol(group=other, participant=person, by=by)
    assert "Tuesdays A" not in said(told)
    assert not Membership.objects.filter(group=other).exists()


def test_a_yes_that_cannot_be_any_more_ends_as_taken_back(by):
    one = established(by)
    lead = make.a_facilitator()
    asked = invite(group=one, user=lead, role=LeadRole.FACILITATOR, by=by)
    established(by, lead=lead)
    assert answer(invitation=asked, answer="accepted", by=lead).state == InvitationState.TAKEN_BACK


def test_files_with_places_at_one_time_do_not_become_one(by):
    one, other = established(by), established(by)
    kept, merged = (Membership.objects.filter(group=group).first().participant for group in (one, other))
    with pytest.raises(DomainError) as error:
        merge_files(kept=kept, merged=merged, by=by)
    assert error.value.code in ("booking_one_place_at_a_time", "cannot_merge")
    assert set(booked(one)) == people_of(one)


def test_an_account_that_goes_to_another_file_takes_its_bookings_along(by):
    group = established(by)
    person = Membership.objects.filter(group=group).first().participant
    account = make.a_user(kind="participant")
    Participant.objects.filter(pk=person.pk).update(user=account)
    assert set(booked(group)) == people_of(group)
    assert account.pk in booked(group)


# --- Twenty at once -------------------------------------------------------------------------------


def at_once(actions) -> list[BaseException | None]:
    """Each in a thread and a connection of its own, begun together; what each raised."""
    barrier = Barrier(len(actions))
    ends: list[BaseException | None] = [None] * len(actions)

    def work(number, action) -> None:
        barrier.wait()
        try:
            action()
        except BaseException as error:
            ends[number] = error
        finally:
            connections.close_all()

    threads = [Thread(target=work, args=one) for one in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_give_one_lead_one_room_and_one_hour_to_one_group():
    """Ten groups want the same lead, ten others the same room, for one hour each; without an error of the database."""
    by = make.a_coordinator("QC")
    lead, room = make.a_facilitator(), Room.objects.create(program_region_id="QC", name="Blue", address="1 Main St")
    mine = [make.a_group(by, kind="informal", starts_on=TUESDAY) for _one in range(10)]
    for group in mine:
        GroupLead.objects.create(group=group, user=lead, role="facilitator")
    others = [make.a_group(by, kind="informal", starts_on=TUESDAY) for _one in range(10)]
    PeerGroup.objects.filter(pk__in=[one.pk for one in [*mine, *others]]).update(min_size=0)
    PeerGroup.objects.filter(pk__in=[one.pk for one in [*mine, *others]]).update(state="established")
    acts = [lambda group=group: services.schedule_series(group=group, by=by) for group in mine]
    acts += [lambda group=group: services.schedule_series(group=group, by=by, room=room) for group in others]
    ends = at_once(acts)
    for side, holder in ((ends[:10], lead.pk), (ends[10:], room.pk)):
        assert sum(end is None for end in side) == 1, side
        assert {end.code for end in side if end} <= {"not_free", "booking_one_place_at_a_time"}
        assert Booking.objects.filter(holder=holder).count() == 1
    assert GroupSession.objects.count() == 2 * 8
    span = GroupSession.objects.values_list("starts_at", "ends_at")[0]
    assert {one.holder for one in taken([lead.pk, room.pk], [span], besides=by.pk)} == {lead.pk, room.pk}
