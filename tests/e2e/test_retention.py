"""A file that nobody has used for years: the calendar, one person prepares, another approves, and the file is gone."""

from __future__ import annotations

import json
import re
import time

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Visitor
from tests.e2e.people import download, follow, sign_in_team
from tests.e2e.test_desk import find
from tests.papers import assert_pdf_ua, pdf_text

CASES = [pytest.param("fr", "QC", "coordinator.qc", id="fr"), pytest.param("en", "ON", "coordinator.on", id="en")]
# One file whose time is over, and one whose time is over in about four months. The nightly run finds both.
# The factories come first: they count from elsewhere where no tests are run, and time_machine imports pytest.
TWO_OLD_FILES = """
from tests import factories as make
import json
from datetime import timedelta
import time_machine
from django.utils import timezone
from privacy.models import RetentionRule
from privacy.services_retention import run
months = RetentionRule.objects.in_force().get(record_type="file").months
made = []
for name, days in (("old", 31 * (months + 1)), ("later", 30 * (months - 4))):
    with time_machine.travel(timezone.now() - timedelta(days=days)):
        email = f"{{name}}.{language}@example.org"
        made.append(make.a_participant({province!r}, email=email, language={language!r}))
run(as_of=timezone.localdate())
print(json.dumps([str(made[0].user_id), made[0].reference]))
"""


TITLE = {"fr": "Attestationd’élimination", "en": "Certificateofdisposal"}


@pytest.mark.parametrize(("language", "province", "username"), CASES)
def test_old_file_falls_due_and_goes_by_two_people(visitor, site, language, province, username):
    person, reference = json.loads(site.run(TWO_OLD_FILES.format(language=language, province=province)))
    coordinator, officer, second = visitor(language), visitor(language, phone=True), visitor(language)
    sign_in_team(coordinator, username)
    find(coordinator, f"old.{language}@example.org")

    sign_in_team(officer, "privacy")
    officer.open("privacy/")
    read_calendar(officer)
    path = prepare(officer, reference)
    sign_in_team(second, "admin", front="admin/")
    second.open(path)
    follow(second.page.locator("main button[value=approve]"))
    second.check()

    certificate = wait_for_certificate(officer, path)
    said = pdf_text(certificate).replace(" ", "")
    assert person in said
    assert TITLE[language] in said
    assert_pdf_ua(certificate, language=language)
    officer.open("privacy/retention/")

    # On the desk there is nothing by that number any more, nor by the address; what is not due stays.
    for text in (reference, f"old.{language}@example.org"):
        look_for(coordinator, text)
        expect(coordinator.page.locator("main input[name=text][aria-invalid=true]")).to_be_visible()
        coordinator.check()
    find(coordinator, f"later.{language}@example.org")
    assert [fault for who in (coordinator, officer, second) for fault in who.faults + who.strangers] == []


def read_calendar(officer: Visitor) -> None:
    """Twelve months; what is due already counts with the first, what comes with its own."""
    officer.open("privacy/retention/")
    follow(officer.page.locator("main a[href$='/retention/calendar/']"))
    officer.page.wait_for_url("**/calendar/")
    officer.check()
    rows = officer.page.locator("main tbody tr")
    expect(rows).to_have_count(12)
    files = [int(row.locator("td").first.inner_text().split()[-1]) for row in rows.all()]
    assert files[0] >= 1
    assert sum(files[3:6]) >= 1, files


def prepare(officer: Visitor, reference: str) -> str:
    """The officer looks at the list and says so; the path of the disposal, which waits for somebody else then."""
    page = officer.page
    officer.open("privacy/retention/")
    for link in page.locator("#waiting-disposals ~ .table-frame a").evaluate_all("all => all.map(one => one.href)"):
        page.goto(link)
        if page.locator("main tbody", has_text=reference).count():
            break
    officer.check()
    expect(page.locator("main tbody")).to_contain_text(reference)
    follow(page.locator("main button[value=prepare]"))
    officer.check()
    assert page.locator("main button[value=approve]").count() == 0, "nobody approves what they prepared"
    return page.url.split(f"/{officer.language}/", 1)[1]


def wait_for_certificate(officer: Visitor, path: str) -> bytes:
    deadline = time.monotonic() + 240
    officer.open(path)
    while not officer.page.locator("main a[href$='/certificate/']").count():
        assert time.monotonic() < deadline, "it was not carried out"
        time.sleep(1)
        officer.page.reload()
    officer.check()
    paper = download(officer, "/certificate/")
    assert re.fullmatch(r"document-\d{4}-\d\d-\d\d\.pdf", paper.suggested_filename)
    return paper.path().read_bytes()


def look_for(coordinator: Visitor, text: str) -> None:
    coordinator.open("desk/")
    coordinator.page.locator("form[role=search] input[name=text]").fill(text)
    follow(coordinator.page.locator("form[role=search] button[type=submit]"))
