"""The privacy officer's pages in a browser: a file opened from elsewhere, a request on paper, and a breach."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.e2e.people import apply, follow, sign_in_participant, sign_in_team

# The province that the person lives in, and a coordinator of another region.
ELSEWHERE = {"fr": ("QC", "coordinator.on"), "en": ("ON", "coordinator.qc")}


def press(visitor, selector: str) -> None:
    follow(visitor.page.locator(f"main {selector}").first)
    visitor.check()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_officer_sees_an_urgent_opening_answers_a_letter_and_runs_a_breach(language, visitor, site):
    province, username = ELSEWHERE[language]
    email, words = f"office.{language}@example.org", f"Late call, {language}."
    person, coordinator, officer = visitor(language, phone=True), visitor(language), visitor(language)
    second = visitor(language)
    apply(person, name="Ode-Canari", email=email, province=province)

    # Another region: only that there is a file; then one hour, for a reason.
    sign_in_team(coordinator, username)
    coordinator.open("desk/elsewhere/")
    coordinator.page.locator("main input[name=text]").last.fill(email)
    press(coordinator, "form[action$='/elsewhere/'] button[type=submit]")
    assert "Ode-Canari" not in coordinator.page.content()
    coordinator.page.locator("main input[name=reason][value=called]").check()
    coordinator.page.locator("main input[name=words]").fill(words)
    press(coordinator, ".btn-danger")
    assert coordinator.page.get_by_text("Ode-Canari").count()

    # The person reads who it was and why.
    sign_in_participant(person, email)
    person.open("my/opened/")
    assert person.page.get_by_text(words).count()

    # The officer sees it, closes it and notes what was found.
    sign_in_team(officer, "privacy")
    officer.open("privacy/")
    officer.open("privacy/elsewhere/")
    row = officer.page.locator("main section", has_text=words)
    reference = re.findall(r"[A-Z0-9]{4}-[A-Z0-9]{4}", row.inner_text())[0]
    follow(row.locator(".btn-danger"))
    follow(officer.page.locator("main section", has_text=words).locator("button[value=talked]"))
    officer.check()
    coordinator.page.reload()
    assert "Ode-Canari" not in coordinator.page.content()

    # A letter asks for a copy.
    officer.open("privacy/requests/record/")
    officer.page.locator("main input[name=person]").fill(reference)
    officer.page.locator("main input[name=kind][value=access]").check()
    officer.page.locator("main input[name=channel][value=letter]").check()
    officer.page.locator("main input[name=received_on]").fill((timezone.localdate() - timedelta(days=5)).isoformat())
    press(officer, "form .btn-primary")
    # Whoever wrote it down does not also make sure who asks.
    assert not officer.page.locator("main form[action$='/identity/']").count()
    sign_in_team(second, "admin", front="admin/")
    second.open("privacy/approvals/")
    follow(second.page.locator("main section", has_text=reference).locator("button"))
    second.check()
    officer.page.reload()
    with officer.page.expect_download() as waiting:
        officer.page.locator("main form[action$='/copy/'] button").click()
    assert "Ode-Canari" in waiting.value.path().read_text(encoding="utf-8")
    officer.page.locator("main input[name=outcome][value=accepted]").check()
    officer.page.locator("main textarea[name=answer]").fill("It went out today.")
    press(officer, "form .btn-primary")

    # A breach: material, with the person concerned, and words that wait for a second person.
    # At noon, which every day has, also when the clocks go forward.
    now = (timezone.localtime() - timedelta(days=1)).replace(hour=12, minute=0)
    officer.open("privacy/breaches/record/")
    for name in ("happened_from", "discovered_at"):
        officer.page.locator(f"main input[name={name}]").fill(f"{now:%Y-%m-%dT%H:%M}")
    officer.page.locator("main input[name=place]").fill("Printer")
    officer.page.locator("main input[name=kinds][value=contact]").check()
    officer.page.locator("main textarea[name=what]").fill("A list lay there.")
    officer.page.locator("main textarea[name=measures]").fill("It was destroyed.")
    press(officer, "form .btn-primary")
    breach = officer.page.url.rstrip("/").rsplit("/", 1)[1]
    press(officer, "button[value=material]")
    officer.open(f"privacy/breaches/{breach}/people/")
    officer.page.locator("main input[name=person]").fill(reference)
    press(officer, "form[action$='/find/'] .btn-primary")
    officer.page.locator("main input[type=checkbox][name=person]").check()
    press(officer, "button[name=confirm]")
    officer.open(f"privacy/breaches/{breach}/notices/")
    officer.page.locator("main textarea[name=notice_en]").fill("A list of numbers was seen.")
    officer.page.locator("main textarea[name=notice_fr]").fill("Une liste de numéros a été vue.")
    press(officer, "form .btn-primary")
    for path in ("log/", "log/team/", "log/person/", "log/unusual/", "log/exports/", "breaches/", "requests/"):
        officer.open(f"privacy/{path}")
    officer.open(f"privacy/breaches/{breach}/")
