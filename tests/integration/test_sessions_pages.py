"""Pages of those who lead, of coordinators about sessions, and the card in the portal."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import translation

from contact.services import set_safe_contact
from groups import services as groups
from groups.models import PeerGroup
from psp.audit.models import Entry
from psp.dashboard import cards_for
from psp.models import User
from sessions import services
from sessions.choices import AttendanceStatus, SessionState
from sessions.models import Attendance, GroupSession
from tests.factories import a_clinician, a_coordinator, a_facilitator, a_formal_group, a_participant, sign_in
from tests.plans import what_is_sent

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def coordinator():
    return a_coordinator("QC")


@pytest.fixture
def group(coordinator) -> PeerGroup:
    made = a_formal_group(coordinator, members=4, starts_on=date(2026, 12, 1))
    return groups.establish(group=made, by=coordinator)


@pytest.fixture
def session(group, coordinator) -> GroupSession:
    return services.schedule_series(group=group, by=coordinator)[0]


def page(name: str, language: str = "en", **kwargs) -> str:
    with translation.override(language):
        return reverse(name, kwargs=kwargs)


def lead_of(group: PeerGroup) -> User:
    return User.objects.get(pk=group.leads.get().user_id)


def answers(html_form, *statuses: str) -> dict[str, str]:
    names = [name for name in html_form.fields if name.startswith("m-")]
    return dict(zip(names, statuses, strict=False)) | {"seen": html_form["seen"].value() or ""}


# --- Lead -----------------------------------------------------------------------------------------


def test_lead_sees_the_next_session_in_their_own_clock(client, group, session):
    lead = lead_of(group)
    User.objects.filter(pk=lead.pk).update(time_zone="America/Vancouver")
    sign_in(client, lead)
    html = client.get(page("lead:home")).content.decode()
    assert "Tuesday, 1 December 2026, 5:00 p.m. (Pacific time)" in html  # 19:00 in Toronto
    assert page("lead:session", session_id=session.pk) in html


def test_lead_takes_attendance_with_one_save_and_is_thanked(client, group, session):
    sign_in(client, lead_of(group))
    address = page("lead:session", session_id=session.pk)
    with time_machine.travel(session.starts_at + timedelta(minutes=10)):
        sign_in(client, lead_of(group))
        form = client.get(address).context["form"]
        answer = client.post(address, answers(form, "present", "absent", "let_us_know", "left_early"))
        assert answer["Location"] == page("lead:thanks", session_id=session.pk)
        assert "Thank you" in client.get(answer["Location"]).content.decode()
    assert Attendance.objects.count() == 4
    assert GroupSession.objects.get(pk=session.pk).state == SessionState.HELD


def test_lead_whose_page_was_overtaken_is_told_and_nothing_is_overwritten(client, group, session):
    address = page("lead:session", session_id=session.pk)
    with time_machine.travel(session.starts_at + timedelta(minutes=10)):
        sign_in(client, lead_of(group))
        form = client.get(address).context["form"]
        client.post(address, answers(form, "present"))
        answer = client.post(address, answers(form, "absent"))
    assert answer.status_code == 200
    assert "Somebody else recorded attendance meanwhile" in answer.content.decode()
    assert Attendance.objects.get().status == AttendanceStatus.PRESENT


def test_property_02_lead_pages_hold_nothing_of_a_person_but_the_chosen_name(client, coordinator):
    made = a_formal_group(coordinator, members=3, starts_on=date(2026, 12, 1))
    from tests.factories import accepted

    person = a_participant("QC", name="Chosenname", email="canary-address@example.org",
                           consents=("taking_part", "contact_email"))  # fmt: skip
    accepted(person, by=coordinator)
    set_safe_contact(person=person.user, by=person.user, email_safe=True, call_safe=True, phone="613 555 0188",
                     name_to_use="Messagename")  # fmt: skip
    groups.add_member(group=made, participant=person, by=coordinator)
    groups.establish(group=made, by=coordinator)
    session = services.schedule_series(group=made, by=coordinator)[0]
    lead = lead_of(made)
    canaries = [
        "canary-address", "example.org", "613 555 0188", "6135550188", "Messagename", "Typed Name",
        person.reference, str(person.pk), str(person.user_id), person.user.username, person.user.email_index,
        str(person.region), "Quebec", "Québec", "veteran",
    ]  # fmt: skip
    with time_machine.travel(session.starts_at + timedelta(minutes=10)):
        sign_in(client, lead)
        shown = ""
        for language in ("en", "fr"):
            for name, kwargs in (
                ("lead:home", {}), ("lead:group", {"group_id": made.pk}),
                ("lead:session", {"session_id": session.pk}), ("lead:thanks", {"session_id": session.pk}),
            ):  # fmt: skip
                answer = client.get(page(name, language, **kwargs))
                assert answer.status_code == 200
                shown += answer.content.decode() + str(answer.headers)
    assert "Chosenname" in shown
    assert [canary for canary in canaries if canary in shown] == []


def test_lead_pages_of_another_group_do_not_exist(client, group, session):
    for stranger in (a_facilitator(), a_clinician()):
        sign_in(client, stranger)
        for name, kwargs in (("lead:group", {"group_id": group.pk}), ("lead:session", {"session_id": session.pk}),
                             ("lead:thanks", {"session_id": session.pk})):  # fmt: skip
            assert client.get(page(name, **kwargs)).status_code == 404
        assert client.post(page("lead:session", session_id=session.pk), {}).status_code == 404


def test_lead_area_is_closed_to_others(client, coordinator, group):
    for person in (coordinator, group.memberships.first().participant.user):
        sign_in(client, person)
        assert client.get(page("lead:home")).status_code == 403


def test_lead_reading_names_leaves_one_audit_row_a_person(client, group, session):
    lead = lead_of(group)
    sign_in(client, lead)
    client.get(page("lead:session", session_id=session.pk))
    read = Entry.objects.filter(action="read", actor=lead.pk)
    assert Counter(read.values_list("person", flat=True)) == Counter(
        member.participant.user_id for member in group.memberships.all()
    )
    client.get(page("lead:home"))
    assert read.count() == 4


# --- Desk -----------------------------------------------------------------------------------------


def test_coordinator_sees_the_dates_before_they_are_saved(client, coordinator, group):
    sign_in(client, coordinator)
    address = page("desk:group_schedule", "fr", group_id=group.pk)
    html = client.get(address).content.decode()
    assert "mardi 1er décembre 2026" in html
    assert not GroupSession.objects.exists()
    for _press in range(2):
        assert client.post(address, what_is_sent(html)).status_code == 302
    assert GroupSession.objects.count() == 10


def test_preview_names_the_holidays_that_are_left_out(client, coordinator):
    made = a_formal_group(coordinator, members=4, starts_on=date(2026, 12, 25))
    sign_in(client, coordinator)
    html = client.get(page("desk:group_schedule", group_id=made.pk)).content.decode()
    assert "Friday, 25 December 2026" in html
    assert "Left out: Christmas Day" in html
    assert "Save these dates" not in html  # not established yet


def test_saving_dates_of_a_forming_group_is_refused_with_a_sentence(client, coordinator):
    made = a_formal_group(coordinator, members=4)
    sign_in(client, coordinator)
    address = page("desk:group_schedule", group_id=made.pk)
    answer = client.post(address, what_is_sent(client.get(address).content.decode()))
    assert answer.status_code == 409
    assert "Establish the group first" in answer.content.decode()
    assert not GroupSession.objects.exists()


def test_coordinator_moves_and_cancels_a_session(client, coordinator, session):
    sign_in(client, coordinator)
    moved = client.post(
        page("desk:session_move", session_id=session.pk), {"day": "2026-12-03", "starts_at": "18:30", "revision": "0"}
    )
    assert moved.status_code == 302
    assert GroupSession.objects.get(pk=session.pk).starts_at == datetime(2026, 12, 3, 23, 30, tzinfo=UTC)
    stale = client.post(
        page("desk:session_move", session_id=session.pk), {"day": "2026-12-04", "starts_at": "18:30", "revision": "0"}
    )
    assert (stale.status_code, "Somebody moved this session" in stale.content.decode()) == (200, True)
    assert client.get(page("desk:session_cancel", session_id=session.pk)).status_code == 200
    client.post(page("desk:session_cancel", session_id=session.pk))
    assert GroupSession.objects.get(pk=session.pk).state == SessionState.CANCELLED


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2026-11-01", "has passed already"),
        ("2026-12-08", "Another session of this group"),
        ("", "Choose the new day"),
    ],
)
def test_moving_to_an_impossible_time_says_why_and_keeps_what_was_typed(client, coordinator, session, day, sentence):
    sign_in(client, coordinator)
    answer = client.post(
        page("desk:session_move", session_id=session.pk), {"day": day, "starts_at": "19:15", "revision": "0"}
    )
    html = answer.content.decode()
    assert (answer.status_code, sentence in html, 'value="19:15"' in html) == (200, True, True)
    assert GroupSession.objects.get(pk=session.pk).starts_at == session.starts_at


def test_coordinator_of_another_region_finds_nothing(client, group, session):
    sign_in(client, a_coordinator("ON"))
    for name, kwargs in (("desk:group_schedule", {"group_id": group.pk}), ("desk:session", {"session_id": session.pk}),
                         ("desk:session_cancel", {"session_id": session.pk})):  # fmt: skip
        assert client.get(page(name, **kwargs)).status_code == 404
        assert client.post(page(name, **kwargs)).status_code == 404
    assert client.post(page("desk:session_move", session_id=session.pk)).status_code == 404


def test_desk_pages_are_closed_to_leads(client, group, session):
    sign_in(client, lead_of(group))
    assert client.get(page("desk:session", session_id=session.pk)).status_code == 403


def test_coordinator_corrects_attendance(client, coordinator, session):
    address = page("desk:session", session_id=session.pk)
    with time_machine.travel(session.ends_at + timedelta(hours=12)):
        sign_in(client, coordinator)
        form = client.get(address).context["form"]
        assert client.post(address, answers(form, "present", "present")).status_code == 302
    assert Attendance.objects.filter(status="present").count() == 2


# --- Portal ---------------------------------------------------------------------------------------


def test_portal_card_shows_the_next_sessions_in_the_readers_own_clock(rf, group, session):
    person = group.memberships.first().participant.user
    User.objects.filter(pk=person.pk).update(time_zone="America/St_Johns")
    request = rf.get("/fr/my/")
    request.user = User.objects.get(pk=person.pk)
    with translation.override("fr"):
        card = next(card for card in cards_for(request, "my") if card["template"] == "sessions/my_card.html")
    assert len(card["sessions"]) == 3
    assert card["sessions"][0]["when"] == "le mardi 1er décembre 2026 à 20\u00a0h\u00a030 (heure de Terre-Neuve)"
    assert card["sessions"][0]["when"] in card["next_step"]["title"]


def test_portal_card_is_not_there_for_someone_who_left(rf, group, session):
    member = group.memberships.first()
    groups.leave_group(membership=member, by=member.participant.user)
    request = rf.get("/en/my/")
    request.user = User.objects.get(pk=member.participant.user_id)
    assert not [card for card in cards_for(request, "my") if card["template"] == "sessions/my_card.html"]


def test_people_of_one_name_can_be_told_apart_the_same_way_on_every_page(client, group, session):
    lead = lead_of(group)
    for member in group.memberships.all()[:2]:
        user = member.participant.user
        user.name = "Camille"
        user.save()
    sign_in(client, lead)
    names = [row["name"] for row in client.get(page("lead:group", group_id=group.pk)).context["people"]]
    assert [name for name in names if name.startswith("Camille")] == ["Camille 1", "Camille 2"]
    with time_machine.travel(session.starts_at):
        sign_in(client, lead)
        rows = client.get(page("lead:session", session_id=session.pk)).context["form"].rows
    assert {"Camille 1", "Camille 2"} <= {row.field.label for row in rows}


def test_before_its_day_a_session_shows_names_but_nothing_to_fill_in(client, group, session):
    sign_in(client, lead_of(group))
    html = client.get(page("lead:session", session_id=session.pk)).content.decode()
    assert "On the day itself" in html
    assert 'type="radio"' not in html
