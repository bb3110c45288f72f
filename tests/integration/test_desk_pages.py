"""The desk's pages: who may open them, what they show, their number of queries, what they leave in the access log."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contact.services import set_safe_contact
from groups.services import add_member
from intake.models import IntakeMeeting
from psp.audit.models import Entry
from psp.crypto import keyring
from sessions.models import Attendance, GroupSession
from tests import factories as make

pytestmark = pytest.mark.django_db
CANARY = "Zéphyrine Canari"
# However it is written; its last digits alone may also be part of a key.
NUMBER = re.compile(r"555\D{0,9}0199")


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC")


@pytest.fixture
def desk(client, coordinator):
    make.sign_in(client, coordinator)
    return client


def opened(person) -> int:
    """How many access rows about this person there are now."""
    return Entry.objects.filter(person=person.user_id, action="read").count()


def a_waiting(region="QC", **fields):
    participant = make.a_participant(region, **fields)
    return participant, make.an_application(participant)


PAGES = ["today", "applications", "board", "duplicates", "meetings", "search", "waiting", "groups", "group_new"]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("who", ["an_analyst", "a_privacy_officer", "a_facilitator", "a_clinician"])
def test_desk_is_closed_to_other_roles(client, name, who):
    make.sign_in(client, getattr(make, who)())
    assert client.get(reverse(f"desk:{name}")).status_code == 403


@pytest.mark.parametrize("name", PAGES)
def test_desk_is_closed_to_participants_and_visitors(client, name):
    assert client.get(reverse(f"desk:{name}")).status_code == 302
    make.sign_in(client, make.a_participant().user)
    assert client.get(reverse(f"desk:{name}")).status_code == 403


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", PAGES)
def test_pages_open_in_both_languages_when_empty(desk, name, language):
    path = reverse(f"desk:{name}").replace("/en/", f"/{language}/")
    answer = desk.get(path)
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.content.decode()


def test_list_shows_the_own_region_only_and_the_longest_waiting_first(desk):
    now = timezone.now()
    late, early = make.a_participant(name="Late One"), make.a_participant(name="Early One")
    make.an_application(late, submitted_at=now - timedelta(days=2))
    make.an_application(early, submitted_at=now - timedelta(days=9))
    a_waiting("ON", name=CANARY)
    page = desk.get(reverse("desk:applications")).content.decode()
    assert page.index("Early One") < page.index("Late One")
    assert "9 days" in page
    assert CANARY not in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"Anna", "Marc"}),
        ("state=submitted&language=fr", {"Marc"}),
        ("service=informal", {"Anna"}),
        ("state=accepted", {"Done"}),
        ("state=all", {"Anna", "Marc", "Done"}),
        ("state=nonsense&language=xx&page=999", {"Anna", "Marc"}),
    ],
)
def test_filters_stand_in_the_address(desk, coordinator, query, shown):
    make.an_application(make.a_participant(name="Marc", language="fr"))
    make.an_application(make.a_participant(name="Anna", language="en"), services=["informal"])
    make.an_accepted_participant(name="Done", by=coordinator)
    page = desk.get(f"{reverse('desk:applications')}?{query}").content.decode()
    assert {name for name in ("Anna", "Marc", "Done") if name in page} == shown


def queries(client, path: str) -> tuple[int, int]:
    """Queries to the main database and to the one of the keys."""
    keyring.clear()
    with CaptureQueriesContext(connection) as main, CaptureQueriesContext(connections["keys"]) as keys:
        assert client.get(path).status_code == 200
    return len(main), len(keys)


def test_number_of_queries_is_the_same_for_25_and_250_people(desk, coordinator):
    begin = timezone.now() + timedelta(hours=1)

    def grow(first: int, last: int) -> None:
        for number in range(first, last):
            _person, application = a_waiting()
            make.an_accepted_participant(by=coordinator)
            IntakeMeeting.objects.create(
                application=application, coordinator=coordinator, starts_at=begin + timedelta(minutes=number),
                ends_at=begin + timedelta(minutes=number + 1),
            )  # fmt: skip

    paths = [reverse(f"desk:{name}") for name in ("applications", "today", "waiting", "meetings", "board")]
    grow(0, 25)
    for path in paths:  # what is put together once in a process or a connection
        desk.get(path)
    few = [queries(desk, path) for path in paths]
    grow(25, 250)
    assert [queries(desk, path) for path in paths] == few
    assert {keys for _main, keys in few} == {1}, "all keys in one query"


def test_property_04_list_leaves_one_access_row_for_each_person_shown(desk):
    people = [a_waiting()[0] for _number in range(30)]
    desk.get(reverse("desk:applications"))
    assert sorted(opened(person) for person in people) == [0] * 5 + [1] * 25


def test_property_04_today_leaves_one_access_row_for_each_person_shown_and_numbers_are_links(desk, coordinator):
    waiting, _application = a_waiting(name="Waiting One")
    meets, application = a_waiting(name="Meets Today")
    begin = timezone.now() + timedelta(minutes=1)
    IntakeMeeting.objects.create(
        application=application, coordinator=coordinator, starts_at=begin, ends_at=begin + timedelta(minutes=1)
    )
    application.state = "meeting_set"
    application.save()
    page = desk.get(reverse("desk:today")).content.decode()
    assert "Waiting One" in page
    assert opened(waiting) == 1
    assert opened(meets) == (1 if "Meets Today" in page else 0)
    assert f"{reverse('desk:applications')}?state=submitted" in page


def test_property_04_file_shows_the_person_and_leaves_exactly_one_access_row(desk, coordinator):
    person = make.an_accepted_participant(name=CANARY, by=coordinator)
    add_member(group=make.a_group(coordinator), participant=person, by=coordinator)
    before = opened(person)
    page = desk.get(reverse("desk:file", args=[person.pk])).content.decode()
    assert CANARY in page
    assert person.reference in page
    assert "Tuesday evenings" in page
    assert opened(person) == before + 1
    entry = Entry.objects.filter(person=person.user_id, action="read").latest("pk")
    assert (entry.actor, entry.model, entry.purpose) == (coordinator.pk, "intake.participant", "intake")


def a_session(group, at, number=1, state="scheduled") -> GroupSession:
    return GroupSession.objects.create(
        group=group, number=number, starts_at=at, ends_at=at + timedelta(minutes=90), state=state
    )


def test_file_shows_attendance_and_today_the_sessions_to_come(desk, coordinator):
    group = make.a_formal_group(coordinator, members=1)
    person = group.memberships.get().participant
    now = timezone.now()
    past = a_session(group, now - timedelta(days=2), state="held")
    Attendance.objects.create(session=past, participant=person, status="left_early", recorded_by=coordinator)
    coming = a_session(group, now + timedelta(days=3), 2)
    foreign = make.a_formal_group(make.a_coordinator("ON"), program_region="ON", region="ON", name_en="Elsewhere")
    a_session(foreign, now + timedelta(days=3))
    page = desk.get(reverse("desk:file", args=[person.pk])).content.decode()
    assert "Left early" in page
    front = desk.get(reverse("desk:today")).content.decode()
    assert reverse("desk:session", args=[coming.pk]) in front
    assert "Elsewhere" not in front


def test_title_of_a_file_holds_no_name(desk):
    person, _application = a_waiting(name=CANARY)
    page = desk.get(reverse("desk:file", args=[person.pk])).content.decode()
    title = page[page.index("<title>") : page.index("</title>")]
    assert CANARY not in title
    assert person.reference in title


def test_file_of_a_foreign_region_is_not_found_and_noted(desk):
    person, application = a_waiting("ON", name=CANARY)
    for path in (
        reverse("desk:file", args=[person.pk]),
        *(reverse(f"desk:{name}", args=[application.pk]) for name in ("set_meeting", "accept", "decline", "answers")),
    ):
        answer = desk.get(path)
        assert answer.status_code == 404
        assert CANARY not in answer.content.decode()
    assert opened(person) == 0
    assert Entry.objects.filter(action="denied", object_id=str(person.pk)).count() == 1


def test_access_row_that_cannot_be_written_keeps_the_page_closed(desk, monkeypatch):
    from psp.audit import services as audit

    person, _application = a_waiting(name=CANARY)

    def fail(*_args, **_kwargs):
        raise RuntimeError("no access log")

    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(RuntimeError):
        desk.get(reverse("desk:file", args=[person.pk]))


@pytest.mark.parametrize("safe", [True, False])
def test_phone_is_there_to_tap_only_where_a_call_is_safe(desk, safe):
    person, _application = a_waiting(consents=("taking_part", "contact_phone"))
    set_safe_contact(
        person=person.user, by=person.user, email_safe=False, call_safe=safe, phone="613 555 0199",
    )  # fmt: skip
    page = desk.get(reverse("desk:file", args=[person.pk])).content.decode()
    assert ('href="tel:+16135550199"' in page) is safe
    assert bool(NUMBER.search(page)) is safe
    assert ("Do not call" in page) is not safe


def test_do_not_contact_hides_the_number(desk):
    person, _application = a_waiting()
    set_safe_contact(
        person=person.user, by=person.user, email_safe=True, call_safe=True, phone="613 555 0199", do_not_contact=True
    )
    page = desk.get(reverse("desk:file", args=[person.pk])).content.decode()
    assert not NUMBER.search(page)
    assert "Do not contact this person" in page


# --- Finding somebody ---


@pytest.mark.parametrize("typed", ["reference", "reference_loose", "email", "phone"])
def test_search_finds_by_reference_address_and_number(desk, typed):
    person, _application = a_waiting(email="Some.One@Example.org")
    set_safe_contact(person=person.user, by=person.user, email_safe=False, call_safe=True, phone="+1 613 555 0123")
    text = {
        "reference": person.reference, "reference_loose": f" {person.reference.lower().replace('-', ' ')} ",
        "email": "some.one@EXAMPLE.org", "phone": "(613) 555-0123",
    }[typed]  # fmt: skip
    answer = desk.post(reverse("desk:search"), {"text": text})
    assert answer.status_code == 302
    assert answer["Location"] == reverse("desk:file", args=[person.pk])


def test_search_answers_alike_for_unknown_people_and_for_those_of_other_regions(desk):
    person, _application = a_waiting("ON", email="else@example.org")
    known = desk.post(reverse("desk:search"), {"text": "else@example.org"})
    unknown = desk.post(reverse("desk:search"), {"text": "nobody@example.org"})
    assert known.status_code == unknown.status_code == 200
    assert "Nobody in your regions" in known.content.decode()
    assert opened(person) == 0


def test_search_keeps_what_was_typed_out_of_addresses_and_logs(desk, caplog):
    answer = desk.post(reverse("desk:search"), {"text": "canary.search@example.org"})
    assert "canary.search" in answer.content.decode(), "what was typed is kept in the field"
    assert "canary" not in caplog.text
    assert desk.get(f"{reverse('desk:search')}?text=canary").content.decode().count("canary") <= 2


def test_search_lists_several_people_who_share_a_number(desk):
    people = [a_waiting()[0] for _number in range(2)]
    for person in people:
        set_safe_contact(person=person.user, by=person.user, email_safe=False, call_safe=True, phone="613 555 0123")
    page = desk.post(reverse("desk:search"), {"text": "613-555-0123"}).content.decode()
    assert all(person.reference in page for person in people)
    assert [opened(person) for person in people] == [1, 1]


@pytest.mark.parametrize("text", ["", "   ", "x" * 300, "'; DROP TABLE--", "\x00\x00"])
def test_search_takes_anything(desk, text):
    assert desk.post(reverse("desk:search"), {"text": text}).status_code == 200
