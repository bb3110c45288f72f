"""`security.md` 29: whatever fields are added to a form of consents and rights, only what the page asks for changes.

Each form is sent once as the page has it and every field of the model with a value that an attacker would like.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import models
from django.urls import reverse
from django.utils import timezone

from consent.models import Consent
from consent.services import texts_in_force
from privacy.models import Breach, GlassGrant, RightsRequest
from psp.models import User
from tests import factories as make
from tests.browser import Browser

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=365)


def browser_of(user: User) -> Browser:
    browser = Browser()
    make.sign_in(browser, user)
    return browser


def hostile(model: type[models.Model], other: User) -> dict[str, str]:
    """Every field of the model, by name and by column, with a value of its kind that nobody may choose."""
    found: dict[str, str] = {}
    for field in model._meta.concrete_fields:
        value = _value(field, other)
        found |= {field.name: value, field.attname: value}
    return found


def _value(field: Any, other: User) -> str:
    if field.related_model or isinstance(field, models.UUIDField):
        return str(other.pk)
    if isinstance(field, models.DateTimeField):
        return (timezone.now() + YEAR).isoformat()
    if isinstance(field, models.DateField):
        return (timezone.localdate() + YEAR).isoformat()
    if isinstance(field, models.BooleanField):
        return "on"
    return "99" if isinstance(field, models.IntegerField) else str((field.choices or [("attack", "")])[-1][0])


def kept(row: models.Model, *asked: str) -> dict[str, Any]:
    """What the row holds beside what the page asks for."""
    return {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name not in asked
    }


@pytest.fixture
def other() -> User:
    return make.with_role(make.a_user(), "administrator")


def test_property_29_own_details_change_the_name_and_the_language_alone(other):
    person = make.a_participant().user
    before = kept(User.objects.get(pk=person.pk), "name", "name_index", "language", "last_login")
    said = hostile(User, other) | {"name": "New", "language": "en"}
    assert browser_of(person).post(reverse("rights:details"), said).status_code == 302
    fresh = User.objects.get(pk=person.pk)
    assert (fresh.name, fresh.language) == ("New", "en")
    assert kept(fresh, "name", "name_index", "language", "last_login") == before
    assert not fresh.roles.exists()


@pytest.mark.parametrize(
    ("name", "said", "asks"),
    [
        ("rights:correct", {"item": "other", "text": "One n."}, ("item", "text")),
        ("rights:delete", {"agrees": "on"}, ()),
    ],
)
def test_property_29_request_is_the_persons_own_open_and_due_in_time(other, name, said, asks):
    person = make.a_participant().user
    assert browser_of(person).post(reverse(name), hostile(RightsRequest, other) | said).status_code == 302
    made = RightsRequest.objects.get()
    assert (made.person_id, made.state, made.channel) == (person.pk, "open", "portal")
    assert made.due_on - timezone.localdate() <= timedelta(days=30)
    for field in ("recorded_by_id", "identity_checked_at", "identity_checked_by_id", "answered_by_id", "ended_at",
                  "first_due_on", "extended_by_id"):  # fmt: skip
        assert getattr(made, field) is None
    assert {field: getattr(made, field) for field in asks} == {field: said[field] for field in asks}
    assert not made.answer
    assert not made.note


def test_property_29_request_on_paper_is_not_confirmed_by_whoever_records_it(other):
    person, officer = make.a_participant(), make.a_privacy_officer()
    said = hostile(RightsRequest, other) | {
        "person": person.reference, "kind": "access", "channel": "letter", "item": "", "text": "",
        "received_on": timezone.localdate().isoformat(),
    }  # fmt: skip
    assert browser_of(officer).post(reverse("privacy:paper"), said).status_code == 302
    made = RightsRequest.objects.get()
    assert (made.person_id, made.recorded_by_id, made.state) == (person.user_id, officer.pk, "open")
    assert (made.identity_checked_at, made.identity_checked_by_id, made.first_due_on) == (None, None, None)


def test_property_29_signature_is_the_persons_own_of_now_under_the_text_that_was_shown(other):
    person, text = make.a_participant().user, texts_in_force()["results"]
    ticked = {one["code"]: "on" for one in text.statements}
    said = hostile(Consent, other) | ticked | {"typed_name": "My name", "version": str(text.number)}
    assert browser_of(person).post(reverse("consent:sign", args=["results"]), said).status_code == 302
    made = Consent.objects.get(purpose="results")
    assert (made.person_id, made.version_id, made.manner, made.signed_on) == (person.pk, text.pk, "online", None)
    assert made.typed_name == "My name"
    assert made.signed_at <= timezone.now()
    assert not hasattr(made, "countersignature")


def test_property_29_opening_lasts_an_hour_and_names_whoever_opened(other):
    coordinator, person = make.a_coordinator("QC"), make.a_participant("ON")
    desk = browser_of(coordinator)
    found = desk.post(reverse("desk:elsewhere"), {"text": person.reference})
    said = hostile(GlassGrant, other) | {
        "token": found.context["form"].initial["token"], "reason": "called", "words": "They called.",
    }  # fmt: skip
    assert desk.post(reverse("desk:glass_open"), said).status_code == 302
    grant = GlassGrant.objects.get()
    assert (grant.by_id, grant.person_id, grant.program_region_id) == (coordinator.pk, person.user_id, "ON")
    assert grant.ends_at - grant.opened_at == timedelta(hours=1)
    assert grant.opened_at <= timezone.now()
    assert (grant.reviewed_at, grant.review) == (None, "")


def test_property_29_breach_begins_as_noted_and_nobody_is_told(other):
    officer, now = make.a_privacy_officer(), timezone.localtime() - timedelta(hours=2)
    said = hostile(Breach, other) | {
        "happened_from": f"{now:%Y-%m-%dT%H:%M}", "happened_until": "", "discovered_at": f"{now:%Y-%m-%dT%H:%M}",
        "place": "Printer", "kinds": ["contact"], "affected": "3", "what": "A list.", "measures": "Destroyed.",
    }  # fmt: skip
    assert browser_of(officer).post(reverse("privacy:breach_record"), said).status_code == 302
    made = Breach.objects.get()
    assert (made.state, made.recorded_by_id) == ("noted", officer.pk)
    for field in ("material_at", "report_due_on", "reported_at", "closed_at", "notices_approved_at",
                  "notices_approved_by_id", "notices_prepared_by_id"):  # fmt: skip
        assert getattr(made, field) is None, field
    assert not made.notice_en


def test_property_29_coordinator_who_enters_a_signature_signs_for_nobody_else(other):
    coordinator, person = make.a_coordinator("QC"), make.a_participant("QC")
    text = texts_in_force()["results"]
    ticked = {one["code"]: "on" for one in text.statements}
    said = hostile(Consent, other) | ticked | {
        "typed_name": "Their name", "version": str(text.number), "manner": "spoken", "language": "fr", "signed_on": "",
        "read_aloud": "on",
    }  # fmt: skip
    browser_of(coordinator).post(reverse("desk:consent_enter", args=[person.pk, "results"]), said)
    made = Consent.objects.get(purpose="results")
    assert (made.person_id, made.version_id, made.manner) == (person.user_id, text.pk, "spoken")
    assert made.countersignature.by == coordinator
