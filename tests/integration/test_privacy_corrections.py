"""Corrections that change the thing itself: with the answer, or on the page that the answer leads to."""

from __future__ import annotations

import re
from html import unescape

import pytest

from intake.models import Application, KeepApart, Participant
from intake.services_apart import note_apart
from intake.services_place import correct_place
from privacy import services
from privacy.choices import RequestState
from privacy.models import RightsRequest
from psp.audit.models import Entry
from psp.errors import Forbidden
from psp.models import Region
from tests.browser import Browser
from tests.factories import a_coordinator, a_participant, an_accepted_participant, an_application, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def coordinator():
    return a_coordinator("QC")


def asked(participant: Participant, item: str) -> RightsRequest:
    return services.ask_correction(person=participant.user, by=participant.user, item=item, text="Not right.")


def desk_of(user) -> Browser:
    browser = Browser()
    sign_in(browser, user)
    return browser


def page(browser: Browser, request: RightsRequest) -> str:
    answer = browser.get(f"/en/desk/corrections/{request.pk}/")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_place_changes_with_the_answer_and_the_history_keeps_the_former(coordinator):
    made = an_accepted_participant("QC", by=coordinator, language="en")
    request, desk = asked(made, "place"), desk_of(coordinator)
    assert "Where the person lives" in page(desk, request)
    form = {"accept": "1", "answer": "Corrected.", "revision": "0", "corrected": "ON"}
    assert desk.post(f"/en/desk/corrections/{request.pk}/", form).status_code == 302
    fresh = Participant.objects.get(pk=made.pk)
    assert (fresh.region_id, fresh.program_region_id) == ("ON", Region.objects.get(code="ON").program_region_id)
    assert [row.region_id for row in fresh.history.order_by("history_id")][-2:] == ["QC", "ON"]
    assert RightsRequest.objects.get(pk=request.pk).state == RequestState.ACCEPTED
    assert Application.objects.get(participant=made).desk_region_id == fresh.program_region_id
    entry = Entry.objects.filter(person=made.user_id, model="intake.participant", action="change").latest("id")
    assert (entry.actor, entry.fields, entry.purpose) == (coordinator.pk, "region", "rights")


def test_place_stays_when_the_request_is_refused_or_the_same_is_chosen(coordinator):
    made = a_participant("QC")
    request = asked(made, "place")
    services.answer_correction(
        request=request, accepted=False, answer="It is as you said.", by=coordinator, corrected="ON"
    )
    assert Participant.objects.get(pk=made.pk).region_id == "QC"
    before = made.history.count()
    services.answer_correction(request=asked(made, "place"), accepted=True, answer="", by=coordinator, corrected="QC")
    assert made.history.count() == before


def test_place_that_does_not_exist_is_refused_and_nothing_is_answered(coordinator):
    made = a_participant("QC")
    request, desk = asked(made, "place"), desk_of(coordinator)
    form = {"accept": "1", "answer": "", "revision": "0", "corrected": "ZZ"}
    assert "Choose a place." in unescape(desk.post(f"/en/desk/corrections/{request.pk}/", form).content.decode())
    assert RightsRequest.objects.get(pk=request.pk).state == RequestState.OPEN
    assert Participant.objects.get(pk=made.pk).region_id == "QC"


def test_whom_the_person_must_not_meet_goes_along_to_the_new_team(coordinator):
    made = a_participant("QC")
    note_apart(participant=made, by=coordinator, other=a_participant("QC").user)
    elsewhere = Region.objects.get(code="ON")
    correct_place(participant=made, region=elsewhere, by=coordinator)
    assert KeepApart.objects.get(person=made.user).program_region_id == elsewhere.program_region_id


def test_only_a_coordinator_of_the_files_region_corrects_the_place(coordinator):
    made = a_participant("QC")
    for by in (a_coordinator("ON"), made.user):
        with pytest.raises(Forbidden):
            correct_place(participant=made, region=Region.objects.get(code="ON"), by=by)


def test_answers_are_corrected_on_their_page_while_nothing_is_decided(coordinator):
    made = a_participant("QC")
    application = an_application(made)
    html = page(desk_of(coordinator), asked(made, "application"))
    assert f"/en/desk/applications/{application.pk}/answers/" in html
    decided = an_accepted_participant("QC", by=coordinator)
    html = page(desk_of(coordinator), asked(decided, "application"))
    assert not re.search("/desk/applications/[^/]+/answers/", html)
    assert "its answers stay" in html


def test_address_says_who_can_change_it(coordinator):
    assert "An administrator writes the new address" in page(
        desk_of(coordinator), asked(a_participant("QC"), "address")
    )


def test_person_reads_the_correction_in_their_copy(coordinator):
    from privacy.holdings import as_data, held_about

    made = a_participant("QC")
    services.answer_correction(request=asked(made, "place"), accepted=True, answer="", by=coordinator, corrected="ON")
    found = {item["code"]: item["records"] for item in as_data(held_about(made.user))}
    words = {code: str(found[code]) for code in ("file", "file_before")}
    assert "Ontario" in words["file"]
    assert "Ontario" not in words["file_before"]
    assert "Quebec" in words["file_before"]
