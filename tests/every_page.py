"""Every page as somebody gets it: each route for each role, looked at and sent empty, and the states that need a story.

What is written on the way is taken back, so each page is as the first visitor finds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from html import unescape
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

from intake.choices import ApplicationState, CallWay
from intake.models import Application
from psp import pages
from psp.models import User
from tests import factories, matrix
from tests.browser import Browser
from tests.forms import typed
from tests.matrix import EVERYBODY, PARTICIPANT, SIGNED_IN, VISITOR, Rule, World, a_world

LANGUAGES = ("en", "fr")
PROBLEMS = (400, 403, 404, 405, 413, 415, 429, 500, 503)
NOT_ELIGIBLE = {"experienced": "no"}
# What is new on every showing of a page.
TOKENS = re.compile(r'value="[0-9a-zA-Z]{64}"|[0-9a-f]{8}-[0-9a-f-]{27}')
# What the database asks of a decided application besides who decided and when.
OF_STATE: dict[str, dict[str, Any]] = {
    ApplicationState.ACCEPTED: {"accepted_for": ["formal"]}, ApplicationState.REFERRED: {"referred_to": ["211"]},
    ApplicationState.DECLINED: {"decision_reasons": ["under_18"]},
    ApplicationState.DEFERRED: {"look_again_on": date(2027, 3, 1)},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer; `name` says to a reader of a failed test how to get it again."""

    name: str
    language: str
    path: str
    answer: HttpResponse

    @property
    def is_page(self) -> bool:
        """A whole page, not a part that a script puts into one."""
        kind = self.answer.get("Content-Type", "")
        return kind.startswith("text/html") and b"<html" in self.answer.content[:200]

    @property
    def text(self) -> str:
        return self.answer.content.decode()

    @property
    def of_administrators(self) -> bool:
        return self.path.startswith("/admin/")


def every_answer(language: str) -> Iterator[Shown]:
    """What each role gets, of each route that is for it."""
    world = a_world()
    User.objects.update(language=language)
    for role in matrix.ROLES:
        browser = reader(language, world.accounts.get(role))
        for name in matrix.named_routes():
            rule = matrix.rule_of(name)
            # What is everybody's looks alike for all who are signed in, but for the links at its top.
            if rule is None or role not in rule.who or (rule.who == EVERYBODY and role not in (VISITOR, PARTICIPANT)):
                continue
            if rule.who == SIGNED_IN and role not in (PARTICIPANT, "coordinator"):
                continue
            yield from of_route(browser, f"{language} {role} {name}", address(name, rule, world, language), language)


def of_route(browser: Browser, name: str, path: str, language: str) -> Iterator[Shown]:
    yield Shown(f"{name} get", language, path, taken_back(browser, "get", path))
    yield Shown(f"{name} post", language, path, taken_back(browser, "post", path))


def address(name: str, rule: Rule, world: World, language: str) -> str:
    with translation.override(language):
        return reverse(name, args=rule.of(world) if rule.of else ())


def reader(language: str, user: User | None = None) -> Browser:
    browser = Browser(raise_request_exception=False, headers={"accept-language": language})
    if user:
        factories.sign_in(browser, user)
    return browser


