"""A certificate is made by the person, taken along, and checked by a stranger with its code, in both languages."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.people import follow, sign_in_team
from tests.papers import assert_pdf_ua, pdf_text

NAME = "Maëlle Attestée"
WORLD = """
from psp.models import User
from supporters.models import Pairing
from supporters.training.services_cohorts import create_cohort, enrol
from tests.training import a_completion, as_learner, a_cohort
person, by = User.objects.get(username="supporter.qc"), User.objects.get(username="supervisor")
person.name = "Maëlle Attestée"
person.save()
as_learner(person, supervisor=by)
a_completion(person, by, name_en="Northern Ontario", name_fr="Nord de l’Ontario")
a_cohort(by, name_en="Prairies", name_fr="Prairies (cohorte)")
"""
CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){4}\b")


def test_certificate_is_checked_by_a_stranger_with_its_code(visitor, site):
    site.run(WORLD)
    person = visitor("en")
    sign_in_team(person, "supporter.qc")
    person.open("lead/training/")
    person.check()
    main = person.page.locator("main")
    follow(main.locator("form[action$='/certificate/'] button").first)
    person.check()
    code = ""
    for language in ("en", "fr"):
        pdf = taken_along(person, language)
        assert_pdf_ua(pdf, language=language, title="Document")
        text = pdf_text(pdf)
        assert NAME in text
        found = CODE.search(text)
        assert found
        assert code in ("", found[0])
        code = found[0]

    stranger, phone = visitor("en"), visitor("fr", phone=True)
    for who in (stranger, phone):
        check(who, "0000-0000-0000-0000-0000")
        expect(who.page.locator("[data-error-summary]")).to_be_visible()
        expect(who.page.locator("main")).not_to_contain_text(NAME)
        who.check()
        # As people type from paper: small letters, spaces for dashes.
        check(who, code.lower().replace("-", " "))
        expect(who.page.locator("main")).to_contain_text(NAME)
        expect(who.page.locator("main .summary-row")).to_have_count(4)
        assert code not in who.page.url
        who.check()

    # Withdrawn: the paper that is out counts no more.
    person.open("lead/training/")
    follow(person.page.locator("main form[action$='/withdraw/'] button").first, "Enter")
    person.check()
    check(phone, code)
    expect(phone.page.locator("main h1")).to_contain_text("retirée")
    expect(phone.page.locator("main")).not_to_contain_text(NAME)
    phone.check()

    supervisor = visitor("fr")
    sign_in_team(supervisor, "supervisor")
    supervisor.open("care/training/")
    supervisor.check()
    follow(supervisor.page.locator("main a[href*='/care/training/cohort/']").first)
    supervisor.page.wait_for_url("**/care/training/cohort/*/")
    supervisor.check()
    follow(supervisor.page.locator("main a[href*='/care/training/session/']").first)
    supervisor.page.wait_for_url("**/care/training/session/*/")
    supervisor.check()
    everybody = (person, stranger, phone, supervisor)
    assert [fault for who in everybody for fault in who.faults + who.strangers] == []


def check(anybody, code: str) -> None:
    anybody.open("certificate/")
    anybody.page.locator("main input[name=code]").fill(code)
    follow(anybody.page.locator("main input[name=code]"), "Enter")


def taken_along(person, language: str) -> bytes:
    link = person.page.locator(f"main a[download][href^='/{language}/']").first
    with person.page.expect_download() as waiting:
        link.click()
    download = waiting.value
    assert re.fullmatch(r"document-[\d-]+\.pdf", download.suggested_filename)
    return download.path().read_bytes()
