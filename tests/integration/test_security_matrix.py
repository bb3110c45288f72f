"""Who may open what (`security.md` 1), and that a look changes nothing (`security.md` 12)."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from tests import matrix
from tests.browser import Browser
from tests.factories import sign_in
from tests.matrix import ROLES, VISITOR, Rule, World, a_world

# Leaving must never fail, so it asks for no token; it can only end a session. Where answers without a name come back,
# the browser is nobody: there is no session that a foreign page could use, and a slip may be used from anywhere.
WITHOUT_TOKEN = {"quick_exit", "feedback:answer"}


@pytest.fixture(scope="module")
def everything(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One world for all tests of this module; it goes with the transaction that made it."""
    with django_db_blocker.unblock(), transaction.atomic(), transaction.atomic(using="keys"):
        yield a_world()
        transaction.set_rollback(True)
        transaction.set_rollback(True, using="keys")


@pytest.fixture
def world(everything: World) -> Iterator[World]:
    """As it was made, whatever the test before did to it."""
    with transaction.atomic(), transaction.atomic(using="keys"):
        yield everything
        transaction.set_rollback(True)
        transaction.set_rollback(True, using="keys")


def cookies_of(world: World, role: str) -> Any:
    client = Browser()
    if role != VISITOR:
        sign_in(client, world.accounts[role])
    return client.cookies


def address(name: str, rule: Rule, world: World, *, foreign: bool = False) -> str:
    pick = rule.foreign if foreign else rule.of
    return reverse(name, args=pick(world) if pick else ())


def pressed_twice(url: str, cookies: Any) -> tuple[int, int]:
    """The statuses of both answers."""
    with transaction.atomic():
        found = [browser_with(cookies).post(url, {}).status_code for _press in range(2)]
        transaction.set_rollback(True)
    return found[0], found[1]


# One client for all requests: making a client builds the whole chain of middleware anew.
BROWSER = Browser(raise_request_exception=False)


def browser_with(cookies: Any) -> Browser:
    """The one browser, with these cookies and nothing that another answer left."""
    BROWSER.cookies = cookies.copy()
    return BROWSER


def ask(url: str, method: str, cookies: Any) -> Any:
    """The answer, with everything that it wrote taken back."""
    client = browser_with(cookies)
    with transaction.atomic():
        answer = client.post(url, {}) if method == "post" else client.get(url)
        transaction.set_rollback(True)
    return answer


def asks_to_sign_in(answer: Any) -> bool:
    return answer.status_code == HTTPStatus.FOUND and answer["Location"].startswith(
        ("/accounts/login/", "/admin/login/")
    )


def outcome(answer: Any) -> str:
    if asks_to_sign_in(answer):
        return "sign in"
    if answer.status_code in (403, 404, 405) or answer.status_code >= 500:
        return str(answer.status_code)
    return "ok"


def expected(rule: Rule, role: str) -> str:
    if role in rule.who:
        return "ok"
    if role in rule.hidden:
        return "404"
    return "sign in" if role == VISITOR else str(rule.refused)


def ruled() -> Iterator[tuple[str, Rule]]:
    for name in matrix.named_routes():
        rule = matrix.rule_of(name)
        if rule is not None:
            yield name, rule


def test_property_01_every_route_has_a_policy():
    assert [name for name in matrix.named_routes() if matrix.rule_of(name) is None] == []


def test_property_01_no_policy_is_left_over():
    assert set(matrix.POLICY) - set(matrix.named_routes()) == set()


@pytest.mark.parametrize("role", ROLES)
def test_property_01_route_opens_for_its_roles_and_for_nobody_else(role, world):
    cookies = cookies_of(world, role)
    wrong = []
    for name, rule in ruled():
        answer = ask(address(name, rule, world), rule.method, cookies)
        # Sign-in pages send each other onward; for a visitor that is the page itself.
        found = (
            "ok"
            if role in rule.who and asks_to_sign_in(answer) and name.startswith(("account_", "mfa_", "admin:login"))
            else outcome(answer)
        )
        if found != expected(rule, role):
            wrong.append(f"{role} {rule.method} {name}: {found}, not {expected(rule, role)}")
    assert wrong == []


def test_property_01_foreign_region_or_person_is_not_found(world):
    wrong = []
    for name, rule in ruled():
        for role in sorted(rule.who - {VISITOR}) if rule.foreign else ():
            found = ask(address(name, rule, world, foreign=True), rule.method, cookies_of(world, role)).status_code
            if found not in (404, 302 if name.startswith("admin:") else 404):
                wrong.append(f"{role} {name}: {found}")
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_property_12_every_change_needs_the_token(role, world):
    cookies, strict = cookies_of(world, role), Client(enforce_csrf_checks=True)
    wrong = []
    for name, rule in ruled():
        if role not in rule.who or name in WITHOUT_TOKEN:
            continue
        strict.cookies = cookies.copy()
        answer = strict.post(address(name, rule, world), "a=b", content_type="application/x-www-form-urlencoded")
        if answer.status_code not in (403, 405):
            wrong.append(f"{role} {name}: {answer.status_code}")
    assert wrong == []


# The access log and its queue, the session that every page has, and counters of how often something was tried. Figures
# of a closed period are frozen by whoever looks first.
MAY_CHANGE = {
    "reporting_frozentable", "reporting_unproven",
    "psp_cache", "audit_entry", "audit_unsealed", "audit_entry_id_seq", "django_session", "django_content_type",
}  # fmt: skip


def fingerprint() -> dict[str, Any]:
    """Number and sum of the rows of every table: changes whenever anything in them does."""
    with connection.cursor() as cursor:
        tables = sorted(set(connection.introspection.table_names(cursor)) - MAY_CHANGE)
        sums = (
            f"SELECT '{table}', count(*), coalesce(sum(hashtext(t::text)::bigint), 0) FROM \"{table}\" t"
            for table in tables
        )
        cursor.execute(" UNION ALL ".join(sums))
        return {table: found for table, *found in cursor.fetchall()}


@pytest.mark.parametrize("role", ROLES)
def test_property_12_looking_changes_nothing_but_the_access_log(role, world):
    cookies, before = cookies_of(world, role), fingerprint()
    wrong = []
    for name, rule in ruled():
        if role not in rule.who:
            continue
        with transaction.atomic():
            browser_with(cookies).get(address(name, rule, world))
            after = fingerprint()
            transaction.set_rollback(True)
        changed = [table for table in after if after[table] != before[table]]
        if changed:
            wrong.append(f"{role} {name}: {changed}")
    assert wrong == []


def test_second_press_of_a_button_ends_on_a_page_as_the_first_one_did(world):
    """A double click sends twice, and what is read is the answer to the second: never "not found", for what the first
    one took away. Whatever is refused the first time is refused again."""
    areas, ended = ("lead", "care", "reports"), {}
    buttons = [(name, rule) for name, rule in matrix.POLICY.items() if rule.method == "post"]
    for role in ROLES:
        cookies = cookies_of(world, role)
        for name, rule in buttons:
            if name.split(":")[0] in areas and role in rule.who:
                ended[f"{name} {role}"] = pressed_twice(address(name, rule, world), cookies)
    assert {what: both for what, both in ended.items() if both[0] < 400 <= both[1] or max(both) >= 500} == {}
    assert sum(first < 400 for first, _second in ended.values()) > 50