def taken_back(browser: Browser, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
    cookies: Any = browser.cookies.copy()  # type: ignore[no-untyped-call]
    with transaction.atomic():
        answer = browser.post(path, data or {}) if method == "post" else browser.get(path)
        transaction.set_rollback(True)
    browser.cookies = cookies
    return answer


def every_state(language: str) -> Iterator[Shown]:
    """Pages that need more than an address: answers in a form, a kept form, a call, each state of an application."""
    yield from application_pages(language)
    yield from kept_form_pages(language)
    yield from call_pages(language)
    yield from portal_pages(language)
    yield from problem_pages(language)


def sent(browser: Browser, language: str, name: str, path: str, data: dict[str, Any]) -> Shown:
    path = f"/{language}/{path}"
    return Shown(f"{language} {name}", language, path, taken_back(browser, "post", path, data))


def application_pages(language: str) -> Iterator[Shown]:
    browser = reader(language)
    stories = {
        "not eligible": NOT_ELIGIBLE, "no name": {"name": ""}, "not signed": {"typed_name": "", "region": ""},
        "nothing safe": {"email_safe": None, "email": ""}, "back to the form": NOT_ELIGIBLE | {"change": "1"},
    }  # fmt: skip
    for name, changes in stories.items():
        yield sent(browser, language, f"application, {name}", "intake/", typed(browser, language, **changes))
    yield sent(browser, language, "application, looked at", "intake/check/", NOT_ELIGIBLE)


def kept_form_pages(language: str) -> Iterator[Shown]:
    browser, answers = reader(language), typed(reader(language), language, at_step="4")
    address = {"draft_email": "river@example.org"}
    for path in ("intake/later/", "intake/back/"):
        for name, more in {
            "address": {}, "wrong address": {"draft_email": "river"}, "code": address,
            "no code": address | {"draft_code": ""}, "wrong code": address | {"draft_code": "AAAAAA"},
        }.items():  # fmt: skip
            yield sent(browser, language, f"{path} {name}", path, more)
    yield sent(browser, language, "kept without a ticket", "intake/later/keep/", answers)


def call_pages(language: str) -> Iterator[Shown]:
    factories.a_bookable_coordinator("QC", hours_for="call", phone="514 555 0100", call_link="https://meet.example.org")
    browser = reader(language)
    page = browser.get(f"/{language}/intake/call/?region=QC")
    yield Shown(f"{language} call, times", language, "intake/call/", page)
    address = unescape(re.findall(r'href="([^"]*/call/[^"]*at=[^"]*)"', page.content.decode())[0])
    chosen = browser.get(address)
    yield Shown(f"{language} call, chosen", language, address, chosen)
    hidden = dict(re.findall(r'name="(sent_key|at|region)" value="([^"]+)"', chosen.content.decode()))
    for way in ("", *CallWay.values):
        said = hidden | {"language": language, "way": way, "number": "514 555 0101"}
        yield sent(browser, language, f"call, {way}", address.split("?")[0].removeprefix(f"/{language}/"), said)
    for code in ("", "ABCD-EFGH"):
        yield sent(browser, language, f"call, code {code!r}", "intake/call/code/", {"code": code})


def portal_pages(language: str) -> Iterator[Shown]:
    """Where an application stands, for each state that it can be in, and with none."""
    for state in ("", *ApplicationState.values):
        person = factories.a_participant("QC", language=language)
        if state:
            in_state(factories.an_application(person), state)
        browser = reader(language, person.user)
        for path in ("my/", "my/application/", "my/meeting/", "my/preferences/", "my/rights/"):
            answer = taken_back(browser, "get", f"/{language}/{path}")
            yield Shown(f"{language} {state or 'no application'} {path}", language, f"/{language}/{path}", answer)


def in_state(application: Application, state: str) -> None:
    by, now = factories.a_coordinator(), timezone.now()
    fields: dict[str, Any] = {"state": state} | OF_STATE.get(state, {})
    if state not in (ApplicationState.SUBMITTED, ApplicationState.MEETING_SET, ApplicationState.WITHDRAWN):
        fields |= {"decided_at": now, "decided_by": by, "decision_version": application.version}
    Application.objects.filter(pk=application.pk).update(**fields)


def problem_pages(language: str) -> Iterator[Shown]:
    for status in PROBLEMS:
        request = RequestFactory().get(f"/{language}/")
        request.user = AnonymousUser()
        with translation.override(language):
            yield Shown(f"{language} problem {status}", language, "/", pages.problem(request, status))


@cache
def everything() -> tuple[Shown, ...]:
    """All answers in both languages. Made once in a process: they are bytes, and nothing is left behind them."""
    return tuple(shown for language in LANGUAGES for shown in _in_a_world_of_its_own(language))


def _in_a_world_of_its_own(language: str) -> list[Shown]:
    """Some things are there once only, so the next language begins anew."""
    with transaction.atomic():
        found = [*every_answer(language), *every_state(language)]
        transaction.set_rollback(True)
    return found


def every_page() -> list[Shown]:
    """Whole pages; those that differ in nothing but a token, once."""
    pages = {TOKENS.sub("", shown.text): shown for shown in reversed(everything()) if shown.is_page}
    return list(pages.values())
