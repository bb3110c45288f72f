"""Getting in, staying in and being out: properties 3, 7 to 11, 13 and 14 of `security.md`, each by its name."""

from __future__ import annotations

import http.client
import re
import threading
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.servers.basehttp import WSGIServer
from django.urls import reverse
from django.utils import timezone

from contact.models import OutboxMessage
from psp.accounts import timing
from psp.audit.models import Entry
from psp.choices import Role
from psp.models import RoleAssignment, User
from tests.browser import FORM, Browser
from tests.factories import a_coordinator, a_facilitator, a_participant, a_user, an_analyst, sign_in, with_role
from tests.integration.signing_in import (
    PASSWORD,
    ask_for_code,
    code_in_mail,
    code_now,
    give_code,
    give_password,
    is_signed_in,
    link_in_mail,
    with_app,
    with_password,
    with_recovery_codes,
)

pytestmark = pytest.mark.django_db
TRIES = 50
# The test server would turn away most of fifty browsers that knock at the same moment.
WSGIServer.request_queue_size = 2 * TRIES


def an_administrator(**fields: Any) -> User:
    return with_role(a_user(**fields), Role.ADMINISTRATOR)


class TestProperty03:
    """A role change or deactivation ends live sessions at the next request."""

    def test_property_03_lost_role_ends_the_session(self, client):
        user = a_coordinator()
        sign_in(client, user)
        assert client.get("/en/desk/messages/").status_code == 200
        user.roles.get().delete()
        assert client.get("/en/desk/messages/")["Location"].startswith("/accounts/login/")

    def test_property_03_new_role_ends_the_session_too(self, client):
        user = an_analyst()
        sign_in(client, user)
        RoleAssignment.objects.create(user=user, role=Role.PRIVACY_OFFICER)
        assert client.get("/en/reports/")["Location"].startswith("/accounts/login/")

    def test_property_03_closed_account_is_out_at_once(self, client):
        user = a_coordinator()
        sign_in(client, user)
        User.objects.filter(pk=user.pk).update(is_active=False)
        assert client.get("/en/me/")["Location"].startswith("/accounts/login/")

    def test_property_03_closing_an_account_in_the_administration_ends_its_session(self, client):
        user, admin = a_coordinator(), an_administrator()
        sign_in(client, user)
        office = Browser()
        sign_in(office, admin)
        form = {
            "username": user.username, "kind": "staff", "name": "N", "address": "n@example.org", "language": "en",
            "time_zone": "America/Toronto", "roles-TOTAL_FORMS": "0", "roles-INITIAL_FORMS": "0",
        }  # fmt: skip
        assert office.post(f"/admin/psp/user/{user.pk}/change/", form).status_code == 302
        assert client.get("/en/me/")["Location"].startswith("/accounts/login/")


class TestProperty07:
    """A second factor on every staff path: sign-in, admin, password reset, login by code."""

    @pytest.mark.parametrize("make", [a_coordinator, a_facilitator, an_administrator])
    def test_property_07_password_alone_opens_nothing(self, client, make):
        user = with_app(with_password(make()))
        assert give_password(client, user)["Location"] == "/accounts/2fa/authenticate/"
        for path in ("/admin/", "/en/me/", "/accounts/2fa/", "/accounts/password/change/"):
            assert client.get(path)["Location"].startswith(("/accounts/login/", "/admin/login/")), path

    def test_property_07_admin_has_no_sign_in_of_its_own(self, client):
        user = with_app(with_password(an_administrator()))
        answer = client.post("/admin/login/", {"username": user.username, "password": PASSWORD})
        assert answer["Location"].startswith("/accounts/login/")
        assert not is_signed_in(client)

    def test_property_07_session_without_factor_does_not_open_the_admin(self, client):
        client.force_login(with_app(an_administrator()))
        assert client.get("/admin/")["Location"] == "/accounts/2fa/reauthenticate/"
        other = Browser()
        other.force_login(an_administrator())
        assert other.get("/admin/")["Location"] == "/accounts/enrol/"

    def test_property_07_new_password_signs_nobody_in_and_leaves_the_factor(self, client):
        user = with_app(with_password(a_coordinator(email="maude@example.org")))
        client.post("/accounts/password/reset/", {"email": "maude@example.org"})
        page = client.get(link_in_mail(user), follow=True)
        form = {"password1": "another quiet river", "password2": "another quiet river"}
        client.post(page.redirect_chain[-1][0], form)
        assert not is_signed_in(client)
        assert give_password(client, user, "another quiet river")["Location"] == "/accounts/2fa/authenticate/"

    @pytest.mark.parametrize("make", [a_coordinator, a_facilitator, an_administrator])
    def test_property_07_no_code_by_mail_for_the_team(self, client, make):
        user = make(email="maude@example.org")
        answer = ask_for_code(client, "maude@example.org")
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/code/confirm/")
        assert code_in_mail(user) == ""


