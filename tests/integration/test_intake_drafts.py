"""Save and finish later: what is kept and for how long, what is refused and how, and what nobody can learn from it."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
import time_machine
from django.core import mail, signing
from django.test import Client
from django.utils import timezone

from consent.models import Consent
from intake import drafts_mail, services_drafts
from intake.models import AddressCode, Application, Draft, Participant
from intake.tasks import forget_drafts
from psp.keys.models import DataKey
from psp.models import User
from tests.browser import Browser
from tests.forms import fill, grown, row_counts, typed

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

ADDRESS = "river@example.org"
CANARY = "Canary-Wren"
# What the script of the form says of itself; it gets parts of pages.
FETCH = {"headers": {"x-requested-with": "fetch"}}


@pytest.fixture(autouse=True)
def letters(monkeypatch):
    """Messages as they leave, instead of a server's."""
    sent = []
    backend = type("Backend", (), {"send_messages": lambda _self, messages: sent.extend(messages)})
    monkeypatch.setattr("contact.strangers.get_connection", lambda _name: backend())
    return sent


def text_of(response) -> str:
    return unescape(response.content.decode())


def hidden_in(response, name: str) -> str:
    """A hidden field of the page, or of the part of a page."""
    return unescape(re.findall(rf'name="{name}" value="([^"]*)"', response.content.decode())[0])


def ask(client: Client, path: str = "later/", email: str = ADDRESS, **more):
    return client.post(f"/en/intake/{path}", {"draft_email": email}, **more)


def code_for(letters, email: str = ADDRESS) -> str:
    """Send what waits; the code of the newest message to this address."""
    drafts_mail.send_waiting(timezone.now())
    body = next(letter.body for letter in reversed(letters) if letter.to == [email])
    return re.findall(r"\b[A-Z0-9]{6}\b", body)[0]


def ticket(client: Client, letters, email: str = ADDRESS) -> str:
    """Confirm an address as the script does."""
    asked = asked_in(ask(client, email=email, **FETCH))
    given = try_code(client, asked, code_for(letters, email), email, path="later/", **FETCH)
    return re.findall(r'data-later-ticket="([^"]+)"', given.content.decode())[0]


def keep(client: Client, given: str, **changes):
    """Send the answers with a ticket."""
    return client.post(
        "/en/intake/later/keep/", typed(client, name=CANARY, at_step="4", later="1", keep=given, **changes)
    )


def save(client: Client, letters, email: str = ADDRESS, **changes):
    """Press "Save and finish later" in a form that is filled in."""
    return keep(client, ticket(client, letters, email), **changes)


def resume(client: Client, letters, email: str = ADDRESS):
    asked = asked_in(ask(client, "back/", email))
    return try_code(client, asked, code_for(letters, email), email)


def asked_in(response) -> str:
    """Which asking the page of the code belongs to."""
    return hidden_in(response, "draft_asked")


def try_code(client: Client, asked: str, code: str, email: str = ADDRESS, path: str = "back/", **more):
    return client.post(f"/en/intake/{path}", {"draft_email": email, "draft_code": code, "draft_asked": asked}, **more)


def token_in(response) -> str:
    return re.findall(r'name="draft" value="([^"]+)"', response.content.decode())[0]


def test_form_is_kept_only_after_the_code_and_comes_back_filled_in(client, letters):
    before = row_counts()
    given = ticket(client, letters)
    assert not Draft.objects.exists()
    done = keep(client, given)
    assert (done.status_code, done["Location"]) == (302, "/en/intake/kept/")
    assert grown(before) == {"default.intake_draft": 1, "default.intake_addresscode": 1, "keys.keys_datakey": 2}
    page = resume(client, letters)
    text = text_of(page)
    assert f'value="{CANARY}"' in text
    assert 'data-start-at="4"' in text
    assert re.search(r'name="affiliation"[^>]*value="veteran"[^>]*checked', text)
    assert "data-error-summary" not in text
    assert not Participant.objects.exists()


# --- before the code is right, nothing of the answers is asked for, and nothing is looked at ---


def test_form_can_be_saved_without_a_script_once_an_address_is_confirmed(client, letters):
    """The page says so before anybody begins; address and code come first, then the form with the ticket in it."""
    empty = client.get("/en/intake/").content.decode()
    assert '<a href="/en/intake/later/">' in empty.split("<noscript>")[1].split("</noscript>")[0]
    assert "formaction" not in empty, "no button sends answers before"
    assert client.get("/en/intake/later/").status_code == 200
    page = try_code(client, asked_in(ask(client)), code_for(letters), path="later/")
    assert 'formaction="/en/intake/later/keep/"' in page.content.decode()
    assert "<noscript>" not in page.content.decode()
    assert keep(client, hidden_in(page, "keep"))["Location"] == "/en/intake/kept/"


