"""Everything that leaves matches a neutral allow-list in both languages (`docs/security.md` 26)."""

from __future__ import annotations

import re
from email.utils import parseaddr

import pytest
from django.core.checks import run_checks
from django.utils import timezone

from contact import delivery
from contact.lint import neutral_violations
from contact.models import MessageTemplate, OutboxMessage
from contact.services import queue_message, set_safe_contact
from psp.content import load
from psp.models import User
from tests.factories import a_participant
from tests.smtp import Mail

pytestmark = pytest.mark.django_db

CONTENT = load("messages")
CODES = [item["code"] for item in CONTENT["templates"]]
EXPLICIT = [item["code"] for item in CONTENT["templates"] if "explicit_en" in item]
HEADERS = {
    "Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Subject", "From", "To", "Date", "Message-ID",
    "Auto-Submitted",
}  # fmt: skip
# What may stand where a placeholder stood: a date with its time zone, a code, our one address.
PLACES = {
    "when": r"(?:le )?[\w, .:’()\u00a0]+",
    "code": r"\w+",
    "link": r"https://dates\.example/(?:en|fr)/me/|https://dates\.example/once",
}


@pytest.fixture(autouse=True)
def _neutral_outside(monkeypatch, settings):
    monkeypatch.setattr("contact.registry._guards", {})
    settings.PSP_PUBLIC_URL, settings.DEFAULT_FROM_EMAIL = "https://dates.example", "Hello <hello@dates.example>"


def allowed_body(code: str, language: str) -> re.Pattern[str]:
    """The template of the content file, word for word, with the placeholders left open."""
    item = next(item for item in CONTENT["templates"] if item["code"] == code)
    text = f"{CONTENT[f'greeting_without_name_{language}']}\n\n{item[f'text_{language}']}\n"
    return re.compile(opened(text))


def opened(text: str) -> str:
    """The text as a pattern in which the placeholders are left open."""
    return re.sub(r"\\{(\w+)\\}", lambda match: f"(?:{PLACES[match[1]]})", re.escape(text))


def sent(code: str, language: str, sink) -> Mail:
    person = a_participant(consents=("taking_part", "contact_email"), language=language, email="x@example.org").user
    set_safe_contact(person=person, by=person, email_safe=True, language=language)
    secret = {"sign_in_code": "482913", "password_link": "https://dates.example/once"}.get(code, "")
    queue_message(person=person, template=code, key=f"{code}|1", secret=secret,
                  context={"at": "2027-03-14T23:30:00+00:00"})  # fmt: skip
    delivery.send_due(timezone.now())
    (mail,) = sink.mails
    return mail


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("code", CODES)
def test_property_26_message_is_on_the_allow_list(smtp_sink, code, language):
    mail = sent(code, language, smtp_sink)
    item = next(item for item in CONTENT["templates"] if item["code"] == code)
    assert set(mail.message.keys()) <= HEADERS
    assert mail.message["Subject"] == item[f"subject_{language}"]
    assert parseaddr(mail.message["From"]) == (CONTENT[f"sender_{language}"], "hello@dates.example")
    assert mail.sender == "hello@dates.example"
    assert mail.message.get_content_type() == "text/plain"
    assert not list(mail.message.iter_attachments())
    assert allowed_body(code, language).fullmatch(mail.body), mail.body
    assert neutral_violations(mail.raw.decode("latin-1").replace("x@example.org", ""), language) == []
    assert neutral_violations(mail.body, language) == []


def allowed_text_message(code: str, language: str) -> re.Pattern[str]:
    item = next(item for item in CONTENT["templates"] if item["code"] == code)
    return re.compile(opened(item.get(f"sms_{language}") or item[f"text_{language}"]))


def a_reader(language: str, **choices):
    """Somebody who has signed in before, and may be reached by e-mail and text message."""
    person = a_participant(
        consents=("taking_part", "contact_email", "contact_sms"), language=language, email="x@example.org",
        last_login=timezone.now(),
    ).user  # fmt: skip
    wishes = {"email_safe": True, "sms_safe": True, "phone": "613 555 0142", "language": language}
    set_safe_contact(person=person, by=person, **(wishes | choices))
    return person


def tell(person, code: str) -> None:
    secret = {"sign_in_code": "482913", "password_link": "https://dates.example/once"}.get(code, "")
    queue_message(person=person, template=code, key=f"{code}|{person.pk}", secret=secret,
                  context={"at": "2027-03-14T23:30:00+00:00"})  # fmt: skip
    delivery.send_due(timezone.now())


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("code", CODES)
def test_property_26_text_message_is_on_the_allow_list(notify, code, language):
    tell(a_reader(language, email_safe=False, explicit_texts=True), code)
    (body,) = notify.taken
    assert set(body) == {"phone_number", "template_id", "personalisation", "reference"}
    text = body["personalisation"]["text"]
    assert allowed_text_message(code, language).fullmatch(text), text
    assert neutral_violations(text, language) == []
    assert neutral_violations(body["reference"], language) == []


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("code", EXPLICIT)
@pytest.mark.parametrize(("chose", "came_before"), [(True, True), (True, False), (False, True)])
def test_property_26_explicit_text_goes_only_to_those_who_chose_it(smtp_sink, code, language, chose, came_before):
    """And not before they have signed in: until then anybody could have typed the address and made the choice."""
    person = a_reader(language, explicit_texts=chose, sms_safe=False)
    if not came_before:
        User.objects.filter(pk=person.pk).update(last_login=None)
    tell(person, code)
    (mail,) = smtp_sink.mails
    item = next(item for item in CONTENT["templates"] if item["code"] == code)
    assert mail.message["Subject"] == item[f"subject_{language}"]
    if chose and came_before:
        assert re.search(opened(item[f"explicit_{language}"]), mail.body)
        assert neutral_violations(mail.body, language)
    else:
        assert allowed_body(code, language).fullmatch(mail.body)
        assert neutral_violations(mail.body, language) == []


def test_property_26_every_message_that_code_can_queue_is_tested():
    assert set(MessageTemplate.objects.values_list("code", flat=True)) == set(CODES)


def test_property_26_context_never_reaches_the_message(smtp_sink):
    """Whatever an app keeps in the context for itself stays in the table."""
    person = a_participant(consents=("taking_part", "contact_email")).user
    set_safe_contact(person=person, by=person, email_safe=True)
    queue_message(person=person, template="check_details", key="check|1", context={"session": "Trauma group"})
    delivery.send_due(timezone.now())
    assert b"Trauma" not in smtp_sink.mails[0].raw


def test_operator_is_warned_of_a_sender_or_address_that_tells(settings):
    settings.DEFAULT_FROM_EMAIL, settings.PSP_PUBLIC_URL = "psp@example.org", "https://peer-support.example"
    warned = [problem.msg for problem in run_checks() if problem.id == "contact.W001"]
    assert warned == ["DEFAULT_FROM_EMAIL is not neutral: psp.", "PSP_PUBLIC_URL is not neutral: peer, support."]


def test_what_is_stored_of_a_message_is_sealed(smtp_sink):
    """The database holds ciphertext only, of the code too, before and after sending."""
    from django.db import connection

    mail = sent("meeting_set", "fr", smtp_sink)
    message = OutboxMessage.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT subject, body FROM contact_outboxmessage WHERE id = %s", [message.pk])
        subject, body = (bytes(value) for value in cursor.fetchone())
    assert message.body == mail.body
    assert mail.message["Subject"].encode() not in subject
    assert b"rendez-vous" not in body