class TestProperty08:
    """Nobody can enrol or see another person's second factor."""

    def test_property_08_administration_knows_no_factors_and_no_aliases(self):
        from django.contrib import admin

        labels = {model._meta.label for model in admin.site._registry}
        assert labels == {
            "audit.Entry", "consent.ConsentVersion", "contact.MessageTemplate", "groups.KindSetting",
            "intake.EligibilityVersion", "psp.ProgramRegion", "psp.Region", "psp.User",
        }  # fmt: skip

    def test_property_08_passkey_of_another_person_is_not_found(self, client):
        other = a_coordinator("ON")
        key = Authenticator.objects.create(
            user=other, type=Authenticator.Type.WEBAUTHN, data={"name": "-", "credential": {}}
        )
        sign_in(client, with_app(a_coordinator()))
        for send in (client.get, client.post):
            assert send(f"/accounts/2fa/webauthn/keys/{key.pk}/remove/").status_code == 404
        assert Authenticator.objects.filter(pk=key.pk).exists()

    def test_property_08_beginning_again_gives_nobody_but_the_owner_a_way_in(self, client):
        user, admin = with_app(with_password(a_coordinator())), an_administrator()
        sign_in(client, admin)
        answer = client.post(
            "/admin/psp/user/", {"action": "start_over", "_selected_action": str(user.pk)}, follow=True
        )
        link = link_in_mail(user)
        assert link.startswith("/accounts/password/reset/key/")
        assert link not in answer.content.decode()
        again = User.objects.get(pk=user.pk)
        assert not again.has_usable_password()
        assert not Authenticator.objects.filter(user=again).exists()
        assert Entry.objects.filter(person=user.pk, actor=admin.pk, fields="password,second_factor").count() == 1


class Line:
    """One browser on a real HTTP connection, for requests that run at the same time."""

    def __init__(self, url: str, cookies: dict[str, str] | None = None) -> None:
        self.host = urlsplit(url).netloc
        self.cookies = dict(cookies or {})

    def send(self, method: str, path: str, form: dict[str, str] | None = None) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(self.host, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            body = urlencode({**form, "csrfmiddlewaretoken": self.cookies.get(settings.CSRF_COOKIE_NAME, "")})
            headers["Content-Type"] = FORM
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, value = re.match(r"([^=]+)=([^;]*)", line).groups()  # type: ignore[union-attr]
            self.cookies[name] = value.strip('"')
        connection.close()
        return answer

    def copies(self, count: int) -> list[Line]:
        return [Line(f"http://{self.host}", self.cookies) for _copy in range(count)]


def all_at_once(lines: list[Line], path: str, form: dict[str, str]) -> list[str]:
    """Send the same form from every line at the same moment; where each was sent on to, "" for nowhere."""
    start, places = threading.Barrier(len(lines)), [""] * len(lines)

    def work(number: int) -> None:
        start.wait()
        places[number] = lines[number].send("POST", path, form).headers.get("Location") or ""

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(lines))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return places


def opens_the_portal(line: Line) -> bool:
    answer = line.send("GET", "/en/me/")
    return answer.status == 302 and "/accounts/" not in str(answer.headers["Location"])


