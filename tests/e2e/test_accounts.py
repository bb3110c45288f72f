"""Signing in and the administration in a real browser: passkeys, both languages, axe, and no policy violation."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from psp.demo.accounts import PASSWORD
from tests.e2e.people import enter_code, follow, sign_in_participant, submit

OPEN_PAGES = (
    "login/",
    "login/code/",
    "password/reset/",
    "password/reset/done/",
    "password/reset/key/0-none/",
    "inactive/",
)
OWN_PAGES = (
    "2fa/", "2fa/webauthn/add/", "2fa/recovery-codes/generate/", "2fa/totp/deactivate/", "password/change/", "logout/",
)  # fmt: skip
ADMIN_PAGES = (
    "", "psp/user/", "psp/user/add/", "psp/region/QC/change/", "audit/entry/", "consent/consentversion/",
    "consent/consentversion/add/", "privacy/retentionrule/add/",
    "intake/eligibilityversion/", "intake/eligibilityversion/add/",
    "contact/messagetemplate/sign_in_code/change/", "contact/messagetemplate/sign_in_code/history/",
    "groups/kindsetting/formal/change/", "groups/kindsetting/formal/history/",
)  # fmt: skip

SOMEBODY = """
from contact.models import SafeContact
from tests.factories import a_participant
made = a_participant(email="passkey@example.org", language="en", consents=("taking_part", "contact_email"))
SafeContact.objects.create(person=made.user, email_safe=True)
"""


def with_passkeys(person: Any) -> None:
    """Give this browser a device that holds passkeys and recognizes its owner."""
    session = person.context.new_cdp_session(person.page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def enter(person: Any, username: str) -> None:
    """Password and second factor."""
    page = person.page
    page.goto(f"{person.site.url}/accounts/login/")
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill(PASSWORD)
    submit(page)
    enter_code(page, username)


def speak(person: Any) -> None:
    """Choose the language of the pages whose addresses carry none."""
    person.page.goto(f"{person.site.url}/{person.language}/language/?next=/accounts/login/")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("phone", [False, True])
def test_pages_of_signing_in_are_sound_in_both_languages(visitor, language, phone):
    person = visitor(language, phone=phone)
    speak(person)
    for path in OPEN_PAGES:
        person.page.goto(f"{person.site.url}/accounts/{path}")
        person.check()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_pages_of_ones_own_account_are_sound_in_both_languages(visitor, language):
    person = visitor(language)
    speak(person)
    enter(person, "supporter.on")
    for path in OWN_PAGES:
        answer = person.page.goto(f"{person.site.url}/accounts/{path}")
        assert answer.status == 200, path
        person.check()


def leave(person: Any) -> None:
    person.page.goto(f"{person.site.url}/accounts/logout/")
    follow(person.page.locator("main form button[type=submit].btn-primary"))
    person.page.wait_for_url(f"{person.site.url}/*/")


def make_passkey(person: Any) -> None:
    person.page.goto(f"{person.site.url}/accounts/2fa/webauthn/add/")
    person.page.locator("#passkey-add").click()
    person.page.wait_for_url(lambda url: not url.endswith("/add/"))
    person.check()
    person.page.goto(f"{person.site.url}/accounts/2fa/")
    expect(person.page.locator("[href*='/webauthn/keys/']")).to_have_count(1)


def enter_with_passkey(person: Any) -> None:
    person.page.goto(f"{person.site.url}/accounts/login/")
    person.page.locator("#passkey-login").click()
    person.page.wait_for_url(f"{person.site.url}/{person.language}/**")


def test_team_member_makes_a_passkey_and_signs_in_with_nothing_else(visitor):
    person = visitor("en")
    with_passkeys(person)
    speak(person)
    enter(person, "analyst")
    make_passkey(person)
    leave(person)
    enter_with_passkey(person)
    assert "/en/reports/" in person.page.url
    assert person.faults == []


def test_participant_makes_a_passkey_and_needs_no_code_any_more(visitor):
    person = visitor("en")
    with_passkeys(person)
    speak(person)
    person.site.run(SOMEBODY)
    sign_in_participant(person, "passkey@example.org")
    make_passkey(person)
    leave(person)
    enter_with_passkey(person)
    assert "/en/my/" in person.page.url
    assert person.faults == []


def test_passkey_that_the_device_does_not_have_is_explained(visitor):
    person = visitor("en")
    with_passkeys(person)
    speak(person)
    refuse = "() => { navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError')) }"
    person.page.evaluate(refuse)
    person.page.locator("#passkey-login").click()
    expect(person.page.get_by_text("The passkey was not used.")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_administration_keeps_to_the_policy(visitor, language):
    person = visitor(language)
    speak(person)
    enter(person, "admin")
    for path in ADMIN_PAGES:
        answer = person.page.goto(f"{person.site.url}/admin/{path}")
        assert answer.status == 200, path
        assert person.page.locator("html").get_attribute("lang").startswith(language)
    person.page.goto(f"{person.site.url}/admin/privacy/retentionrule/add/")
    person.page.locator(".datetimeshortcuts a").first.click()
    person.page.locator("#calendarlink0").click()
    expect(person.page.locator("#calendarbox0")).to_be_visible()
    assert person.faults == []
    assert person.strangers == []
