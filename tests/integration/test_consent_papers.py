"""A paper that was signed before the text changed is kept under the text of its day, and under no other."""

from __future__ import annotations

from html import unescape

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from consent.choices import Manner
from consent.models import Consent, ConsentVersion, PurposeSwitch
from consent.rules import canonical_text
from psp.audit.models import Entry
from psp.errors import DomainError
from tests.browser import Browser
from tests.factories import a_coordinator, a_participant, agree, sign_in
from tests.integration.test_consent_again import DAY, a_newer_text, entered, in_days, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return a_participant(consents=()).user


@pytest.fixture
def changed(person):
    """The text about results changed three days after today; it is five days later now."""
    newer = a_newer_text("results", begins=3)
    with in_days(5):
        yield ConsentVersion.objects.get(purpose="results", number=1), newer


def a_paper(person, version, day, manner=Manner.PAPER) -> Consent:
    return entered(person, a_coordinator(), manner, version=version, signed_on=day)


def test_a_paper_is_kept_under_the_text_of_its_day(person, changed):
    earlier, _newer = changed
    kept = a_paper(person, earlier, timezone.localdate() - 5 * DAY)
    assert (kept.version, kept.text) == (earlier, canonical_text(earlier.as_text(), "fr"))
    assert Consent.objects.in_force(person, "results"), "the period of grace goes on"


@pytest.mark.parametrize(
    ("number", "days", "code", "field"),
    [(1, 1, "paper_after_the_text", "signed_on"), (2, 5, "paper_before_the_text", "signed_on"),
     (1, None, "text_not_in_force", None)],
)  # fmt: skip
def test_a_paper_under_the_text_of_another_day_is_refused(person, changed, number, days, code, field):
    day = timezone.localdate() - days * DAY if days else None
    with pytest.raises(DomainError) as refused:
        a_paper(person, changed[number - 1], day, Manner.PAPER if day else Manner.SPOKEN)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_an_earlier_paper_does_not_stand_beside_a_newer_signature(person, changed):
    signed(person, "results")
    with pytest.raises(DomainError, match="newer_text_signed"):
        a_paper(person, changed[0], timezone.localdate() - 5 * DAY)


@pytest.mark.parametrize(("number", "days"), [(1, 1), (2, 5)])
def test_trigger_consent_paper_text_of_its_day(person, changed, number, days):
    day = timezone.localdate() - days * DAY
    with pytest.raises(DatabaseError, match="another text was in force on the day"), transaction.atomic():
        agree(person, "results", version=changed[number - 1], manner="paper", signed_on=day)


def test_the_desk_offers_the_earlier_text_for_a_paper_alone(person, changed):
    desk, day = Browser(), timezone.localdate() - 5 * DAY
    sign_in(desk, a_coordinator("QC"))
    path = f"/en/desk/people/{person.participant.pk}/consents/results/"
    assert "?version=1" in desk.get(path).content.decode()
    assert desk.get(f"{path}?version=3").status_code == 404
    shown = unescape(desk.get(f"{path}?version=1").content.decode())
    assert "Only a paper from those days can be entered here." in shown
    assert "It counts until " in shown
    form = {"version": "1", "typed_name": "Camille", "may_count": "on", "signed_on": str(day)}
    assert desk.post(f"{path}?version=1", form | {"manner": "spoken"}).status_code == 200
    assert not Consent.objects.filter(person=person, purpose="results").exists()
    assert desk.post(f"{path}?version=1", form | {"manner": "paper"}).status_code == 302
    assert Consent.objects.get(person=person, purpose="results").version == changed[0]


def test_what_is_not_offered_any_more_is_still_read_and_taken_back(person):
    agree(person, "research")
    PurposeSwitch.objects.filter(purpose="research").update(offered=False)
    me = Browser()
    sign_in(me, person)
    shown = unescape(me.get("/en/my/consents/").content.decode())
    assert "Not used at present" in shown
    assert "/en/my/consents/research/withdraw/" in shown
    assert me.post("/en/my/consents/research/withdraw/").status_code == 302
    shown = unescape(me.get("/en/my/consents/").content.decode())
    assert "Not used at present" not in shown
    assert "What you took back" in shown


def test_the_text_to_read_aloud_is_in_the_language_of_the_person(person):
    desk, text = Browser(), ConsentVersion.objects.get(purpose="results", number=1)
    sign_in(desk, a_coordinator("QC", language="en"))
    path = f"/en/desk/people/{person.participant.pk}/consents/results/"
    said = {"en": text.statements[0]["text_en"], "fr": text.statements[0]["text_fr"]}
    shown = unescape(desk.get(path).content.decode())
    assert (said["fr"] in shown, said["en"] in shown) == (True, False)
    assert "How did the person agree?" in shown
    shown = unescape(desk.get(f"{path}?language=en").content.decode())
    assert (said["fr"] in shown, said["en"] in shown) == (False, True)
    form = {"version": "1", "typed_name": "Camille", "may_count": "on", "manner": "spoken"}
    assert desk.post(path, form).status_code == 302
    assert Consent.objects.get(person=person, purpose="results").text == canonical_text(text.as_text(), "fr")


def test_a_coordinator_takes_a_consent_back_for_somebody_who_calls(person):
    agree(person, "contact_phone")
    desk, elsewhere, coordinator = Browser(), Browser(), a_coordinator("QC", language="en")
    sign_in(desk, coordinator)
    sign_in(elsewhere, a_coordinator("ON"))
    file = f"/en/desk/people/{person.participant.pk}/"
    path = f"{file}consents/contact_phone/end/"
    assert path in desk.get(file).content.decode()
    shown = unescape(desk.get(path).content.decode())
    assert "Nous ne vous appelons pas" in shown, "to be read aloud in the language of the person"
    assert elsewhere.post(path).status_code == 404
    assert Consent.objects.in_force(person, "contact_phone")
    assert desk.post(path).status_code == 302
    assert desk.post(path).status_code == 302, "twice is once"
    assert not Consent.objects.in_force(person, "contact_phone")
    assert path not in desk.get(file).content.decode()
    entry = Entry.objects.filter(model="consent.withdrawal", person=person.pk).get()
    assert (entry.actor, entry.fields) == (coordinator.pk, "contact_phone")
    assert desk.get(f"{file}consents/nothing/end/").status_code == 404