@pytest.mark.django_db(transaction=True)
class TestProperty09:
    """A code works once: 50 tries at the same moment, one success."""

    @pytest.fixture(autouse=True)
    def _no_limit(self, settings):
        # The limit on tries would stop most of them; here every one must reach the code.
        settings.ACCOUNT_RATE_LIMITS = False

    def test_property_09_sign_in_code_in_one_browser(self, live_server):
        person = a_participant(email="alix@example.org").user
        line = Line(live_server.url)
        line.send("GET", "/accounts/login/code/")
        line.send("POST", "/accounts/login/code/", {"email": "alix@example.org"})
        lines = line.copies(TRIES)
        places = all_at_once(lines, "/accounts/login/code/confirm/", {"code": code_in_mail(person)})
        assert places.count("/en/me/") == 1
        assert sum(opens_the_portal(one) for one in lines) == 1

    def passwords_given(self, url: str, user: User, count: int) -> list[Line]:
        lines = []
        for _browser in range(count):
            line = Line(url)
            line.send("GET", "/accounts/login/")
            line.send("POST", "/accounts/login/", {"login": user.username, "password": PASSWORD})
            lines.append(line)
        return lines

    def test_property_09_authenticator_code_in_fifty_browsers(self, live_server):
        user = with_app(with_password(a_coordinator()))
        lines = self.passwords_given(live_server.url, user, TRIES)
        places = all_at_once(lines, "/accounts/2fa/authenticate/", {"code": code_now()})
        assert places.count("/en/me/") == 1
        assert sum(opens_the_portal(one) for one in lines) == 1

    def test_property_09_authenticator_code_in_one_browser(self, live_server):
        user = with_app(with_password(a_coordinator()))
        lines = self.passwords_given(live_server.url, user, 1)[0].copies(TRIES)
        all_at_once(lines, "/accounts/2fa/authenticate/", {"code": code_now()})
        assert sum(opens_the_portal(one) for one in lines) == 1

    def test_property_09_recovery_code_in_fifty_browsers(self, live_server):
        user = with_app(with_password(a_coordinator()))
        code = with_recovery_codes(user)[0]
        lines = self.passwords_given(live_server.url, user, TRIES)
        all_at_once(lines, "/accounts/2fa/authenticate/", {"code": code})
        assert sum(opens_the_portal(one) for one in lines) == 1

    def test_property_09_authenticator_code_is_spent_for_as_long_as_it_would_be_right(self):
        user = with_app(with_password(a_coordinator()))
        now = timezone.now().replace(second=1, microsecond=0)
        with time_machine.travel(now, tick=False):
            code, first = code_now(), Browser()
            give_password(first, user)
            first.post("/accounts/2fa/authenticate/", {"code": code})
            assert is_signed_in(first)
        # The clock tolerance keeps the code right in the next half minute; it must be spent all the same.
        with time_machine.travel(now + timedelta(seconds=31), tick=False):
            second = Browser()
            give_password(second, user)
            second.post("/accounts/2fa/authenticate/", {"code": code})
            assert not is_signed_in(second)


class TestProperty10:
    """Idle and absolute time-out by a moved clock; a replayed cookie fails."""

    LIMITS = settings.SESSION_LIMITS

    @pytest.mark.parametrize(
        ("make", "kind"),
        [(a_coordinator, "staff"), (a_facilitator, "supporter"), (lambda: a_participant().user, "participant")],
    )
    def test_property_10_session_ends_after_a_time_without_use(self, client, make, kind):
        now = timezone.now()
        with time_machine.travel(now, tick=False) as clock:
            sign_in(client, make())
            assert "/accounts/" not in client.get("/en/me/")["Location"]
            clock.move_to(now + timedelta(seconds=self.LIMITS[kind]["idle"] - 1))
            assert "/accounts/" not in client.get("/en/me/")["Location"]
            clock.move_to(now + timedelta(seconds=2 * self.LIMITS[kind]["idle"]))
            assert "/accounts/" in client.get("/en/me/")["Location"]
            assert not is_signed_in(client)

    @pytest.mark.parametrize(
        ("make", "kind"),
        [(a_coordinator, "staff"), (a_facilitator, "supporter"), (lambda: a_participant().user, "participant")],
    )
    def test_property_10_session_ends_after_a_time_in_all_however_busy(self, client, make, kind):
        now = timezone.now()
        with time_machine.travel(now, tick=False) as clock:
            sign_in(client, make())
            step = self.LIMITS[kind]["idle"] - 60
            for passed in range(0, self.LIMITS[kind]["absolute"], step):
                clock.move_to(now + timedelta(seconds=passed))
                assert "/accounts/" not in client.get("/en/me/")["Location"], passed
            clock.move_to(now + timedelta(seconds=self.LIMITS[kind]["absolute"] + 1))
            assert "/accounts/" in client.get("/en/me/")["Location"]

    def test_property_10_cookie_kept_from_before_signing_out_opens_nothing(self, client):
        sign_in(client, a_coordinator())
        kept = client.cookies[settings.SESSION_COOKIE_NAME].value
        client.post("/accounts/logout/")
        client.cookies[settings.SESSION_COOKIE_NAME] = kept
        assert client.get("/en/me/")["Location"].startswith("/accounts/login/")

    def test_property_10_cookie_kept_from_before_a_quick_exit_opens_nothing(self, client):
        sign_in(client, a_participant().user)
        kept = client.cookies[settings.SESSION_COOKIE_NAME].value
        client.post("/leave/")
        thief = Browser()
        thief.cookies[settings.SESSION_COOKIE_NAME] = kept
        assert thief.get("/en/me/")["Location"].startswith("/accounts/login/")


