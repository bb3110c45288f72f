"""The privacy officer's page: the access log by reference and username, without names."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from privacy.datamap import holdings
from privacy.log_words import record_words
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.audit.models import Entry
from psp.context_vars import acting
from tests import factories as make

pytestmark = pytest.mark.django_db
URL = "/en/privacy/log/"
CANARY = "Zéphyrine Canari"


@pytest.fixture
def officer(client):
    make.sign_in(client, make.a_privacy_officer())
    return client


def a_read(person, by, **fields) -> Entry:
    with acting(by.pk):
        audit.record(Action.READ, person, person=person.user_id, purpose=Purpose.INTAKE, **fields)
    return Entry.objects.latest("pk")


@pytest.mark.parametrize("who", ["a_coordinator", "an_analyst", "a_facilitator", "a_clinician"])
def test_log_is_closed_to_other_roles(client, who):
    make.sign_in(client, getattr(make, who)())
    assert client.get(URL).status_code == 403


def test_log_is_closed_to_participants_and_visitors(client):
    assert client.get(URL).status_code == 302
    make.sign_in(client, make.a_participant().user)
    assert client.get(URL).status_code == 403


def test_privacy_officer_opens_no_file(officer):
    assert officer.get(reverse("desk:file", args=[make.a_participant().pk])).status_code == 403


def test_entries_speak_of_references_and_usernames_never_of_names(officer):
    person, coordinator = make.a_participant(name=CANARY), make.a_coordinator(username="coordinator.x", name="Cora Q")
    a_read(person, coordinator, fields=("name", "answers"))
    page = officer.get(URL).content.decode()
    assert person.reference in page
    assert "coordinator.x" in page
    assert "name, answers" in page
    assert CANARY not in page
    assert "Cora Q" not in page


def test_participants_own_visits_are_shown_by_reference(officer):
    person = make.a_participant(name=CANARY)
    a_read(person, person.user)
    page = officer.get(URL).content.decode()
    assert page.count(person.reference) == 2
    assert person.user.username not in page


def test_log_is_narrowed_to_a_person_an_actor_days_and_refusals(officer):
    one, other = make.a_participant(), make.a_participant()
    coordinator = make.a_coordinator(username="coordinator.y")
    a_read(one, coordinator)
    a_read(other, other.user)
    with acting(coordinator.pk):
        audit.record_denial("desk:file", str(other.pk), purpose=Purpose.SECURITY)

    def shown(**query) -> str:
        page = officer.get(URL, query).content.decode()
        return page[page.index("<tbody>") :] if "<tbody>" in page else ""

    assert other.reference not in shown(person=one.reference.lower())
    assert one.reference in shown(person=one.reference.lower().replace("-", ""))
    assert other.reference not in shown(actor="Coordinator.Y")
    denied = shown(denied="on")
    assert "desk:file" in denied
    assert one.reference not in denied
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert shown(start=tomorrow) == ""
    assert one.reference in shown(start=timezone.localdate().isoformat(), end=timezone.localdate().isoformat())


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"person": "ZZZZ-ZZZZ"}, "No file has this reference."),
        ({"actor": "nobody.here"}, "No team member or supporter has this username."),
        ({"start": "yesterday"}, "Write the day as in 2026-11-30."),
        ({"start": "2026-05-02", "end": "2026-05-01"}, "not before the first one"),
    ],
)
def test_bad_filter_is_answered_at_its_field_and_kept(officer, query, sentence):
    answer = officer.get(URL, query)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert sentence in page
    assert all(value in page for value in query.values())


def test_participants_username_finds_nothing(officer):
    person = make.a_participant()
    assert officer.get(URL, {"actor": person.user.username}).status_code == 400


def test_reading_the_log_is_itself_one_entry_about_the_person_it_was_narrowed_to(officer):
    person = make.a_participant()
    officer.get(URL)
    officer.get(URL, {"person": person.reference})
    about = list(Entry.objects.filter(model="audit.entry").order_by("pk").values_list("person", flat=True))
    assert about == [None, person.user_id]


def test_log_is_paged_without_gap_or_repetition(officer, django_assert_max_num_queries):
    person, coordinator = make.a_participant(), make.a_coordinator()
    made = [a_read(person, coordinator, fields=(f"field{number:03}",)).fields for number in range(120)]
    seen, address = [], URL
    while address:
        with django_assert_max_num_queries(14):
            page = officer.get(address).content.decode()
        seen += [word for word in made if word in page]
        start = page.find('rel="next"')
        address = (
            URL + page[page.index('href="', start) + 6 : page.index('"', page.index('href="', start) + 6)]
            if start > 0
            else ""
        )
        address = address.replace("&amp;", "&")
    assert sorted(seen) == made


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "٣"])
def test_made_up_page_is_the_first_one(officer, before):
    assert officer.get(URL, {"before": before}).status_code == 200


def test_every_kind_of_record_about_people_has_words_in_both_languages():
    """No code of the program on the officer's pages: every table of our own in the data map is named."""
    told = {}
    ours = {one.model for one in holdings() if not one.model.startswith(("account.", "admin.", "keys.", "sessions."))}
    ours -= {"audit.link", "audit.unsealed", "psp.user_groups", "psp.user_user_permissions"}  # never an entry's record
    for language in ("en", "fr"):
        with override(language):
            told[language] = {code: record_words(code) for code in ours}
            assert [code for code, words in told[language].items() if code in words] == []
    alike = {code for code in ours if told["en"][code] == told["fr"][code]}
    assert alike <= {"contact.outboxmessage", "peer_sessions.groupsession", "peer_sessions.historicalgroupsession"}


def test_log_names_records_and_refused_pages_in_words(officer):
    person, coordinator = make.a_participant(), make.a_coordinator()
    a_read(person, coordinator)
    audit.record_denial("desk:file", str(person.pk), purpose=Purpose.INTAKE, person=person.user_id)
    page = officer.get(f"{URL}?person={person.reference}").content.decode()
    assert "intake.participant" not in page
    assert "<span>File" in page
    assert "Page desk:file" in page
