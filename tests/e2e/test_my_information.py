"""A person's own information in a browser: what the program says that it holds, all of it to keep, and a correction."""

from __future__ import annotations

import json
import re
import zipfile

import pytest
from playwright.sync_api import expect

from tests.e2e.people import apply, download, follow, sign_in_participant, sign_in_team, submit
from tests.papers import assert_pdf_ua, pdf_text

REGIONS = {"fr": ("QC", "coordinator.qc", "NB"), "en": ("ON", "coordinator.on", "MB")}
PLACES = {"NB": ("Nouveau-Brunswick", "New Brunswick"), "MB": ("Manitoba", "Manitoba")}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_everything_to_keep_and_a_correction_that_changes_the_file(language, visitor, site):
    province, username, other = REGIONS[language]
    name, email = f"Lou-Canari-{language}", f"lou.{language}@example.org"
    person, coordinator = visitor(language, phone=True), visitor(language)

    # Before anything else: what is held, and how the program answers for it.
    person.open("what-we-hold/")
    follow(person.page.locator("main a[href$='/transparency/']"))
    person.page.wait_for_url("**/transparency/")
    person.check()
    expect(person.page.locator("#complain")).to_be_visible()

    apply(person, name=name, email=email, province=province)
    sign_in_participant(person, email)

    # All of it in one file whose name says nothing; each form of it says the same.
    person.open("my/rights/copy/")
    whole = download(person, "/copy/all/")
    assert re.fullmatch(r"copy-\d{4}-\d\d-\d\d\.zip", whole.suggested_filename)
    with zipfile.ZipFile(whole.path()) as archive:
        files = {kind.rsplit(".", 1)[1]: archive.read(kind) for kind in archive.namelist() if "schema" not in kind}
    assert set(files) == {"html", "json", "pdf"}
    assert name in json.dumps(json.loads(files["json"]), ensure_ascii=False)
    assert name in files["html"].decode()
    assert name in pdf_text(files["pdf"])
    assert_pdf_ua(files["pdf"], language=language)
    paper = download(person, "/copy/paper/")
    assert re.fullmatch(r"copy-\d{4}-\d\d-\d\d\.pdf", paper.suggested_filename)

    # A small thing changes at once.
    person.open("my/rights/correct/")
    follow(person.page.locator("main a[href$='/rights/details/']"))
    person.page.locator("input[name=name]").fill(f"{name}-2")
    submit(person.page)
    person.page.wait_for_url("**/my/rights/")
    person.check()

    # Where somebody lives goes to the desk, and changes with the answer.
    person.open("my/rights/correct/")
    person.page.locator("input[name=item][value=place]").check()
    person.page.locator("textarea[name=text]").fill(PLACES[other][0])
    submit(person.page)
    person.page.wait_for_url(re.compile(r"/my/rights/[0-9a-f-]{36}/$"))
    asked = person.page.url.rstrip("/").rsplit("/", 1)[1]
    sign_in_team(coordinator, username)
    coordinator.open(f"desk/corrections/{asked}/")
    coordinator.page.locator("select[name=corrected]").select_option(other)
    follow(coordinator.page.locator("button[name=accept]"))
    coordinator.page.wait_for_url("**/desk/corrections/")
    person.open(f"my/rights/{asked}/")
    person.open("my/rights/copy/")
    file = person.page.locator("section[aria-labelledby=held-file]")
    before = person.page.locator("section[aria-labelledby=held-file_before]")
    expect(file).to_contain_text(re.compile("|".join(PLACES[other])))
    expect(before).not_to_contain_text(re.compile("|".join(PLACES[other])))
    expect(person.page.locator("section[aria-labelledby=held-account]")).to_contain_text(f"{name}-2")
    assert [fault for who in (person, coordinator) for fault in who.faults + who.strangers] == []
