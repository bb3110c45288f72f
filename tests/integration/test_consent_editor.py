"""Consent texts are written in the administration: in both languages, statement by statement, from draft to date."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.utils import timezone

from consent.forms_texts import TextForm
from consent.models import Consent, ConsentVersion, PurposeSwitch
from consent.services import sign, texts_in_force
from consent.services_texts import draft_text, fingerprint, must_sign_again, publish_text, save_text
from psp.audit.models import Entry
from psp.choices import Role
from psp.errors import Conflict, DomainError, Forbidden
from tests.browser import Browser
from tests.factories import a_coordinator, a_participant, a_user, agree, sign_in, with_role

pytestmark = pytest.mark.django_db
ROOT = "/admin/consent/consentversion/"


@pytest.fixture
def admin():
    return with_role(a_user(language="en"), Role.ADMINISTRATOR)


@pytest.fixture
def office(admin):
    """A browser in which an administrator is signed in."""
    browser = Browser()
    sign_in(browser, admin)
    return browser


def drafted(office: Browser, purpose: str = "contact_email") -> ConsentVersion:
    assert office.post(f"{ROOT}add/", {"purpose": purpose}).status_code == 302
    return ConsentVersion.objects.get(purpose=purpose, published_at__isnull=True)


def typed(version: ConsentVersion, **changes: Any) -> dict[str, Any]:
    """The editor's fields as the page would send them. A box that is not ticked is not sent."""
    form = TextForm(version=version)
    values = {name: form[name].value() for name in form.fields} | changes
    return {name: "on" if value is True else str(value) for name, value in values.items() if value is not False}


def send(office: Browser, version: ConsentVersion, **changes: Any) -> ConsentVersion:
    answer = office.post(f"{ROOT}{version.pk}/change/", typed(version, **changes))
    assert answer.status_code == 302, answer.context["form"].problems()
    return ConsentVersion.objects.get(pk=version.pk)


def publish(office: Browser, version: ConsentVersion, day: Any = None) -> Any:
    form = {"valid_from": str(day or timezone.localdate()), "seen": fingerprint(version)}
    return office.post(f"{ROOT}{version.pk}/publish/", form)


def codes(version: ConsentVersion) -> list[str]:
    return [item["code"] for item in version.statements]


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return unescape(answer.content.decode())


def test_a_draft_is_a_copy_of_the_newest_text_and_there_is_one_at_a_time(office):
    draft = drafted(office)
    source = ConsentVersion.objects.get(purpose="contact_email", number=1)
    assert (draft.number, draft.statements, draft.published_at) == (2, source.statements, None)
    assert drafted(office) == draft
    assert texts_in_force()["contact_email"] == source, "a draft is shown to nobody"
    assert office.post(f"{ROOT}add/", {"purpose": "nothing"}).status_code == 404


def test_a_statement_is_added_moved_reworded_and_removed_without_writing_json(office):
    draft = drafted(office)
    assert codes(draft) == ["may_write", "others_may_see"]
    draft = send(office, draft, line_new_en="I can change the hours.", line_new_fr="Je peux changer les heures.")
    assert codes(draft)[:2] == ["may_write", "others_may_see"]
    new = codes(draft)[2]
    draft = send(office, draft, move=f"up:{new}")
    assert codes(draft) == ["may_write", new, "others_may_see"]
    draft = send(office, draft, move="down:may_write", **{f"line_{new}_required": False})
    assert codes(draft) == [new, "may_write", "others_may_see"]
    assert draft.statements[0]["required"] is False
    draft = send(office, draft, move="remove:others_may_see", line_may_write_en="You may write to me.")
    assert codes(draft) == [new, "may_write"]
    assert draft.statements[1]["text_en"] == "You may write to me."
    draft = send(office, draft, move=f"remove:{new}")
    draft = send(office, draft, move="remove:may_write")
    assert codes(draft) == ["may_write"], "a text without statements could not be agreed to"
    draft = send(office, draft, line_new_en="More.", line_new_fr="Plus.")
    assert codes(draft) == ["may_write", codes(draft)[1]]


