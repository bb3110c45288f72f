"""The pages on which two people decide about a deletion, and the certificate that anybody with its number may see."""

from __future__ import annotations

from html import unescape

import pytest

from privacy import services_erasure
from privacy.choices import ErasureState, HoldKind
from privacy.models import Erasure
from privacy.models_disposal import certificate_number
from privacy.services import ask_erasure
from privacy.services_erasure import approve_erasure, prepare_erasure
from privacy.services_holds import open_hold
from psp.audit.models import Entry
from psp.choices import Role
from tests.browser import Browser
from tests.factories import a_participant, a_privacy_officer, a_user, sign_in, with_role
from tests.papers import assert_pdf_ua, pdf_text

pytestmark = pytest.mark.django_db
NAME, EMAIL = "Canari-Nom", "canari.page@exemple.ca"


@pytest.fixture(autouse=True)
def book(settings, tmp_path):
    settings.PSP_ERASURE_LEDGER = tmp_path / "erasures.jsonl"


def browser_of(user) -> Browser:
    browser = Browser()
    sign_in(browser, user)
    return browser


def text(answer, status: int = 200) -> str:
    assert answer.status_code == status, answer.status_code
    return unescape(answer.content.decode())


@pytest.fixture
def asked():
    person = a_participant(name=NAME, email=EMAIL, language="en")
    request = ask_erasure(person=person.user, disposal_text="I agree to this.", language="en", by=person.user)
    request.file = person
    return request


def done(request) -> Erasure:
    erasure = prepare_erasure(request=request, by=a_privacy_officer())
    approve_erasure(erasure=erasure, by=a_privacy_officer())
    return services_erasure._carry_out(erasure.pk)


def test_person_sees_the_number_of_the_certificate_from_the_first_day(asked):
    page = text(browser_of(asked.person).get(f"/en/my/rights/{asked.pk}/"))
    assert certificate_number(asked.pk) in page


def test_officers_see_numbers_never_the_person(asked):
    first, second = a_privacy_officer(), with_role(a_user(), Role.ADMINISTRATOR)
    desk = browser_of(first)
    pages = [text(desk.get("/en/privacy/deletions/")), text(desk.get(f"/en/privacy/deletions/prepare/{asked.pk}/"))]
    assert desk.post(f"/en/privacy/deletions/prepare/{asked.pk}/", {}).status_code == 302
    erasure = Erasure.objects.get()
    pages.append(text(desk.get(f"/en/privacy/deletions/{erasure.pk}/")))
    assert "somebody else decides" in pages[-1]
    other = browser_of(second)
    pages.append(text(other.get(f"/fr/privacy/deletions/{erasure.pk}/")))
    for page in pages:
        assert not [canary for canary in (NAME, EMAIL) if canary in page]
    assert all(asked.file.reference in page for page in pages)
    assert "I agree to this." in pages[1]
    assert desk.post(f"/en/privacy/deletions/{erasure.pk}/", {}).status_code == 403
    assert other.post(f"/en/privacy/deletions/{erasure.pk}/", {}).status_code == 302
    assert Erasure.objects.get().state == ErasureState.APPROVED
    for page in ("deletions/", f"deletions/{erasure.pk}/"):
        assert other.get(f"/en/privacy/{page}").status_code == 200


def test_each_look_at_a_deletion_is_one_row_of_the_access_log(asked):
    desk = browser_of(a_privacy_officer())
    for path in ("", f"prepare/{asked.pk}/"):
        before = Entry.objects.count()
        desk.get(f"/en/privacy/deletions/{path}")
        assert Entry.objects.count() == before + 1
        assert Entry.objects.order_by("id").last().person == asked.person_id


def test_hold_is_said_and_stops_the_button(asked):
    officer = a_privacy_officer()
    open_hold(person=asked.person, kind=HoldKind.ACCESS, by=officer)
    desk, path = browser_of(officer), f"/en/privacy/deletions/prepare/{asked.pk}/"
    assert "A request for access is open" in text(desk.get(path))
    assert "A hold keeps this information" in text(desk.post(path, {}), 409)
    assert not Erasure.objects.exists()


def test_stopped_deletion_leaves_the_request_open(asked):
    officer = a_privacy_officer()
    erasure = prepare_erasure(request=asked, by=officer)
    assert browser_of(officer).post(f"/en/privacy/deletions/{erasure.pk}/stop/", {}).status_code == 302
    assert Erasure.objects.get().state == ErasureState.STOPPED
    assert asked.file.reference in text(browser_of(officer).get("/en/privacy/deletions/"))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_certificate_is_shown_for_its_number_to_anybody_and_names_nobody(asked, language):
    number = done(asked).reference
    assert number == certificate_number(asked.pk)
    typed = number.replace("-", " ").lower()
    page = text(Browser().post(f"/{language}/document/", {"number": typed}))
    answer = Browser().post(f"/{language}/document/", {"number": number, "file": "1"})
    assert answer["Content-Disposition"].startswith('attachment; filename="document-')
    assert_pdf_ua(answer.content, language=language, title="Document")
    # A line may end after the hyphen of the number.
    for shown in (page, pdf_text(answer.content).replace("- ", "-")):
        assert number in shown
        assert not [canary for canary in (NAME, EMAIL, asked.file.reference) if canary in shown]
    assert number not in text(Browser().get(f"/{language}/document/"))


def test_number_that_is_not_done_and_number_that_never_was_get_the_same_answer(asked):
    prepare_erasure(request=asked, by=a_privacy_officer())
    for number in (certificate_number(asked.pk), "AAAA-AAAA"):
        page = text(Browser().post("/en/document/", {"number": number}))
        assert "There is nothing to show under this number." in page


def test_numbers_cannot_be_tried_without_end():
    for _number in range(30):
        assert Browser().post("/en/document/", {"number": "AAAA-AAAA"}).status_code == 200
    assert Browser().post("/en/document/", {"number": "AAAA-AAAA"}).status_code == 429
