"""The person's own pages about contact, the desk's list of troubled messages, the demo's mailbox."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from contact import delivery
from contact.choices import OutboxState
from contact.models import OutboxMessage, SafeContact
from contact.services import queue_message, send_code, set_safe_contact
from psp.audit.models import Entry
from psp.embedded.mailsink import store
from tests.factories import a_coordinator, a_facilitator, a_participant, an_analyst, sign_in

pytestmark = pytest.mark.django_db

ANSWERS = {
    "email_safe": "yes", "sms_safe": "no", "call_safe": "no", "voicemail_safe": "no", "post_safe": "no",
    "explicit_texts": "no", "first_choice": "email", "phone": "", "name_to_use": "Alex", "mode": "own",
    "from_1_0": "09:00", "until_1_0": "12:00", "from_3_0": "09:00", "until_3_0": "12:00", "language": "fr",
    "recheck_on": "",
}  # fmt: skip


@pytest.fixture
def person(client):
    made = a_participant(consents=("taking_part", "contact_email"), language="en").user
    sign_in(client, made)
    return made


def page(name: str, language: str = "en", **kwargs) -> str:
    with translation.override(language):
        return reverse(name, kwargs=kwargs)


def test_choices_are_saved_and_shown_in_both_languages(client, person):
    answer = client.post(page("contact:change"), ANSWERS)
    assert (answer.status_code, answer["Location"]) == (302, page("contact:safe_contact"))
    kept = SafeContact.objects.get(person=person)
    assert (kept.email_safe, kept.call_safe, kept.name_to_use, kept.language) == (True, False, "Alex", "fr")
    assert kept.hours == [[1, 540, 720], [3, 540, 720]]
    assert "Tuesday, Thursday: 9:00 a.m. to 12:00 noon" in client.get(page("contact:safe_contact")).content.decode()
    french = client.get(page("contact:safe_contact", "fr")).content.decode()
    assert "mardi, jeudi\u00a0: de 9\u00a0h à 12\u00a0h" in french


@pytest.mark.parametrize(("mode", "hours"), [("any", []), ("daytime", [[day, 540, 1020] for day in range(5)])])
def test_ready_made_hours(client, person, mode, hours):
    client.post(page("contact:change"), ANSWERS | {"mode": mode})
    assert SafeContact.objects.get(person=person).hours == hours


def test_every_kind_of_hours_is_shown_and_kept_when_the_form_is_sent_as_it_is(client, person):
    odd = [[0, 61, 122], [0, 300, 360], [0, 500, 510], [2, 300, 1440], [6, 0, 30]]
    set_safe_contact(person=person, by=person, email_safe=True, hours=odd)
    form = client.get(page("contact:change")).context["form"]
    shown = {bound.html_name: bound.value() or "" for bound in form}
    times = {name: value.strftime("%H:%M") if hasattr(value, "strftime") else value for name, value in shown.items()}
    assert (times["from_0_2"], times["until_0_2"], times["until_2_0"]) == ("08:20", "08:30", "00:00")
    answers = {name: value for name, value in times.items() if name != "do_not_contact"}
    assert client.post(page("contact:change"), answers).status_code == 302
    assert SafeContact.objects.get(person=person).hours == odd


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"email_safe": ""}, "email_safe", "Please answer this question."),
        ({"call_safe": "yes"}, "phone", "Add the number that we may call."),
        ({"sms_safe": "yes"}, "phone", "Add the number that we may call."),
        ({"post_safe": "yes"}, "address", "Write the address to which a letter is safe."),
        ({"phone": "12"}, "phone", "Write the phone number with its area code, as in 613 555 0123."),
        (
            {"from_1_0": "", "until_1_0": "", "from_3_0": "", "until_3_0": ""},
            "mode",
            "Fill in at least one day below, or choose another answer.",
        ),
        ({"until_1_0": "09:00"}, "until_1_0", "Choose a time after the first one."),
        ({"until_1_0": ""}, "until_1_0", "Fill in both times of this day, or neither."),
        ({"from_5_1": "late"}, "from_5_1", "Write a time such as 18:30."),
        ({"recheck_on": "2020-01-01"}, "recheck_on", "Choose a day that is still to come, or leave it empty."),
        ({"recheck_on": "soon"}, "recheck_on", "Write a date such as 2027-03-31."),
        ({"language": "de"}, "language", "Please answer this question."),
    ],
)
def test_bad_answer_says_how_to_mend_it_and_keeps_what_was_typed(client, person, changes, field, sentence):
    answer = client.post(page("contact:change"), ANSWERS | changes)
    assert answer.status_code == 200
    assert sentence in answer.context["form"].errors[field]
    assert 'value="Alex"' in answer.content.decode()
    assert not SafeContact.objects.exists()


def test_every_model_field_posted_changes_only_what_the_form_asks(client, person):
    other = a_participant().user
    client.post(page("contact:change"), ANSWERS | {"person": str(other.pk), "person_id": str(other.pk), "hours": "[]"})
    assert list(SafeContact.objects.values_list("person_id", flat=True)) == [person.pk]


def test_own_messages_show_what_was_sent_word_for_word_but_never_a_code(client, person, smtp_sink):
    set_safe_contact(person=person, by=person, email_safe=True)
    queue_message(person=person, template="check_details", key="check|1", context={})
    send_code(user=person, code="918273")
    other = a_participant(consents=("taking_part", "contact_email")).user
    set_safe_contact(person=other, by=other, email_safe=True, name_to_use="Somebodyelse")
    queue_message(person=other, template="check_details", key="check|2", context={})
    delivery.send_due(timezone.now())
    answer = client.get(page("contact:messages"))
    shown = answer.content.decode()
    assert "Is it still safe to write to you here?" in shown
    assert "918273" not in shown
    assert "Somebodyelse" not in shown
    assert Entry.objects.filter(action="read", model="contact.outboxmessage", person=person.pk).count() == 2


@pytest.mark.parametrize("name", ["contact:safe_contact", "contact:change", "contact:messages"])
def test_own_pages_are_for_participants(client, name):
    assert client.get(page(name)).status_code == 302
    sign_in(client, a_coordinator())
    assert client.get(page(name)).status_code == 403


def a_troubled_message(region: str, state: str = OutboxState.UNKNOWN, days: int = 0) -> OutboxMessage:
    person = a_participant(region).user
    message = queue_message(person=person, template="check_details", key=f"check|{person.pk}", context={})
    OutboxMessage.objects.filter(pk=message.pk).update(state=state, finished_at=timezone.now() - timedelta(days=days))
    return message


def test_desk_shows_troubled_messages_of_the_own_region_and_notes_each_reading(client):
    shown = [a_troubled_message("QC"), a_troubled_message("QC", OutboxState.FAILED), a_troubled_message("QC", days=99)]
    hidden = [a_troubled_message("ON"), a_troubled_message("QC", OutboxState.SENT)]
    coordinator = a_coordinator("QC")
    sign_in(client, coordinator)
    html = client.get(page("desk:messages")).content.decode()
    for message in shown:
        assert message.person.participant.reference in html
    for message in hidden:
        assert message.person.participant.reference not in html
    read = Entry.objects.filter(action="read", actor=coordinator.pk)
    assert Counter(read.values_list("person", flat=True)) == Counter(message.person_id for message in shown)


@pytest.mark.parametrize("make", [a_facilitator, an_analyst, lambda: a_participant().user])
def test_desk_list_is_for_coordinators(client, make):
    sign_in(client, make())
    assert client.get(page("desk:messages")).status_code == 403


def test_desk_list_costs_the_same_however_many_messages(client):
    sign_in(client, a_coordinator("QC"))
    client.get(page("desk:messages"))
    counts = []
    for more in (3, 6):
        for _number in range(more):
            a_troubled_message("QC")
        with CaptureQueriesContext(connection) as queries:
            client.get(page("desk:messages"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- The demo's mailbox ---------------------------------------------------------------------------


def test_mailbox_shows_messages_newest_first_with_the_code_prominent(client, settings, tmp_path):
    settings.PSP_DATA = tmp_path
    (tmp_path / "mail").mkdir()
    for subject, body in (("First", "Hello"), ("Second", "Votre code est 4F7-2KQ. Il sert une seule fois.")):
        content = f"Subject: {subject}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
        store(tmp_path / "mail", "a@example.org", ["b@example.org"], content.encode())
    html = client.get("/demo/mailbox/").content.decode()
    assert html.index("Second") < html.index("First")
    assert "data-code>4F7-2KQ<" in html.replace("\n", "").replace("  ", "")


def test_mailbox_escapes_what_a_message_holds(client, settings, tmp_path):
    settings.PSP_DATA = tmp_path
    (tmp_path / "mail").mkdir()
    content = "Subject: <b>x</b>\r\nContent-Type: text/plain\r\n\r\n<script>alert(1)</script>\r\n"
    store(tmp_path / "mail", "a@example.org", ["<i>@example.org"], content.encode())
    html = client.get("/demo/mailbox/").content.decode()
    for raw in ("<b>x</b>", "<script>alert", "<i>@"):
        assert raw not in html


@pytest.mark.parametrize("address", ["/demo/mailbox/", "/demo/components/"])
def test_demo_pages_do_not_exist_where_the_demo_is_off(client, settings, address):
    assert client.get(address).status_code == 200
    settings.PSP_DEMO = False
    assert client.get(address).status_code == 404


# --- Where codes to sign in go --------------------------------------------------------------------

TURNED = {
    "email_safe": "no", "phone": "613 555 0666", "sms_safe": "yes", "call_safe": "no", "voicemail_safe": "no",
    "post_safe": "no", "first_choice": "sms", "explicit_texts": "no", "mode": "any", "language": "en",
}  # fmt: skip


@pytest.mark.parametrize(("minutes", "changed"), [(1, True), (16, False)])
def test_codes_are_turned_to_another_number_only_right_after_signing_in(client, minutes, changed):
    """Two minutes with somebody's unlocked phone must not be enough to sign in as them from then on."""
    person = a_participant(language="en").user
    set_safe_contact(person=person, by=person, email_safe=True, sms_safe=True, phone="613 555 0142")
    sign_in(client, person)
    client.get("/en/my/")
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        response = client.post(page("contact:change"), TURNED)
    choices = SafeContact.objects.get(person=person)
    assert (response.status_code == 302) is changed
    assert (choices.phone == "613 555 0666") is changed
    assert ("sign out, sign in again" in response.content.decode()) is not changed


@pytest.mark.parametrize(
    "change",
    [{"phone": "613 555 0142"}, {"sms_safe": "no"}, {"phone": "613 555 0142", "do_not_contact": "on"}],
    ids=["the number from before", "no text messages", "nothing at all"],
)
def test_what_makes_somebody_safer_never_waits_for_a_new_sign_in(client, change):
    person = a_participant(language="en").user
    set_safe_contact(person=person, by=person, email_safe=True, sms_safe=True, phone="613 555 0142")
    sign_in(client, person)
    client.get("/en/my/")
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert client.post(page("contact:change"), TURNED | change).status_code == 302
    assert not SafeContact.objects.get(person=person).email_safe


def test_number_is_not_smuggled_in_by_two_changes(client):
    person = a_participant(language="en").user
    set_safe_contact(person=person, by=person, email_safe=True, sms_safe=True, phone="613 555 0142")
    sign_in(client, person)
    client.get("/en/my/")
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        client.post(page("contact:change"), TURNED | {"sms_safe": "no"})
        client.post(page("contact:change"), TURNED)
    assert not SafeContact.objects.get(person=person).sms_safe