def test_the_editor_shows_both_languages_side_by_side_with_a_reading_hint(office):
    draft = drafted(office)
    shown = text(office.get(f"{ROOT}{draft.pk}/change/"))
    for words in ("Title, in English", "Title, in French", "Statement 2, in French", "Grade ", "Reading ease "):
        assert words in shown
    hard = "Notwithstanding aforementioned considerations, participants acknowledge institutional responsibilities."
    answer = office.post(f"{ROOT}{draft.pk}/change/", typed(draft, summary_en=hard, check="Measure"))
    assert 'class="help version-hard"' in text(answer)
    draft.refresh_from_db()
    assert draft.summary_en != hard, "measuring keeps nothing"


@pytest.mark.parametrize("left_out", ["title_fr", "summary_en", "line_may_write_fr", "line_new_fr"])
def test_text_in_one_language_only_is_refused_and_what_was_typed_stays(office, left_out):
    draft = drafted(office)
    fields = typed(draft, line_new_en="One more.", line_new_fr="Un de plus.") | {left_out: ""}
    shown = text(office.post(f"{ROOT}{draft.pk}/change/", fields))
    assert "Write it in this language too" in shown
    assert "One more." in shown
    assert codes(ConsentVersion.objects.get(pk=draft.pk)) == ["may_write", "others_may_see"]


def test_the_differences_are_shown_per_statement_before_publishing(office):
    draft = drafted(office)
    draft = send(office, draft, line_may_write_en="You may write to me now.", line_new_en="New.", line_new_fr="Neuf.")
    draft = send(office, draft, move="remove:others_may_see")
    shown = text(office.get(f"{ROOT}{draft.pk}/publish/"))
    for words in ("Statement 1: Reworded", "You may write to me now.", "Statement 2: Added", "Statement 2: Removed"):
        assert words in shown, words
    assert "You may write to me at the e-mail address I gave you, in the hours I chose." in shown


def test_publishing_freezes_and_says_until_when_older_signatures_count(office, settings):
    settings.PSP_CONSENT_GRACE_DAYS = 30
    draft = drafted(office)
    assert publish(office, draft).status_code == 302
    version = ConsentVersion.objects.get(pk=draft.pk)
    assert version.older_until == timezone.localdate() + timedelta(days=30)
    settings.PSP_CONSENT_GRACE_DAYS = 1
    version.refresh_from_db()
    assert version.older_until == timezone.localdate() + timedelta(days=30), "a promise is not shortened afterwards"
    assert office.post(f"{ROOT}{draft.pk}/change/", typed(version)).status_code == 403
    assert office.post(f"{ROOT}{draft.pk}/delete/", {"post": "yes"}).status_code == 403
    shown = text(office.get(f"{ROOT}{draft.pk}/change/"))
    assert "This version is published and does not change any more." in shown
    assert Entry.objects.filter(model="consent.consentversion", fields="published_at,valid_from").exists()


def test_a_future_first_day_is_honoured_and_grace_begins_then(office, settings):
    settings.PSP_CONSENT_GRACE_DAYS = 10
    person = a_participant(consents=("contact_email",)).user
    day = timezone.localdate() + timedelta(days=20)
    draft = drafted(office)
    publish(office, draft, day)
    assert texts_in_force()["contact_email"].number == 1
    for days, number, holds in ((19, 1, True), (20, 2, True), (30, 2, True), (31, 2, False)):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            assert texts_in_force()["contact_email"].number == number, days
            assert Consent.objects.in_force(person, "contact_email") is holds, days


@pytest.mark.parametrize(("days", "code"), [(-1, "in_the_past"), (3, "before_the_last")])
def test_a_first_day_in_the_past_or_before_the_last_version_is_refused(admin, days, code):
    first = draft_text(purpose="results", by=admin)
    publish_text(version=first, valid_from=timezone.localdate() + timedelta(days=5), by=admin)
    second = draft_text(purpose="results", by=admin)
    with pytest.raises(DomainError) as refused:
        publish_text(version=second, valid_from=timezone.localdate() + timedelta(days=days), by=admin)
    assert (refused.value.code, refused.value.field) == (code, "valid_from")


