"""An application that a coordinator enters during a call, for somebody with a phone only or with no channel at all."""

from __future__ import annotations

import re
from html import unescape

import pytest

from consent.choices import Manner
from consent.models import Consent, CounterSignature
from contact.models import OutboxMessage, SafeContact
from intake.models import Application, Participant
from psp.audit.models import Entry
from tests import factories
from tests.forms import GOOD, grown, hidden_fields, row_counts

pytestmark = pytest.mark.django_db(databases=["default", "keys"])

PATH = "/en/desk/enter/"
NO_CHANNEL = {"email_safe": "no", "email": "", "contact_email__may_write": None, "contact_email__others_may_see": None}
PHONE_ONLY = NO_CHANNEL | {"phone": "418 555 0123", "call_safe": "on"}


@pytest.fixture
def coordinator(client):
    user = factories.a_coordinator("QC")
    factories.sign_in(client, user)
    return user


def text_of(response) -> str:
    return unescape(response.content.decode())


def enter(client, **changes):
    answers = GOOD | hidden_fields(client.get(PATH).content.decode()) | NO_CHANNEL | changes
    return client.post(PATH, {name: value for name, value in answers.items() if value is not None})


def test_person_without_any_channel_is_entered_with_spoken_consents(client, coordinator):
    response = enter(client)
    participant = Participant.objects.get()
    assert response["Location"] == f"/en/desk/people/{participant.pk}/"
    consent = Consent.objects.get()
    assert (consent.purpose, consent.manner) == ("taking_part", Manner.SPOKEN)
    assert CounterSignature.objects.get().by == coordinator
    choices = SafeContact.objects.get()
    assert not any((choices.email_safe, choices.sms_safe, choices.call_safe, choices.voicemail_safe))
    assert not OutboxMessage.objects.exists()
    assert f"Say the reference number aloud: {participant.reference}" in text_of(client.get(response["Location"]))


def test_night_hours_are_entered_during_a_call_too(client, coordinator):
    assert "week-more" in text_of(client.get(PATH))
    assert enter(client, availability=["0-night", "3-late"]).status_code == 302
    assert Participant.objects.get().preferences.availability == [[0, 360], [3 * 1440 + 21 * 60, 4 * 1440]]


def test_person_with_a_phone_only_needs_the_consent_to_be_called(client, coordinator):
    page = text_of(enter(client, **PHONE_ONLY))
    assert "we need your yes to this line" in page
    assert not Participant.objects.exists()


def test_person_with_a_phone_only_is_entered_once_they_say_yes_to_calls(client, coordinator):
    lines = set(re.findall(r"contact_phone__\w+", client.get(PATH).content.decode()))
    assert enter(client, **PHONE_ONLY, **dict.fromkeys(lines, "on")).status_code == 302
    assert set(Consent.objects.values_list("purpose", "manner")) == {
        ("taking_part", Manner.SPOKEN), ("contact_phone", Manner.SPOKEN),
    }  # fmt: skip
    assert CounterSignature.objects.count() == 2
    assert SafeContact.objects.get().call_safe


def test_log_says_who_entered_an_application(client, coordinator):
    enter(client)
    made = Entry.objects.filter(model__icontains="application", person=Participant.objects.get().user_id)
    assert set(made.filter(action="create").values_list("actor", flat=True)) == {coordinator.pk}


def test_property_01_application_is_entered_in_own_regions_only(client, coordinator):
    page = text_of(enter(client, region="ON"))
    assert "Choose a place in your region." in page
    assert not Participant.objects.exists()
    assert '<option value="ON"' not in text_of(client.get(PATH))


def test_property_37_application_entered_twice_is_one(client, coordinator):
    answers = GOOD | hidden_fields(client.get(PATH).content.decode()) | {"email_safe": "yes"}
    places = {client.post(PATH, answers)["Location"] for _click in range(2)}
    assert (len(places), Application.objects.count()) == (1, 1)


def test_address_that_has_a_file_is_refused_with_a_way_on(client, coordinator):
    assert enter(client, **{name: GOOD.get(name) for name in NO_CHANNEL}).status_code == 302
    page = text_of(enter(client, **{name: GOOD.get(name) for name in NO_CHANNEL}))
    assert "This address has a file already." in page
    assert Participant.objects.count() == 1


def test_criterion_that_is_not_met_is_read_aloud_and_keeps_nothing(client, coordinator):
    before = row_counts()
    page = text_of(enter(client, adult="no"))
    assert "The program is for people who are 18 or older." in page
    assert {table for table in grown(before) if "audit" not in table} == set()
    assert enter(client, adult="no", look_anyway="1").status_code == 302
    assert Application.objects.get().answers["adult"] is False


def test_property_04_trying_out_addresses_leaves_a_trace_in_the_log_of_their_owner(client, coordinator):
    """The form must say that an address is taken, also by a file elsewhere: so the person can see who tried it."""
    known = factories.a_participant("ON", email="elsewhere@example.org")
    wishes = {"email_safe": "yes", "email": "elsewhere@example.org", "contact_email__may_write": "on",
              "contact_email__others_may_see": "on"}  # fmt: skip
    assert "This address has a file already." in text_of(enter(client, **wishes))
    entry = Entry.objects.get(person=known.user_id, action="denied")
    assert (entry.actor, entry.model) == (coordinator.pk, "desk:enter")