def test_confirming_an_address_opens_what_was_kept_for_it(client, letters):
    save(client, letters)
    page = try_code(client, asked_in(ask(client)), code_for(letters), path="later/")
    assert f'value="{CANARY}"' in text_of(page)


def test_form_that_was_opened_again_is_saved_again_without_another_code(client, letters):
    save(client, letters)
    assert keep(client, hidden_in(resume(client, letters), "keep"), region="ON").status_code == 302
    assert dict(services_drafts.answers_of(Draft.objects.get()))["region"] == "ON"


def test_answers_that_come_with_an_address_or_a_code_are_not_looked_at(client, letters):
    answers = typed(client, name=CANARY)
    first = client.post("/en/intake/later/", answers | {"draft_email": ADDRESS})
    code = {"draft_email": ADDRESS, "draft_asked": asked_in(first), "draft_code": code_for(letters)}
    second = client.post("/en/intake/later/", answers | code)
    assert second.status_code == 200
    assert CANARY not in text_of(first) + text_of(second)
    assert not Draft.objects.exists()


def test_script_gets_parts_of_pages(client, letters):
    first = ask(client, email="nothing", **FETCH)
    second = ask(client, **FETCH)
    third = try_code(client, asked_in(second), "AAAAAA", path="later/", **FETCH)
    for answer, words in ((first, "address"), (second, "Type the code"), (third, "This is not the code that we sent.")):
        assert answer.status_code == 200
        assert "<html" not in answer.content.decode()
        assert words in text_of(answer)
        assert "data-later-close" in answer.content.decode()


@pytest.mark.parametrize("made", ["", "nonsense", "a:b:c", "unconfirmed", "other salt", "of a draft"])
def test_property_09_nobody_keeps_a_form_without_a_right_code(client, letters, made):
    """The answers come back to the page, and nothing of them stays."""
    asked = asked_in(ask(client))
    tickets = {
        "unconfirmed": services_drafts.ticket_of(UUID(asked)), "other salt": signing.dumps(asked, salt="else"),
        "of a draft": signing.dumps(asked, salt=services_drafts.SALT),
    }  # fmt: skip
    before = row_counts()
    page = keep(client, tickets.get(made, made))
    assert page.status_code == 200
    assert f'value="{CANARY}"' in text_of(page)
    assert "Your address has to be confirmed once more" in text_of(page)
    assert 'data-start-at="4"' in text_of(page)
    assert grown(before) == {}


def test_property_09_ticket_is_over_a_minute_after_its_first_use(client, letters):
    """A second click saves the same once more."""
    given = ticket(client, letters)
    assert [keep(client, given).status_code for _click in range(2)] == [302, 302]
    with time_machine.travel(timezone.now() + timedelta(minutes=1, seconds=1)):
        assert keep(client, given, region="ON").status_code == 200
    assert dict(services_drafts.answers_of(Draft.objects.get()))["region"] == "QC"


def test_ticket_is_over_after_four_hours_and_then_forgotten(client, letters):
    given = ticket(client, letters)
    with time_machine.travel(timezone.now() + timedelta(hours=3, minutes=59)):
        forget_drafts()
        assert AddressCode.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(hours=4, seconds=1)):
        assert keep(client, given).status_code == 200
        forget_drafts()
    assert not AddressCode.objects.exists()
    assert not Draft.objects.exists()


def test_ticket_keeps_for_the_address_whose_code_was_right_and_for_no_other(client, letters):
    given = ticket(client, letters, "other@example.org")
    keep(client, given, draft_email=ADDRESS, email=ADDRESS)
    assert "Nothing is kept for this address" in text_of(resume(client, letters))
    assert CANARY in text_of(resume(client, letters, "other@example.org"))


def test_ticket_ends_when_the_application_is_sent(client, letters):
    given = ticket(client, letters)
    assert fill(client, keep=given).status_code == 302
    assert keep(client, given).status_code == 200
    assert not Draft.objects.exists()