def test_two_administrators_do_not_overwrite_each_other(office, admin):
    draft = drafted(office)
    seen = fingerprint(draft)
    content = {**{name: getattr(draft, name) for name in ("title_en", "title_fr", "summary_en", "summary_fr")},
               "statements": draft.statements, "title_en": "First"}  # fmt: skip
    save_text(version=draft, content=content, valid_from=draft.valid_from, by=admin, seen=seen)
    with pytest.raises(Conflict):
        save_text(version=draft, content=content, valid_from=draft.valid_from, by=admin, seen=seen)
    with pytest.raises(Conflict):
        publish_text(version=draft, valid_from=timezone.localdate(), by=admin, seen=seen)
    shown = text(office.post(f"{ROOT}{draft.pk}/change/", typed(draft, seen=seen)))
    assert "Somebody changed this draft a moment ago." in shown


def test_how_many_sign_again_is_never_an_exact_number(office, admin, settings):
    settings.PSP_SUPPRESSION_THRESHOLD = 10
    draft = drafted(office)
    page = f"{ROOT}{draft.pk}/publish/"
    assert "nobody" in text(office.get(page))
    people = [a_participant(consents=()).user for _ in range(12)]
    agree(people[0], "contact_email", version=ConsentVersion.objects.get(purpose="contact_email", number=1))
    assert "fewer than 10" in text(office.get(page))
    for person in people[1:]:
        agree(person, "contact_email", version=ConsentVersion.objects.get(purpose="contact_email", number=1))
    assert "10 or more" in text(office.get(page))
    assert must_sign_again(draft) == (10, False)


def test_who_signed_the_new_text_or_took_it_back_is_not_counted(admin, settings):
    settings.PSP_SUPPRESSION_THRESHOLD = 1
    first = ConsentVersion.objects.get(purpose="results", number=1)
    stays, signs = (a_participant(consents=()).user for _ in range(2))
    for person in (stays, signs):
        agree(person, "results", version=first)
    draft = draft_text(purpose="results", by=admin)
    assert must_sign_again(draft) == (2, False)
    version = publish_text(version=draft, valid_from=timezone.localdate(), by=admin)
    sign(person=signs, version=version, language="en", ticked=codes(version), typed_name="A")
    assert must_sign_again(version) == (1, False)


def test_only_an_administrator_writes_texts(admin):
    coordinator = a_coordinator()
    with pytest.raises(Forbidden):
        draft_text(purpose="results", by=coordinator)
    draft = draft_text(purpose="results", by=admin)
    with pytest.raises(Forbidden):
        publish_text(version=draft, valid_from=timezone.localdate(), by=coordinator)


# --- Purposes that are off ---


def test_recording_is_off_and_cannot_be_signed_while_it_is():
    person = a_participant(consents=()).user
    version = ConsentVersion.objects.get(purpose="recording")
    assert "recording" not in texts_in_force()
    with pytest.raises(DomainError, match="consent_not_offered"):
        sign(person=person, version=version, language="en", ticked=codes(version), typed_name="A")
    with pytest.raises(DatabaseError, match="this purpose is not offered"), transaction.atomic():
        agree(person, "recording")


def test_a_purpose_is_switched_on_and_off_again_by_an_administrator(office):
    person = a_participant(consents=()).user
    path = "/admin/consent/purposeswitch/recording/change/"
    assert office.post(path, {"offered": "on"}).status_code == 302
    version = texts_in_force()["recording"]
    sign(person=person, version=version, language="fr", ticked=codes(version), typed_name="A")
    assert Consent.objects.in_force(person, "recording")
    assert office.post(path, {}).status_code == 302
    assert not Consent.objects.in_force(person, "recording"), "what is off is never relied on"
    assert Entry.objects.filter(model="consent.purposeswitch", action="change").count() == 2


def test_constraint_taking_part_cannot_be_switched_off(office):
    assert office.post("/admin/consent/purposeswitch/taking_part/change/", {}).status_code == 403
    with pytest.raises(DatabaseError, match="consent_taking_part_offered"), transaction.atomic():
        PurposeSwitch.objects.filter(purpose="taking_part").update(offered=False)


def test_constraint_version_has_grace(admin):
    draft = draft_text(purpose="results", by=admin)
    with pytest.raises(DatabaseError, match="consent_version_has_grace"), transaction.atomic():
        ConsentVersion.objects.filter(pk=draft.pk).update(published_at=timezone.now())
