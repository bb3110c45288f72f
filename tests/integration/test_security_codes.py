"""A code works once, however many try it at the same moment: property 9 of `security.md`."""

from __future__ import annotations

import http.client
import re
import threading
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

import pytest
import time_machine
from django.conf import settings
from django.core.servers.basehttp import WSGIServer
from django.utils import timezone

from psp.models import User
from tests.browser import FORM, Browser
from tests.factories import a_coordinator, a_participant
from tests.integration.signing_in import (
    PASSWORD,
    code_in_mail,
    code_now,
    give_password,
    is_signed_in,
    with_app,
    with_password,
    with_recovery_codes,
)

pytestmark = pytest.mark.django_db
TRIES = 50
# The test server would turn away most of fifty browsers that knock at the same moment.
WSGIServer.request_queue_size = 2 * TRIES


class Line:
    """One browser on a real HTTP connection, for requests that run at the same time."""

    def __init__(self, url: str, cookies: dict[str, str] | None = None) -> None:
        self.host = urlsplit(url).netloc
        self.cookies = dict(cookies or {})

    def send(self, method: str, path: str, form: dict[str, str] | None = None) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(self.host, timeout=240)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if form is not None:
            body = urlencode({**form, "csrfmiddlewaretoken": self.cookies.get(settings.CSRF_COOKIE_NAME, "")})
            headers["Content-Type"] = FORM
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, value = re.match(r"([^=]+)=([^;]*)", line).groups()
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
