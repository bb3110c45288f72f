"""Pages of reports: what whoever checks one sees, and what readers read."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core.cache import cache

from psp.audit.choices import Action
from psp.audit.models import Entry
from reporting.counters import beginning
from reporting.freezing import background
from reporting.models import FrozenTable, Look, Release
from reporting.releases import forms as forms_release
from reporting.tasks import freeze_closed_periods
from tests.browser import Browser
from tests.factories import a_coordinator, a_privacy_officer, an_analyst, sign_in
from tests.integration.test_reporting_releases import in_may, prepared, published
from tests.released import a_release

pytestmark = pytest.mark.django_db
RELEASES = "/en/reports/releases/"


def signed_in(user) -> Browser:
    browser = Browser()
    sign_in(browser, user)
    return browser


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def waiting(period: str = "2025") -> Release:
    return a_release(state="prepared", period=period)


def address(release: Release, rest: str = "") -> str:
    return f"{RELEASES}{release.pk}/{rest}"


def form_of(answer) -> dict[str, str]:
    return {"seen": re.search(r'name="seen"\s+value="(\w+)"', answer.content.decode())[1]}


def test_list_says_what_to_do_first_to_whoever_can():
    assert "There is no report yet" in text(signed_in(an_analyst()).get(RELEASES))
    officer = text(signed_in(a_privacy_officer()).get(RELEASES))
    assert "Once an analyst has prepared one" in officer
    assert "Prepare a report" not in officer


def test_report_goes_from_one_person_to_another_and_back():
    in_may()
    analyst, second = an_analyst(), a_privacy_officer()
    first, other = signed_in(analyst), signed_in(second)
    wrong = first.post(f"{RELEASES}new/", {"period": "2026-13", "method": "suppression", "note_en": "Only here"})
    assert wrong.status_code == 400
    assert "Choose a period from the list." in text(wrong)
    assert "Say the same in French too" in text(wrong)
    made = first.post(f"{RELEASES}new/", {"period": "2026-05", "method": "suppression"}, follow=True)
    release = Release.objects.get()
    assert (release.title_en, release.title_fr) == ("Figures, May 2026", "Chiffres, mai 2026")
    assert "A second person decides" in text(made)
    page = other.get(address(release))
    assert "It is your turn" in text(page)
    back = other.get(address(release, "return/"))
    assert "Say in a sentence" in text(other.post(address(release, "return/"), form_of(back) | {"reason": "other"}))
    said = other.post(
        address(release, "return/"), form_of(back) | {"reason": "other", "note": "Name the month."}, follow=True
    )
    assert "The report is sent back." in text(said)
    assert "Name the month." in text(first.get(address(release)))
    again = first.get(address(release, "again/"))
    first.post(
        address(release, "again/"),
        form_of(again) | {"method": "suppression", "title_en": "May", "title_fr": "Mai"},
    )
    confirm = other.get(address(release, "approve/"))
    read = other.post(address(release, "approve/"), form_of(confirm), follow=True)
    assert "Nothing in it changes any more." in text(read)
    release.refresh_from_db()
    assert (release.state, release.title_fr, release.decided_by) == ("approved", "Mai", second)
    # A second click, and a page that was left open.
    other.post(address(release, "approve/"), form_of(confirm))
    assert "decided on this report meanwhile" in text(
        other.post(address(release, "return/"), form_of(back) | {"reason": "words"}, follow=True)
    )


def test_whoever_prepared_it_is_not_asked_to_decide():
    analyst = an_analyst()
    release = prepared(by=analyst)
    browser = signed_in(analyst)
    assert "It is your turn" not in text(browser.get(address(release)))
    assert browser.get(address(release, "approve/")).status_code == 302
    answer = browser.post(address(release, "approve/"), {"seen": release.digest}, follow=True)
    assert "Somebody else decides on it." in text(answer)
    release.refresh_from_db()
    assert release.state == "prepared"


def test_check_page_says_how_many_are_hidden_and_never_which_were_small():
    in_may(4, region="ON")
    release = prepared()
    page = text(signed_in(an_analyst()).get(address(release)))
    assert "What is hidden, and why" in page
    assert "Hidden numbers:" in page
    rows = {row.frozen.breakdown: row for row in release.tables.filter(frozen__code="people")}
    table = signed_in(an_analyst()).get(address(release, f"tables/{rows['region'].pk}/"))
    assert "hidden" in text(table)
    assert not re.search(r'<td class="num"[^>]*>\s*<span[^>]*>\s*4\s*</span>', table.content.decode())


def test_report_before_stands_beside():
    in_may()
    published("2026-04")
    release = prepared("2026-05")
    page = text(signed_in(an_analyst()).get(address(release)))
    assert "All together, compared with April 2026" in page


def test_published_report_keeps_its_rules_and_can_be_made_again():
    release = published()
    browser = signed_in(an_analyst())
    page = text(browser.get(address(release)))
    for told in ("Hidden below 10", "Counted up to", release.digest[:16], "Everybody who agrees to being counted"):
        assert told in page
    said = text(browser.post(address(release, "reproduce/"), follow=True))
    assert "the same to the letter" in said


def test_coordinator_never_comes_near():
    release = waiting()
    browser = signed_in(a_coordinator())
    for rest in ("", "approve/", "return/", "again/", f"tables/{release.tables.get().pk}/"):
        assert browser.get(address(release, rest)).status_code == 403
    assert browser.get(f"{RELEASES}new/").status_code == 403


def test_table_of_another_report_is_not_found():
    release, other = waiting(), waiting("2024")
    browser = signed_in(an_analyst())
    assert browser.get(address(release, f"tables/{other.tables.get().pk}/")).status_code == 404
    assert browser.get(f"{RELEASES}{other.pk + 99}/").status_code == 404


def test_each_look_is_counted_and_written_down(django_capture_on_commit_callbacks):
    release = waiting()
    browser = signed_in(an_analyst())
    for times in (1, 2):
        with django_capture_on_commit_callbacks(execute=True):
            browser.get(address(release))
        assert Look.objects.get(table=FrozenTable.objects.get()).times == times
        assert Entry.objects.filter(action=Action.READ, model="reporting.release").count() == times


def test_periods_to_choose_are_closed_and_without_a_report(monkeypatch):
    monkeypatch.setattr(beginning, "first_day", lambda: date(2026, 4, 1))
    published("2026-04")
    offered = {code for _label, group in forms_release.to_report(date(2026, 7, 15)) for code, _name in group}
    # June 2026 and the quarter are closed ten days after, the fiscal year is not over.
    assert offered == {"2026-05", "2026-06", "2026-Q1"}


def test_privacy_officer_hears_of_a_report_that_waits():
    waiting()
    assert "Reports to look at" in text(signed_in(a_privacy_officer()).get("/en/privacy/"))


def test_period_with_much_left_to_count_is_counted_in_the_background(monkeypatch):
    queued: list[object] = []
    monkeypatch.setattr(beginning, "first_day", lambda: date(2026, 4, 1))
    cache.clear()
    monkeypatch.setattr(background, "after_commit", queued.append)
    answer = signed_in(an_analyst()).post(f"{RELEASES}new/", {"period": "2026-Q1", "method": "suppression"})
    assert "Its figures are being counted." in text(answer)
    assert queued == [freeze_closed_periods]
    assert not Release.objects.exists()
