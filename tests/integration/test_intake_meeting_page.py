"""The meeting page: ticks, needs, people not to meet, consents and the decision in one place."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from consent.models import CounterSignature
from intake.models import IntakeMeeting, KeepApart, MeetingGuide, MeetingNotes
from intake.services import cancel_meeting, set_meeting
from intake.services_meeting import Ticked, keep_notes
from psp.audit.models import Entry
from psp.errors import DomainError, Forbidden, constraint_name
from tests import factories as make
from tests.integration.test_intake_services import soon

pytestmark = pytest.mark.django_db
CANARY = "Interprète le mardi"


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC")


@pytest.fixture
def meeting(coordinator) -> IntakeMeeting:
    return set_meeting(application=make.an_application(make.a_participant()), starts_at=soon(), by=coordinator)


@pytest.fixture
def url(client, coordinator, meeting) -> str:
    make.sign_in(client, coordinator)
    return reverse("desk:meeting", args=[meeting.pk])


def test_ticks_and_needs_are_kept_and_shown_again(client, url, meeting):
    answer = client.post(url, {"covered": ["no_story", "apart"], "needs": ["breaks"], "needs_line": f"  {CANARY} "})
    assert answer.status_code == 302
    notes = MeetingNotes.objects.get()
    assert (notes.covered, notes.needs, notes.needs_line) == (["no_story", "apart"], ["breaks"], CANARY)
    again = client.get(url)
    page = again.content.decode()
    shown = {"covered": ["no_story", "apart"], "needs": ["breaks"], "needs_line": CANARY}
    assert again.context["form"].initial == {**shown, "seen": json.dumps(shown)}
    assert CANARY in page
    assert "Please do not write about what happened" in page
    assert "Say that nobody will ask what happened." in page


def test_a_tick_is_kept_quietly_and_can_be_taken_back(client, url):
    assert client.post(url, {"covered": ["greet"], "quietly": "1"}).status_code == 204
    assert client.post(url, {"quietly": "1", "seen": json.dumps({"covered": ["greet"]})}).status_code == 204
    assert MeetingNotes.objects.get().covered == []


def page_of(client, url) -> dict[str, object]:
    """What the page would send if its reader changed nothing."""
    return dict(client.get(url).context["form"].initial)


def test_two_who_have_one_page_open_lose_nothing_of_each_other(client, url):
    client.post(url, {"covered": ["greet", "apart"], "needs": ["breaks"], "needs_line": ""})
    one, two = page_of(client, url), page_of(client, url)
    one |= {"covered": ["greet", "apart", "no_story"]}
    two |= {"covered": ["greet"], "needs": ["breaks", "captions"], "quietly": "1"}
    assert client.post(url, one).status_code == 302
    assert client.post(url, two).status_code == 205, "kept, and the screen does not show all of it"
    notes = MeetingNotes.objects.get()
    assert (notes.covered, notes.needs) == (["greet", "no_story"], ["captions", "breaks"])


def test_line_that_two_wrote_is_asked_about_and_neither_is_lost(client, url):
    one, two = page_of(client, url), page_of(client, url)
    client.post(url, one | {"needs_line": "Mornings only"})
    answer = client.post(url, two | {"covered": ["greet"], "needs_line": "Large print"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Somebody wrote this line meanwhile: “Mornings only”" in page
    assert 'value="Large print"' in page
    assert MeetingNotes.objects.get().needs_line == "Mornings only"
    again = {"covered": ["greet"], "needs_line": "Mornings only, large print"}
    assert client.post(url, again | {"seen": answer.context["form"]["seen"].value()}).status_code == 302
    notes = MeetingNotes.objects.get()
    assert (notes.covered, notes.needs_line) == (["greet"], "Mornings only, large print")


@pytest.mark.parametrize("seen", ["", "{", "[]", "null", '{"covered": 1}', '{"other": []}', '{"covered": [{}]}'])
def test_page_that_does_not_say_what_it_showed_takes_nothing_away(client, url, seen):
    client.post(url, {"covered": ["greet"]})
    client.post(url, {"covered": ["apart"], "seen": seen})
    assert set(MeetingNotes.objects.get().covered) == {"greet", "apart"}


def test_made_up_codes_change_nothing(client, url):
    page = client.post(url, {"covered": ["made_up"], "needs": ["ghost"]})
    assert page.status_code == 200
    assert not MeetingNotes.objects.exists()


def test_needs_are_sealed(client, url):
    client.post(url, {"needs_line": CANARY})
    with connection.cursor() as cursor:
        cursor.execute("SELECT needs_line FROM intake_meetingnotes")
        assert CANARY.encode() not in bytes(cursor.fetchone()[0])


def test_notes_belong_to_the_region_and_to_a_meeting_that_takes_place(meeting, coordinator):
    kept = {"sent": Ticked(), "seen": Ticked()}
    for stranger in (make.a_coordinator("ON"), meeting.application.participant.user):
        with pytest.raises(Forbidden):
            keep_notes(meeting=meeting, by=stranger, **kept)
    cancel_meeting(meeting=meeting, by=coordinator)
    with pytest.raises(DomainError, match="meeting_over"):
        keep_notes(meeting=meeting, by=coordinator, **kept)


def test_page_of_a_cancelled_meeting_says_so(client, url, meeting, coordinator):
    cancel_meeting(meeting=meeting, by=coordinator)
    assert "This meeting did not take place" in client.get(url).content.decode()
    assert client.post(url, {"needs_line": ""}).status_code == 409


def test_a_name_is_noted_and_a_consent_signed_beside_without_leaving_the_page(client, url, meeting):
    person = meeting.application.participant
    answer = client.post(reverse("desk:apart_note", args=[person.pk]), {"text": "Some Name", "meeting": meeting.pk})
    assert answer["Location"] == url
    assert KeepApart.objects.get().name == "Some Name"
    consent = person.user.consents.get()
    answer = client.post(reverse("desk:countersign", args=[consent.pk]), {"meeting": meeting.pk})
    assert answer["Location"] == url
    assert CounterSignature.objects.exists()
    assert "Some Name" in client.get(url).content.decode()


def test_every_reading_is_noted_once(client, url, meeting):
    client.get(url)
    assert Entry.objects.filter(person=meeting.application.participant.user_id, action="read").count() == 1


def test_new_steps_hold_for_meetings_that_begin_after_them(client, url, meeting, coordinator):
    client.post(url, {"covered": ["greet"]})
    steps = [{"code": "only", "text_en": "One step only.", "text_fr": "Une seule étape."}]
    number = MeetingGuide.objects.in_force().number + 1
    MeetingGuide.objects.create(number=number, steps=steps, published_at=meeting.set_at)
    assert "One step only." not in client.get(url).content.decode()
    other = set_meeting(application=make.an_application(make.a_participant()), starts_at=soon(48), by=coordinator)
    assert "One step only." in client.get(reverse("desk:meeting", args=[other.pk])).content.decode()


def test_meeting_guide_frozen():
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        MeetingGuide.objects.update(steps=[])
    assert constraint_name(caught.value) == "meeting_guide_frozen"