class TestProperty11:
    """Session id changes at sign-in; all sessions end when password or factor change."""

    def test_property_11_session_id_before_signing_in_is_worthless_after(self, client):
        person = a_participant(email="alix@example.org").user
        ask_for_code(client, "alix@example.org")
        before = client.cookies[settings.SESSION_COOKIE_NAME].value
        give_code(client, code_in_mail(person))
        assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
        thief = Browser()
        thief.cookies[settings.SESSION_COOKIE_NAME] = before
        assert "/accounts/" in thief.get("/en/me/")["Location"]

    def two_browsers(self) -> tuple[User, Any, Any]:
        user = with_app(with_password(a_coordinator()))
        here, elsewhere = Browser(), Browser()
        sign_in(here, user)
        sign_in(elsewhere, user)
        return user, here, elsewhere

    def assert_only_here(self, here: Any, elsewhere: Any) -> None:
        assert "/accounts/login/" not in here.get("/en/me/")["Location"]
        assert "/accounts/login/" in elsewhere.get("/en/me/")["Location"]

    def test_property_11_new_password_ends_every_other_session(self):
        _user, here, elsewhere = self.two_browsers()
        form = {"oldpassword": PASSWORD, "password1": "another quiet river", "password2": "another quiet river"}
        assert here.post("/accounts/password/change/", form).status_code == 302
        self.assert_only_here(here, elsewhere)

    def test_property_11_password_by_link_ends_every_session(self):
        user, here, elsewhere = self.two_browsers()
        stranger = Browser()
        stranger.post("/accounts/password/reset/", {"email": user.sealed_email})
        page = stranger.get(link_in_mail(user), follow=True)
        form = {"password1": "another quiet river", "password2": "another quiet river"}
        stranger.post(page.redirect_chain[-1][0], form)
        for browser in (here, elsewhere):
            assert "/accounts/login/" in browser.get("/en/me/")["Location"]

    def test_property_11_factor_taken_away_ends_every_other_session(self):
        _user, here, elsewhere = self.two_browsers()
        here.post("/accounts/2fa/totp/deactivate/")
        self.assert_only_here(here, elsewhere)

    @pytest.mark.django_db(transaction=True)
    def test_property_11_new_recovery_codes_end_every_other_session(self):
        _user, here, elsewhere = self.two_browsers()
        assert here.post("/accounts/2fa/recovery-codes/generate/").status_code == 302
        self.assert_only_here(here, elsewhere)

    def test_property_11_all_other_sessions_end_when_asked(self):
        _user, here, elsewhere = self.two_browsers()
        here.post("/accounts/elsewhere/")
        self.assert_only_here(here, elsewhere)