def test_ticket_stays_with_the_form_while_it_is_mended(client, letters):
    given = ticket(client, letters)
    assert hidden_in(fill(client, keep=given, name=""), "keep") == given
    assert hidden_in(fill(client, keep=given, experienced="no"), "keep") == given


def test_draft_expires_after_fourteen_days_with_its_key(client, letters):
    save(client, letters)
    draft = Draft.objects.get()
    assert abs(draft.expires_at - timezone.now() - timedelta(days=14)) < timedelta(minutes=1)
    with time_machine.travel(timezone.now() + timedelta(days=14, minutes=1)):
        assert "Nothing is kept for this address" in text_of(resume(client, letters))
        forget_drafts()
    assert not Draft.objects.exists()
    assert not DataKey.objects.filter(person=draft.pk).exists()


def test_codes_are_destroyed_when_they_are_over(client, letters):
    ask(client)
    asked = AddressCode.objects.get()
    forget_drafts()
    assert AddressCode.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        forget_drafts()
    assert not AddressCode.objects.exists()
    assert not DataKey.objects.filter(person=asked.pk).exists()


def test_consents_and_signature_are_never_kept(client, letters):
    save(client, letters)
    kept = dict(services_drafts.answers_of(Draft.objects.get()))
    assert kept["name"] == CANARY
    assert not [name for name in kept if "__" in name or name in ("typed_name", "read_notice", "csrfmiddlewaretoken")]
    text = text_of(resume(client, letters))
    assert "checked" not in text.split('name="taking_part__agree"')[1].split(">")[0]
    assert 'value="Camille T."' not in text
    assert not Consent.objects.exists()


def test_draft_keeps_whatever_the_form_asks(client, letters):
    """Fields of another version of the form are kept too, several values each."""
    save(client, letters, new_field=["one", "two"])
    kept = services_drafts.answers_of(Draft.objects.get())
    assert [value for name, value in kept if name == "new_field"] == ["one", "two"]
    assert resume(client, letters).status_code == 200


def test_sending_the_application_destroys_the_draft(client, letters, django_capture_on_commit_callbacks):
    save(client, letters)
    draft, token = Draft.objects.get(), token_in(resume(client, letters))
    with django_capture_on_commit_callbacks(execute=True):
        assert fill(client, draft=token).status_code == 302
    assert Application.objects.count() == 1
    assert not Draft.objects.exists()
    assert not DataKey.objects.filter(person=draft.pk).exists()


def test_form_with_something_to_mend_keeps_its_draft(client, letters):
    save(client, letters)
    token = token_in(resume(client, letters))
    assert token_in(fill(client, draft=token, name="")) == token
    assert Draft.objects.get().expires_at > timezone.now()


def test_throwing_it_away_destroys_it_at_once(client, letters, django_capture_on_commit_callbacks):
    save(client, letters)
    token = token_in(resume(client, letters))
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/en/intake/throw-away/", {"draft": token})
    assert (response["Location"], Draft.objects.count()) == ("/en/intake/gone/", 0)
    assert client.post("/en/intake/throw-away/", {"draft": token}).status_code == 302


@pytest.mark.parametrize("token", ["", "nonsense", "a:b:c", "\x00"])
def test_nobody_throws_away_a_draft_without_its_token(client, letters, token):
    save(client, letters)
    assert client.post("/en/intake/throw-away/", {"draft": token}).status_code == 302
    assert Draft.objects.get().expires_at > timezone.now()


def test_saving_again_replaces_what_was_kept(client, letters):
    save(client, letters)
    save(client, letters, region="ON")
    assert dict(services_drafts.answers_of(Draft.objects.get()))["region"] == "ON"


# --- codes ---


def test_wrong_code_says_so_and_the_right_one_still_works(client, letters):
    asked = asked_in(ask(client, **FETCH))
    wrong = try_code(client, asked, "AAAAAA", path="later/", **FETCH)
    assert "This is not the code that we sent." in text_of(wrong)
    assert "data-later-ticket" not in text_of(wrong)
    right = try_code(client, asked_in(wrong), code_for(letters), path="later/", **FETCH)
    assert "data-later-ticket" in text_of(right)


def test_sixth_try_is_refused_even_with_the_right_code(client, letters):
    asked = asked_in(ask(client, "back/"))
    code = code_for(letters)
    for _try in range(5):
        try_code(client, asked, "AAAAAA")
    response = try_code(client, asked, code)
    assert "This code does not work any more." in text_of(response)


