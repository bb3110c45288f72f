"""What an answer does not say, and how many one gets: properties 13 and 14 of `security.md`."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from contact.models import OutboxMessage
from psp.accounts import timing
from tests.browser import Browser
from tests.factories import a_coordinator, a_participant
from tests.integration.signing_in import (
    ask_for_code,
    give_code,
    with_app,
    with_password,
)
from tests.timing import assert_fits

pytestmark = pytest.mark.django_db


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

        def measure() -> list[float]:
            times = self.seconds(steps(address) + steps(self.UNKNOWN), 7)
            # Nobody waits less than the fixed time, which hides the few milliseconds that a known address costs.
            assert min(times) >= timing.EVEN_SECONDS
            return times

        assert_fits(measure, lambda times: all(abs(times[step] - times[step + 2]) < 0.01 for step in (0, 1)))

    def test_property_13_work_takes_a_small_part_of_the_time_it_hides_in(self, settings, monkeypatch):
        settings.ACCOUNT_RATE_LIMITS = False
        monkeypatch.setattr(timing, "EVEN_VIEWS", frozenset())
        assert_fits(
            lambda: self.seconds([lambda browser: ask_for_code(browser, self.KNOWN)], 7),
            lambda work: work[0] < timing.EVEN_SECONDS / 3,
        )

    def test_property_13_wrong_passwords_take_equally_long(self, settings):
        settings.ACCOUNT_RATE_LIMITS = False

        def wrong(login: str) -> Any:
            return lambda browser: browser.post("/accounts/login/", {"login": login, "password": "not it at all"})

        logins = (self.colleague.username, "nobody", "maude@example.org", self.KNOWN, self.UNKNOWN)
        # One password check costs some 50 ms; a second one, or none, would show.
        assert_fits(
            lambda: self.seconds([wrong(login) for login in logins], 7), lambda times: max(times) < 1.5 * min(times)
        )


class TestProperty14:
    """Rate limits hold across processes and ignore a forged X-Forwarded-For."""

    def test_property_14_limits_are_kept_in_the_database(self, client):
        from django.db import connection

        a_participant(email="alix@example.org")
        ask_for_code(client, "alix@example.org")
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM psp_cache WHERE cache_key LIKE '%%request_login_code%%'")
            assert cursor.fetchone()[0] == 2

    def test_property_14_fourth_code_in_five_minutes_is_not_sent_whatever_the_headers_say(self):
        """And nobody is told: whoever knows an address would learn that its owner is signing in ([security] 13)."""
        a_participant(email="alix@example.org")
        answers = [
            ask_for_code(
                Browser(REMOTE_ADDR=f"198.51.100.{number}"),
                "alix@example.org",
                HTTP_X_FORWARDED_FOR=f"203.0.113.{number}",
            )
            for number in range(1, 5)
        ]
        assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, answers[0]["Location"])}
        assert OutboxMessage.objects.filter(template="sign_in_code").count() == 3

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