def without_tokens(page: str) -> str:
    """The page without what differs between any two visits."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)
    return re.sub(r'"challenge": "[^"]+"', "", page)


class TestProperty13:
    """Code request, confirmation and password link answer alike for known and unknown addresses."""

    KNOWN, UNKNOWN = "alix@example.org", "nobody@example.org"

    @pytest.fixture(autouse=True)
    def _people(self):
        self.person = a_participant(email=self.KNOWN).user
        self.colleague = with_app(with_password(a_coordinator(email="maude@example.org")))

    def pages_of(self, address: str) -> list[tuple[int, str, str]]:
        """Status, way on and page of each step with this address."""
        client = Browser()
        steps = [
            ask_for_code(client, address), client.get("/accounts/login/code/confirm/"), give_code(client, "0000-0000"),
            client.get("/accounts/login/code/"), client.post("/accounts/logout/"),
            client.post("/accounts/password/reset/", {"email": address}), client.get("/accounts/password/reset/done/"),
        ]  # fmt: skip
        return [
            (step.status_code, step.get("Location", ""), without_tokens(step.content.decode()).replace(address, "@"))
            for step in steps
        ]

    @pytest.mark.parametrize("address", ["alix@example.org", "maude@example.org"])
    def test_property_13_every_step_looks_alike(self, address):
        assert self.pages_of(address) == self.pages_of(self.UNKNOWN)

    def test_property_13_wrong_password_looks_alike_for_every_kind_of_name(self):
        pages = set()
        for login in (self.colleague.username, "nobody.at.all", "maude@example.org", self.UNKNOWN, self.KNOWN):
            page = Browser().post("/accounts/login/", {"login": login, "password": "not it at all"})
            pages.add((page.status_code, without_tokens(page.content.decode()).replace(login, "name")))
        assert len(pages) == 1

    def test_property_13_unknown_address_gets_no_mail_and_known_one_gets_one(self):
        ask_for_code(Browser(), self.UNKNOWN)
        assert OutboxMessage.objects.count() == 0
        ask_for_code(Browser(), self.KNOWN)
        assert OutboxMessage.objects.count() == 1

    def seconds(self, sends: list[Any], rounds: int) -> list[float]:
        """Seconds of the quickest answer of each kind, tried in turns, so that a busy machine slows all alike."""
        browsers = [Browser() for _send in sends]
        found: list[list[float]] = [[] for _send in sends]
        for _round in range(rounds):
            for send, browser, times in zip(sends, browsers, found, strict=True):
                browser.cookies.clear()
                browser.get("/accounts/inactive/")
                begun = time.perf_counter()
                send(browser)
                times.append(time.perf_counter() - begun)
        return [min(times) for times in found]

    @pytest.mark.parametrize("address", ["alix@example.org", "maude@example.org"])
    def test_property_13_answers_take_equally_long(self, settings, address):
        settings.ACCOUNT_RATE_LIMITS = False

        def steps(typed: str) -> list[Any]:
            return [
                lambda browser: ask_for_code(browser, typed),
                lambda browser: browser.post("/accounts/password/reset/", {"email": typed}),
            ]

        code, link, other_code, other_link = self.seconds(steps(address) + steps(self.UNKNOWN), 7)
        # Nobody waits less than the fixed time, which hides the few milliseconds that a known address costs.
        assert min(code, link, other_code, other_link) >= timing.EVEN_SECONDS
        assert abs(code - other_code) < 0.01
        assert abs(link - other_link) < 0.01

    def test_property_13_work_takes_a_small_part_of_the_time_it_hides_in(self, settings, monkeypatch):
        settings.ACCOUNT_RATE_LIMITS = False
        monkeypatch.setattr(timing, "EVEN_VIEWS", frozenset())
        (work,) = self.seconds([lambda browser: ask_for_code(browser, self.KNOWN)], 7)
        assert work < timing.EVEN_SECONDS / 3

    def test_property_13_wrong_passwords_take_equally_long(self, settings):
        settings.ACCOUNT_RATE_LIMITS = False

        def wrong(login: str) -> Any:
            return lambda browser: browser.post("/accounts/login/", {"login": login, "password": "not it at all"})

        logins = (self.colleague.username, "nobody", "maude@example.org", self.KNOWN, self.UNKNOWN)
        times = self.seconds([wrong(login) for login in logins], 7)
        # One password check costs some 50 ms; a second one, or none, would show.
        assert max(times) < 1.5 * min(times)


class TestProperty14:
    """Rate limits hold across processes and ignore a forged X-Forwarded-For."""

    def test_property_14_limits_are_kept_in_the_database(self, client):
        from django.db import connection

        a_participant(email="alix@example.org")
        ask_for_code(client, "alix@example.org")
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM psp_cache WHERE cache_key LIKE '%%request_login_code%%'")
            assert cursor.fetchone()[0] == 2

    def test_property_14_fourth_code_in_five_minutes_is_refused_whatever_the_headers_say(self):
        answers = [
            ask_for_code(
                Browser(REMOTE_ADDR=f"198.51.100.{number}"),
                "alix@example.org",
                HTTP_X_FORWARDED_FOR=f"203.0.113.{number}",
            )
            for number in range(1, 5)
        ]
        assert [answer.status_code for answer in answers] == [302, 302, 302, 200]
        assert "many tries" in answers[3].content.decode()

    def test_property_14_forged_address_does_not_help_a_busy_guesser(self):
        def guess(number: int) -> Any:
            forged = {"HTTP_X_FORWARDED_FOR": f"203.0.113.{number}"}
            return Browser().post("/accounts/login/", {"login": f"name{number}", "password": "x"}, **forged)

        texts = [guess(number).content.decode() for number in range(12)]
        assert ["many tries" in text for text in texts] == [False] * 10 + [True] * 2

    def test_property_14_page_says_what_to_do(self, client):
        for _try in range(31):
            answer = client.post("/accounts/login/", {"login": "", "password": ""})
        assert answer.status_code == 429
        assert "Please wait a little" in answer.content.decode()


def test_sign_in_pages_that_are_not_ours_do_not_exist():
    from django.urls import NoReverseMatch

    for name in ("account_signup", "account_email", "account_set_password", "mfa_trust", "mfa_download_recovery_codes"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
