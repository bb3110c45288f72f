"""Attacks that once worked, by the person who did the harm, a curious insider, a thief of a backup, or a slip."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import connection
from django.utils import timezone

from contact.models import OutboxMessage
from intake.limits import spend_of
from intake.models import Application
from psp import leaving
from psp.audit.choices import Action
from psp.audit.models import Entry
from psp.choices import Role
from psp.tasks import clear_expired
from reporting import record
from reporting.models import Series
from reporting.periods import parse
from tests.browser import Browser
from tests.factories import (
    a_coordinator,
    a_facilitator,
    a_formal_group,
    a_participant,
    a_privacy_officer,
    a_user,
    accepted,
    an_analyst,
    an_application,
    disagree,
    sign_in,
    with_role,
)
from tests.forms import GOOD, fill, typed
from tests.reporting_people import a_region_with

pytestmark = pytest.mark.django_db


def signed_in(user) -> Browser:
    browser = Browser()
    sign_in(browser, user)
    return browser


def an_administrator():
    return with_role(a_user(), Role.ADMINISTRATOR)


# --- the person who did the harm, with an address that they know ---


def test_property_13_one_form_with_two_addresses_does_not_tell_whether_the_first_is_known():
    """It said "with another e-mail address" only where the first address was new here."""
    fill(Browser())
    answers = []
    for first in (GOOD["email"], "new@example.org"):
        form = typed(Browser())
        Browser().post("/en/intake/", form | {"email": first})
        second = Browser().post("/en/intake/", form | {"email": f"{uuid4().hex[:8]}@example.org"})
        answers.append((second.status_code, second["Location"], second.content))
    assert answers[0] == answers[1]


def test_same_form_with_the_same_address_stays_one_application_without_an_address_too():
    by_phone = {"email": "", "email_safe": "no", "phone": "613 555 0101", "call_safe": "on",
                "contact_phone__may_call": "on"}  # fmt: skip
    form = typed(Browser()) | by_phone
    assert [Browser().post("/en/intake/", form).status_code for _time in range(3)] == [302, 302, 302]
    assert Application.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_nobody_can_have_their_own_words_sent_to_a_mailbox_by_applying_with_its_address(smtp_sink):
    """The name to use stood in the first message, and in a code that a stranger asked for."""
    from contact.delivery import send_due

    fill(Browser(), email="target@example.org", name_to_use="I know what you told them. http://evil.example")
    Browser().post("/accounts/login/code/", {"email": "target@example.org"})
    send_due(timezone.now())
    assert len(smtp_sink.mails) == 2
    assert not [mail for mail in smtp_sink.mails if "evil" in mail.body or "I know" in mail.body]


def test_link_for_a_password_leads_to_our_own_address_whatever_the_request_says(settings):
    settings.ALLOWED_HOSTS, settings.PSP_PUBLIC_URL = ["testserver"], "https://dates.example"
    a_coordinator(email="maude@example.org")
    forged = {"HTTP_HOST": "testserver:6666", "HTTP_X_FORWARDED_HOST": "evil.example"}
    assert Browser().post("/accounts/password/reset/", {"email": "maude@example.org"}, **forged).status_code == 302
    assert OutboxMessage.objects.get().secret.startswith("https://dates.example/accounts/password/reset/key/")


def test_property_17_exit_without_a_network_lets_nobody_in_who_opens_the_page_again():
    """The script leaves its mark in the browser even when the server hears of nothing."""
    browser = signed_in(a_participant().user)
    browser.cookies[settings.LEFT_COOKIE_NAME] = "1"
    assert b"Open it again" in browser.get("/en/my/").content
    browser.post("/leave/", {leaving.COME_BACK: "1"})
    del browser.cookies[settings.LEFT_COOKIE_NAME]  # as a browser does when it has run out
    assert browser.get("/en/my/")["Location"].startswith("/accounts/login/code/")


# --- a thief of a backup ---


def everything_in(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        return str(cursor.fetchall())


def test_property_23_stolen_sessions_hold_no_code_no_person_and_no_cookie():
    person = a_participant(email="alix@example.org").user
    browser = Browser()
    browser.post("/accounts/login/code/", {"email": "alix@example.org"})
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value
    code = OutboxMessage.objects.get().secret
    found = everything_in("django_session")
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_data FROM django_session")
        rows = [row[0] for row in cursor.fetchall()]
    assert code
    assert cookie not in found
    # The library's own reading, which needs no secret beyond what stands in the row.
    assert not [row for row in rows if code in readable(row) or person.pk.hex in readable(row)]
    assert browser.get("/accounts/login/code/confirm/").status_code == 200, "the session itself works"


def readable(data: str) -> str:
    """What anybody can read of a session that was only signed."""
    import base64

    text = data.split(":")[0].lstrip(".")
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    try:
        return zlib.decompress(raw).decode("latin-1")
    except zlib.error:
        return raw.decode("latin-1")


def test_session_that_somebody_put_into_the_table_opens_nothing():
    from psp.at_rest import SessionStore

    forged = SessionBase()
    assert SessionStore().decode(forged.encode({"_auth_user_id": "1"})) == {}
    assert SessionStore().decode("not base64 é") == SessionStore().decode("") == {}
    assert SessionStore().decode(SessionStore().encode({"a": 1})) == {"a": 1}


def test_property_23_rate_limits_keep_no_network_address():
    browser = Browser(REMOTE_ADDR="203.0.113.77")
    browser.post("/accounts/login/code/", {"email": "alix@example.org"})
    browser.post("/accounts/login/", {"login": "alix@example.org", "password": "wrong"})
    found = everything_in("psp_cache")
    assert "request_login_code" in found
    assert "203.0.113.77" not in found
    assert "alix" not in found


def test_property_23_counters_go_when_their_hour_is_over():
    Browser(REMOTE_ADDR="203.0.113.77").post("/accounts/login/code/", {"email": "alix@example.org"})
    with connection.cursor() as cursor:
        cursor.execute("UPDATE psp_cache SET expires = now() - interval '1 second'")
    assert spend_of("still", "counted", 1)
    clear_expired()
    found = everything_in("psp_cache")
    assert "request_login_code" not in found
    assert "still" in found


# --- a curious insider ---


@pytest.mark.parametrize("path", ["/en/desk/", "/en/lead/", "/en/desk/applications/", "/en/privacy/", "/admin/"])
def test_property_4_closed_area_leaves_a_denial_row(path):
    analyst = an_analyst()
    browser = signed_in(analyst)
    before = Entry.objects.filter(action=Action.DENIED).count()
    assert browser.get(path).status_code == 403
    assert Entry.objects.filter(action=Action.DENIED, actor=analyst.pk).count() == before + 1


@pytest.mark.parametrize("lookup", ["password__startswith=scrypt", "email_index__startswith=a", "date_joined__year=0"])
def test_administrator_cannot_search_by_what_the_page_does_not_show(lookup):
    """One could find out password hashes letter by letter."""
    assert signed_in(an_administrator()).get(f"/admin/psp/user/?{lookup}").status_code == 400


def test_filters_on_the_administrators_page_still_work():
    browser = signed_in(an_administrator())
    for query in ("kind__exact=staff", "is_active__exact=1", "roles__role__exact=administrator"):
        assert browser.get(f"/admin/psp/user/?{query}").status_code == 200


def test_property_4_administrator_who_reads_the_access_log_is_noted():
    administrator = an_administrator()
    browser = signed_in(administrator)
    browser.get("/admin/psp/user/")
    entry = Entry.objects.latest("id")
    own = Entry.objects.filter(actor=administrator.pk, action=Action.READ, model="audit.entry")
    for path in ("/admin/audit/entry/", f"/admin/audit/entry/{entry.pk}/change/"):
        before = own.count()
        assert browser.get(path).status_code == 200
        assert own.count() == before + 1


def test_property_35_two_looks_at_one_period_do_not_tell_that_one_person_withdrew():
    """Once it did: every look counted anew. What else happens between two looks: test_security_frozen_figures.py."""
    _group, persons, _coordinator = a_region_with(12, sessions=3, at=datetime(2026, 5, 5, 23, tzinfo=UTC))
    people = Series.objects.filter(code="people").latest("number")
    before = record.tables(people, parse("2026-05"))[("region",)].value(region="QC")
    disagree(persons[0].user, "results")
    assert record.tables(people, parse("2026-05"))[("region",)].value(region="QC") == before == 12


# --- what nobody types, and what somebody types by mistake ---


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("charset", ["hex", "base64", "undefined", "idna", "utf-16"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_charsets_that_a_client_names_change_nothing(method, charset):
    from django.test import RequestFactory

    from psp.wsgi import application

    kind = f"application/x-www-form-urlencoded; charset={charset}"
    environ = RequestFactory().generic(method, "/en/?a=b%ff", content_type=kind).environ | {"CONTENT_TYPE": kind}
    said = []
    for _part in application(environ, lambda status, _headers: said.append(status)):
        pass
    assert said == ["200 OK" if method == "GET" else "403 Forbidden"]


def test_many_parameters_are_no_fault_of_ours():
    assert Browser().get("/en/?" + "a=1&" * 900).status_code in (200, 400)
    assert Browser().get("/en/intake/?" + "a=1&" * 900).status_code in (200, 400)


@pytest.mark.parametrize("cookie", ["\0" + "a" * 31, "\0", "é" * 32, "a" * 4000])
def test_strange_session_cookies_are_no_fault_of_ours(cookie):
    browser = Browser()
    # As a browser would have to write it: Python's own cookies quote what is not plain.
    browser.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert browser.get("/en/").status_code == 200
    assert browser.get("/en/my/").status_code == 302


@pytest.mark.parametrize("path", ["/en/language/?next=%00", "/en/desk/people/%00/", "/admin/psp/user/%00/history/"])
def test_null_bytes_in_addresses_are_refused(path):
    assert signed_in(an_administrator()).get(path).status_code == 400


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_days_at_the_end_of_time_are_refused(day):
    coordinator = a_coordinator("QC")
    application = an_application(a_participant())
    browser = signed_in(coordinator)
    meeting = {"day": day, "at": "23:59", "revision": application.revision}
    assert browser.post(f"/en/desk/applications/{application.pk}/meeting/", meeting).status_code == 200
    group = {
        "kind": "formal", "session_count": "", "region": "QC", "language": "fr", "modality": "virtual",
        "name_en": "Tuesday evenings", "name_fr": "Les mardis soir", "starts_on": day, "start_time": "23:59",
        "time_zone": "America/Toronto",
    }  # fmt: skip
    assert browser.post("/en/desk/groups/new/", group).status_code == 200
    assert signed_in(a_privacy_officer()).get(f"/en/privacy/log/?start={day}&end={day}").status_code == 400


# --- hidden fields with other people's ids ---


def test_property_29_place_for_somebody_of_another_region_is_refused():
    coordinator = a_coordinator("QC")
    group = a_formal_group(coordinator)
    elsewhere = a_participant("ON")
    accepted(elsewhere)
    answer = signed_in(coordinator).post(f"/en/desk/groups/{group.pk}/people/", {"participant": elsewhere.pk})
    assert answer.status_code == 404
    assert not group.memberships.exists()


def test_property_29_new_group_keeps_the_sizes_of_its_kind_whatever_is_posted():
    coordinator = a_coordinator("QC")
    group = {
        "kind": "formal", "session_count": "", "region": "QC", "language": "fr", "modality": "virtual",
        "name_en": "Tuesday evenings", "name_fr": "Les mardis soir", "starts_on": "2099-05-04", "start_time": "18:00",
        "time_zone": "America/Toronto", "max_size": "50", "min_size": "1", "state": "established", "revision": "9",
        "program_region": "ON", "created_by": str(uuid4()),
    }  # fmt: skip
    answer = signed_in(coordinator).post("/en/desk/groups/new/", group)
    made = Application._meta.apps.get_model("groups", "PeerGroup").objects.get()
    assert answer.status_code == 302
    assert (made.max_size, made.min_size, made.state, made.revision) == (10, 4, "forming", 0)
    assert (made.program_region_id, made.created_by_id) == ("QC", coordinator.pk)


def test_lead_of_another_group_learns_nothing_about_this_one():
    coordinator = a_coordinator("QC")
    group = a_formal_group(coordinator, members=2)
    stranger = signed_in(a_facilitator())
    assert stranger.get(f"/en/lead/groups/{group.pk}/").status_code == 404
    assert Entry.objects.filter(action=Action.DENIED, object_id=str(group.pk)).count() == 1