def test_property_09_code_for_a_saved_form_works_once(client, letters):
    asked = asked_in(ask(client, "back/"))
    code = code_for(letters)
    pages = [text_of(try_code(client, asked, code)) for _ in range(2)]
    assert "Nothing is kept for this address" in pages[0]
    assert "This code does not work any more." in pages[1]


def test_code_is_over_after_ten_minutes(client, letters):
    asked = asked_in(ask(client, "back/"))
    code = code_for(letters)
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
        response = try_code(client, asked, code)
    assert "This code does not work any more." in text_of(response)


def test_code_of_another_address_opens_nothing(client, letters):
    save(client, letters)
    asked = asked_in(ask(client, "back/", "other@example.org"))
    response = try_code(client, asked, code_for(letters, "other@example.org"))
    assert CANARY not in text_of(response)
    assert "This code does not work any more." in text_of(response)


def test_code_may_be_typed_in_small_letters_with_a_space(client, letters):
    asked = asked_in(ask(client, "back/"))
    code = code_for(letters)
    response = try_code(client, asked, f"{code[:3]} {code[3:]}".lower(), ADDRESS.upper())
    assert "Nothing is kept for this address" in text_of(response)


# --- what nobody learns ---


def test_property_13_codes_are_asked_alike_for_known_and_unknown_addresses(client, letters):
    fill(client, email="known@example.org")
    save(client, letters, email="drafted@example.org")
    letters.clear()
    pages, rows = [], []
    for email in ("known@example.org", "drafted@example.org", "nobody@example.org"):
        before = row_counts()
        page = text_of(ask(client, "back/", email)).replace(email, "X")
        pages.append(re.sub(r'(csrfmiddlewaretoken|draft_asked)" value="[^"]+"', "", page))
        rows.append(grown(before))
        code_for(letters, email)
    assert pages[0] == pages[1] == pages[2]
    assert rows[0] == rows[1] == rows[2] == {"default.intake_addresscode": 1, "keys.keys_datakey": 1}
    assert len({(letter.subject, letter.body[:20]) for letter in letters}) == 1
    assert len(letters) == 3


def test_property_13_draft_of_a_known_address_answers_like_any_other(client, letters):
    fill(client, email=ADDRESS)
    users = User.objects.count()
    assert save(client, letters)["Location"] == "/en/intake/kept/"
    assert CANARY in text_of(resume(client, letters))
    assert User.objects.count() == users


def test_property_13_nobody_learns_that_somebody_else_waits_for_a_code(client, letters):
    """Whoever knows an address sees the same, whether its owner asked for a code a moment ago or not."""
    mine, stranger = asked_in(ask(client, "back/")), Browser()
    for asked in ("", "nonsense", "6f1f4b1e-0000-4000-8000-000000000000"):
        pages = []
        for email in (ADDRESS, "nobody@example.org"):
            page = text_of(try_code(stranger, asked, "AAAAAA", email)).replace(email, "X")
            pages.append(re.sub(r'csrfmiddlewaretoken" value="[^"]*"', "", page))
        assert "This code does not work any more." in pages[0]
        assert pages[0] == pages[1]
    assert AddressCode.objects.get().tries == 0
    assert "Nothing is kept for this address" in text_of(try_code(client, mine, code_for(letters)))


def test_property_13_a_stranger_cannot_spend_the_code_of_another_page(client, letters):
    mine, code = asked_in(ask(client, "back/")), code_for(letters)
    theirs = asked_in(ask(Browser(), "back/"))
    for _try in range(6):
        try_code(Browser(), theirs, "AAAAAA")
    assert "This code does not work any more." in text_of(try_code(Browser(), theirs, code))
    assert "Nothing is kept for this address" in text_of(try_code(client, mine, code))


def test_property_13_page_of_one_address_opens_no_other(client, letters):
    """Somebody's own code, with another address put into the page."""
    save(client, letters)
    asked = asked_in(ask(client, "back/", "other@example.org"))
    assert CANARY not in text_of(try_code(client, asked, code_for(letters, "other@example.org"), ADDRESS))


