"""Coming to a session of an informal group by a code: who is let in, and that a refusal says nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consent.services import withdraw
from groups.services import add_lead, add_member, leave_group
from intake.services_apart import note_apart
from psp.audit.models import Entry
from psp.errors import DomainError, Forbidden, constraint_name
from reporting.counters.sessions import visits
from reporting.periods import Span, containing
from sessions.choices import AttendanceStatus, DropInState, SessionState
from sessions.models import Attendance, DropIn, GroupSession
from sessions.services_attendance import record_attendance
from sessions.services_drop_in import come_by_code, digest_of, make_code, settle
from tests import factories as make
from tests.browser import Browser

pytestmark = pytest.mark.django_db
MESSAGE = re.compile(r'<div class="messages".*?>(.*?)</div>', re.DOTALL)


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC")


@pytest.fixture
def lead():
    return make.a_facilitator(name="Dominique")


@pytest.fixture
def session(coordinator, lead):
    group = make.a_group(coordinator, kind="informal")
    add_lead(group=group, user=lead, role="facilitator", by=coordinator)
    now = timezone.now()
    return GroupSession.objects.create(group=group, number=1, starts_at=now, ends_at=now + timedelta(hours=1))


def informal(coordinator, region: str = "QC", **fields):
    return make.an_accepted_participant(region, services=["informal"], by=coordinator, **fields)


def code_of(person) -> str:
    return make_code(participant=person, by=person.user)[1]


def comes(session, person, lead) -> bool:
    return come_by_code(session=session, code=code_of(person), by=lead)


def refused(code: str):
    return pytest.raises(DomainError, check=lambda error: error.code == code)


# --- The door opens -------------------------------------------------------------------------------


def test_a_code_puts_its_person_on_the_list_once(coordinator, lead, session):
    guest = informal(coordinator)
    code = code_of(guest)
    assert come_by_code(session=session, code=f" {code.replace(' ', '-')} ", by=lead)
    noted = Attendance.objects.get(participant=guest)
    assert (noted.status, noted.recorded_by) == (AttendanceStatus.PRESENT, lead)
    session.refresh_from_db()
    assert session.state == SessionState.HELD
    assert not guest.memberships.exists(), "coming once is no place"
    assert come_by_code(session=session, code=code, by=lead), "two presses are one"
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False), refused("code_unknown"):
        come_by_code(session=session, code=code, by=lead)
    assert Entry.objects.filter(person=guest.user_id, model="peer_sessions.attendance", action="create").count() == 1


def test_what_those_who_lead_note_of_a_guest_can_be_corrected(coordinator, lead, session):
    guest = informal(coordinator)
    comes(session, guest, lead)
    record_attendance(session=session, by=lead, statuses={guest.pk: "left_early"})
    assert Attendance.objects.get(participant=guest).status == AttendanceStatus.LEFT_EARLY


def test_a_member_with_a_code_is_noted_and_the_code_is_gone(coordinator, lead, session):
    member = informal(coordinator)
    add_member(group=session.group, participant=member, by=coordinator)
    assert comes(session, member, lead)
    assert Attendance.objects.get().participant == member
    assert not DropIn.objects.exists()


def test_a_code_runs_out_and_a_newer_one_ends_it(coordinator, lead, session, settings):
    guest = informal(coordinator)
    first, second = code_of(guest), code_of(guest)
    assert DropIn.objects.count() == 1
    with refused("code_unknown"):
        come_by_code(session=session, code=first, by=lead)
    over = timezone.now() + timedelta(minutes=settings.PSP_DROP_IN_MINUTES, seconds=1)
    with time_machine.travel(over, tick=False), refused("code_unknown"):
        come_by_code(session=session, code=second, by=lead)
    assert not Attendance.objects.exists()


def test_only_a_keyed_digest_of_a_code_is_kept(coordinator):
    code = code_of(informal(coordinator))
    kept = DropIn.objects.get()
    digits = code.replace(" ", "")
    assert len(digits) == 8
    assert digits.isdecimal()
    assert all(digits not in str(value) for value in vars(kept).values())
    assert kept.digest == digest_of(code)


# --- The door stays closed ------------------------------------------------------------------------


def apart_from_a_member(coordinator, session):
    guest, member = informal(coordinator), informal(coordinator)
    add_member(group=session.group, participant=member, by=coordinator)
    note_apart(participant=guest, other=member.user, by=coordinator)
    return guest


def apart_from_a_guest(coordinator, session):
    guest, other = informal(coordinator), informal(coordinator)
    comes(session, other, session.group.leads.get().user)
    note_apart(participant=guest, other=other.user, by=coordinator)
    return guest


def apart_from_who_leads(coordinator, session):
    guest = informal(coordinator)
    note_apart(participant=guest, other=session.group.leads.get().user, by=coordinator)
    return guest


def of_another_region(coordinator, session):
    return informal(make.a_coordinator("ON"), "ON")


def no_room(coordinator, session):
    type(session.group).objects.filter(pk=session.group_id).update(min_size=1, max_size=1)
    add_member(group=session.group, participant=informal(coordinator), by=coordinator)
    return informal(coordinator)


def ended_by_the_team(coordinator, session):
    guest = informal(coordinator)
    place = add_member(group=session.group, participant=guest, by=coordinator)
    leave_group(membership=place, by=coordinator)
    type(place).objects.filter(pk=place.pk).update(left_at=session.starts_at - timedelta(days=1))
    ended = place.history.latest()
    ended.history_user = coordinator
    ended.save()
    return guest


CLOSED = (apart_from_a_member, apart_from_a_guest, apart_from_who_leads, of_another_region, no_room, ended_by_the_team)


@pytest.mark.parametrize("why", CLOSED)
def test_whoever_cannot_come_in_becomes_a_coordinators_task_and_nothing_says_why(coordinator, lead, session, why):
    guest = why(coordinator, session)
    before = Attendance.objects.count()
    assert not comes(session, guest, lead)
    assert Attendance.objects.count() == before
    assert not Attendance.objects.filter(participant=guest).exists()
    task = DropIn.objects.get(participant=guest)
    assert (task.state, task.session, task.by) == (DropInState.ASKED, session, lead)
    assert not {"reason", "why", "refusal"} & {field.name for field in DropIn._meta.fields}
    mine = make.a_coordinator(guest.program_region_id)
    assert DropIn.objects.in_regions_of(mine).get() == task
    settle(drop_in=task, by=mine)
    assert not DropIn.objects.in_regions_of(mine).exists()


def test_a_refusal_reads_and_costs_the_same_whatever_its_reason(coordinator, lead, session):
    """Two pages and two waits that differ would tell whoever leads that somebody is noted."""
    pages, work = {}, {}
    browser = Browser()
    make.sign_in(browser, lead)
    for why in (apart_from_who_leads, of_another_region, no_room):
        guest = why(coordinator, session)
        code = code_of(guest)
        with CaptureQueriesContext(connection) as asked:
            answer = browser.post(f"/en/lead/sessions/{session.pk}/code/", {"code": code})
        assert (answer.status_code, answer["Location"]) == (302, f"/en/lead/sessions/{session.pk}/")
        (pages[why],) = MESSAGE.findall(browser.get(answer["Location"]).content.decode())
        work[why] = len(asked)
    assert all("Please ask a coordinator" in page for page in pages.values())
    assert len(set(pages.values())) == 1
    assert max(work.values()) - min(work.values()) <= 2, work


def test_nobody_comes_by_a_code_to_a_formal_group_or_on_another_day(coordinator, lead, session):
    guest = informal(coordinator)
    formal = make.a_formal_group(coordinator)
    there = formal.leads.get().user
    now = timezone.now()
    closed = GroupSession.objects.create(group=formal, number=1, starts_at=now, ends_at=now + timedelta(hours=1))
    with refused("not_for_drop_in"):
        comes(closed, guest, there)
    with time_machine.travel(session.starts_at - timedelta(days=2)), refused("too_early"):
        comes(session, guest, lead)
    with pytest.raises(Forbidden):
        comes(session, guest, there)


def test_only_whoever_is_accepted_for_informal_groups_gets_a_code(coordinator):
    with refused("no_drop_in"):
        code_of(make.an_accepted_participant(services=["formal"], by=coordinator))
    with pytest.raises(Forbidden):
        make_code(participant=informal(coordinator), by=coordinator)


def test_property_34_a_withdrawal_ends_codes_and_tasks_at_once(coordinator, lead, session):
    guest = apart_from_who_leads(coordinator, session)
    comes(session, guest, lead)
    code = code_of(guest)
    withdraw(person=guest.user, purpose="taking_part", by=guest.user)
    assert not DropIn.objects.filter(participant=guest).exists()
    with refused("code_unknown"):
        come_by_code(session=session, code=code, by=lead)


def test_a_guest_is_in_results_only_while_they_agree_to_being_counted(coordinator, lead, session):
    agreed = informal(coordinator, consents=("taking_part", "results"))
    for guest in (agreed, informal(coordinator)):
        assert comes(session, guest, lead)
    year = containing(timezone.localdate(), Span.YEAR)
    assert [row.participant for row in visits(year)] == [agreed]
    withdraw(person=agreed.user, purpose="results", by=agreed.user)
    assert not visits(year).exists()
    assert Attendance.objects.filter(participant=agreed).exists(), "that they were there stays a fact of the group"


# --- The database as the last judge ---------------------------------------------------------------


def added(session, person, by) -> str:
    """Name of the rule that refuses it; "" where nothing does."""
    now = timezone.now()
    try:
        with transaction.atomic():
            DropIn.objects.create(
                participant=person, digest=str(person.pk), state="added", session=session, by=by, used_at=now,
                expires_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        return constraint_name(error)
    return ""


def test_drop_in_informal(coordinator, lead, session):
    formal = make.a_formal_group(coordinator)
    now = timezone.now()
    closed = GroupSession.objects.create(group=formal, number=1, starts_at=now, ends_at=now + timedelta(hours=1))
    assert added(closed, informal(coordinator), lead) == "drop_in_informal"
    assert added(session, informal(coordinator), lead) == ""


def test_drop_in_room(coordinator, lead, session):
    type(session.group).objects.filter(pk=session.group_id).update(min_size=1, max_size=2)
    add_member(group=session.group, participant=informal(coordinator), by=coordinator)
    guest = informal(coordinator)
    assert comes(session, guest, lead)
    assert added(session, informal(coordinator), lead) == "drop_in_room"
    record_attendance(session=session, by=lead, statuses={guest.pk: "absent"})
    assert added(session, informal(coordinator), lead) == ""


def test_drop_in_rows_hold_together(coordinator, lead, session):
    guest = informal(coordinator)
    code_of(guest)
    now = timezone.now()
    broken = {
        "drop_in_one_open": {"participant": guest, "digest": "a"},
        "drop_in_code_once": {"digest": DropIn.objects.get().digest},
        "drop_in_state_known": {"state": "else", "session": session, "by": lead, "used_at": now},
        "drop_in_used_at_a_session": {"state": "asked"},
        "drop_in_settled_has_its_time": {"state": "settled", "session": session, "by": lead, "used_at": now},
    }
    for name, fields in broken.items():
        values = {"participant": informal(coordinator), "digest": name, "expires_at": now} | fields
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            DropIn.objects.create(**values)
        assert constraint_name(refusal.value) == name


@pytest.mark.django_db(transaction=True)
def test_property_36_of_many_who_come_at_once_only_as_many_as_the_room_holds_come_in():
    coordinator = make.a_coordinator("QC")
    leads = [make.a_facilitator() for _one in range(2)]
    group = make.a_group(coordinator, kind="informal")
    for one in leads:
        add_lead(group=group, user=one, role="facilitator", by=coordinator)
    type(group).objects.filter(pk=group.pk).update(min_size=1, max_size=2)
    now = timezone.now()
    session = GroupSession.objects.create(group=group, number=1, starts_at=now, ends_at=now + timedelta(hours=1))
    codes = [code_of(informal(coordinator)) for _one in range(6)]
    ready, let_in = Barrier(len(codes)), []

    def try_one(number: int) -> None:
        ready.wait()
        try:
            let_in.append(come_by_code(session=session.pk, code=codes[number], by=leads[number % 2]))
        finally:
            connections.close_all()

    threads = [Thread(target=try_one, args=[number]) for number in range(len(codes))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(let_in) == [False] * 4 + [True] * 2
    assert Attendance.objects.filter(session=session).count() == 2
    assert DropIn.objects.filter(state=DropInState.ASKED).count() == 4


# --- Pages ----------------------------------------------------------------------------------------


def test_a_person_sees_the_code_once_and_only_at_a_press(client, coordinator):
    guest = informal(coordinator, language="en")
    make.sign_in(client, guest.user)
    assert reverse("my_sessions:code") in client.get("/en/my/sessions/").content.decode()
    assert "Show my code" in client.get("/en/my/code/").content.decode()
    assert not DropIn.objects.exists()
    shown = client.post("/en/my/code/", content_type="application/x-www-form-urlencoded").context["code"]
    assert DropIn.objects.get().digest == digest_of(shown)
    assert shown not in client.get("/en/my/code/").content.decode()


def test_those_who_lead_may_try_so_many_codes_in_an_hour(coordinator, lead, session, settings):
    settings.PSP_DROP_INS_PER_HOUR = 3
    browser = Browser()
    make.sign_in(browser, lead)
    address = f"/en/lead/sessions/{session.pk}/code/"
    told = [browser.post(address, {"code": f"0000 000{number}"}).content.decode() for number in range(4)]
    assert all("not known" in page for page in told[:3])
    assert "No more codes" in told[3]
    guest = code_of(informal(coordinator))
    assert "No more codes" in browser.post(address, {"code": guest}).content.decode()
    assert not Attendance.objects.exists()


def test_property_02_a_guest_shows_by_the_chosen_name_alone(client, coordinator, lead, session):
    guest = informal(coordinator, name="Chosenname", email="canary@example.org")
    comes(session, guest, lead)
    make.sign_in(client, lead)
    html = client.get(f"/en/lead/sessions/{session.pk}/").content.decode()
    assert "Chosenname" in html
    assert "came without a place" in html
    for canary in ("canary", guest.reference, str(guest.pk), str(guest.user_id)):
        assert canary not in html