def test_property_13_limit_of_an_address_tells_nobody_that_codes_were_asked(client, letters, settings):
    """One network has asked for as many as an address gets; another one sees no difference, and no message goes."""
    settings.PSP_CODES_PER_HOUR = 2
    for _time in range(2):
        ask(client, "back/")
    drafts_mail.send_waiting(timezone.now())
    assert len(letters) == 2
    pages = []
    for email in (ADDRESS.upper(), "nobody@example.org"):
        response = client.post("/en/intake/back/", {"draft_email": email}, REMOTE_ADDR="198.51.100.2")
        wrong = try_code(client, asked_in(response), "AAAAAA", email)
        assert (response.status_code, wrong.status_code) == (200, 200)
        hidden = r'(csrfmiddlewaretoken|draft_asked)" value="[^"]*"'
        pages.append([re.sub(hidden, "", text_of(page)).replace(email, "X") for page in (response, wrong)])
    assert pages[0] == pages[1]
    drafts_mail.send_waiting(timezone.now())
    assert [letter.to for letter in letters[2:]] == [["nobody@example.org"]]


def test_draft_that_is_saved_while_it_is_being_destroyed_is_kept(client, letters):
    """The round that destroys has it on its list already; what is saved then is new, under a key of its own."""
    save(client, letters)
    old = Draft.objects.get()
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        save(client, letters, region="ON")
        services_drafts._destroy(Draft, old.pk, over="expires_at", now=timezone.now())
        new = Draft.objects.get()
        assert dict(services_drafts.answers_of(new))["region"] == "ON"
    assert new.pk != old.pk
    assert not DataKey.objects.filter(person=old.pk).exists()


def test_draft_whose_key_went_already_can_be_saved_anew(client, letters):
    """The process that destroyed the key died before it took the row."""
    from psp.crypto import keyring

    save(client, letters)
    old = Draft.objects.get()
    Draft.objects.update(expires_at=timezone.now())
    keyring.destroy(old.pk)
    assert save(client, letters)["Location"] == "/en/intake/kept/"


def test_property_14_codes_and_tries_are_limited_for_one_network(client, settings):
    settings.PSP_APPLICATIONS_PER_HOUR = 2
    answers = [ask(client, "back/", f"a{number}@example.org").status_code for number in range(3)]
    assert answers == [200, 200, 429]
    tries = [
        client.post("/en/intake/back/", {"draft_email": "a0@example.org", "draft_code": "AAAAAA"}).status_code
        for _try in range(3)
    ]
    assert tries == [200, 200, 429]
    forged = client.post(
        "/en/intake/back/", {"draft_email": "b@example.org"}, headers={"x-forwarded-for": "198.51.100.9"}
    )
    assert forged.status_code == 429


def test_property_23_kept_form_is_sealed(client, letters):
    from django.db import connection

    save(client, letters)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content, index FROM intake_draft")
        content, index = cursor.fetchone()
        cursor.execute("SELECT index FROM intake_addresscode")
        assert index not in {row[0] for row in cursor.fetchall()}
    assert CANARY.encode() not in bytes(content)
    assert ADDRESS not in index


def test_property_26_message_with_the_code_is_neutral_in_both_languages(client, letters):
    from contact.lint import neutral_violations

    for language in ("en", "fr"):
        client.post(f"/{language}/intake/back/", {"draft_email": f"{language}@example.org"})
        code_for(letters, f"{language}@example.org")
    assert [letter.subject for letter in letters] == ["Your code", "Votre code"]
    for letter, language in zip(letters, ("en", "fr"), strict=True):
        assert neutral_violations(f"{letter.from_email}\n{letter.subject}\n{letter.body}", language) == []
        assert CANARY not in letter.body
    assert mail.outbox == []


def test_property_38_code_is_sent_at_most_once(client, letters, monkeypatch):
    ask(client, "back/")
    asked = AddressCode.objects.get()
    assert drafts_mail.send(asked.pk)
    assert not drafts_mail.send(asked.pk)
    assert len(letters) == 1
    asked.refresh_from_db()
    assert asked.code == ""


def test_property_38_code_that_could_not_be_sent_is_not_sent_again(client, letters, monkeypatch):
    def broken(_name):
        raise OSError

    ask(client, "back/")
    monkeypatch.setattr("contact.strangers.get_connection", broken)
    assert not drafts_mail.send(AddressCode.objects.get().pk)
    monkeypatch.undo()
    assert not drafts_mail.send(AddressCode.objects.get().pk)


def test_property_12_reading_pages_of_saved_forms_writes_nothing(client):
    before = row_counts()
    for path in ("back/", "later/", "kept/", "gone/"):
        assert client.get(f"/en/intake/{path}").status_code == 200
    assert client.get("/en/intake/later/keep/").status_code == 405
    assert client.get("/en/intake/throw-away/").status_code == 405
    assert grown(before) == {}
