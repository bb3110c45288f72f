"""The participant's own pages: their own file and nobody else's, what happens next, and the way out."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from consent.models import Consent, ConsentVersion
from consent.services import sign, texts_in_force
from contact.services import set_safe_contact
from groups.models import PeerGroup
from groups.services import add_member
from intake import services
from intake.models import Application, IntakeMeeting
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.audit.models import Entry
from psp.context_vars import acting
from psp.dashboard import Card
from sessions.models import GroupSession
from tests.browser import Browser
from tests.factories import (
    a_coordinator,
    a_facilitator,
    a_group,
    a_participant,
    a_privacy_officer,
    an_accepted_participant,
    an_application,
    sign_in,
)
from tests.forms import GOOD, grown, hidden_fields, row_counts

pytestmark = pytest.mark.django_db

PAGES = ("", "application/", "application/withdraw/", "application/again/", "opened/", "consents/",
         "consents/taking_part/sign/", "consents/taking_part/withdraw/")  # fmt: skip


@pytest.fixture
def coordinator():
    return a_coordinator("QC", name="Marie")


@pytest.fixture
def participant():
    made = a_participant("QC", language="en", consents=(), name="Camille")
    for version in texts_in_force().values():
        ticked = [line["code"] for line in version.lines]
        sign(person=made.user, version=version, language="en", ticked=ticked, typed_name="Camille T.")
    return made


@pytest.fixture
def application(participant):
    return an_application(participant, services=["formal"])


@pytest.fixture
def me(participant):
    browser = Browser()
    sign_in(browser, participant.user)
    return browser


def page(browser, path: str = "", language: str = "en") -> str:
    response = browser.get(f"/{language}/my/{path}")
    assert response.status_code == 200, (path, response.status_code)
    return unescape(response.content.decode())


def soon():
    return timezone.now().replace(microsecond=0) + timedelta(days=3)


# --- whose pages ---


@pytest.mark.parametrize("path", PAGES)
def test_visitor_is_asked_to_sign_in(client, path):
    response = client.get(f"/en/my/{path}")
    assert response.status_code == 302
    assert "/accounts/login/" in response["Location"]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("maker", [a_coordinator, a_facilitator, a_privacy_officer])
def test_team_members_have_no_pages_of_this_kind(path, maker):
    browser = Browser()
    sign_in(browser, maker())
    assert browser.get(f"/en/my/{path}").status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_own_page_leaves_one_entry_and_shows_nobody_else(me, application, path):
    other = a_participant("QC", language="en", name="Stranger")
    an_application(other)
    before = Entry.objects.count()
    shown = page(me, path)
    assert "Stranger" not in shown
    assert other.reference not in shown
    entry = Entry.objects.order_by("id").last()
    assert Entry.objects.count() == before + 1
    assert (entry.actor, entry.person, entry.action) == (application.person_id, application.person_id, "read")


def test_signature_of_somebody_else_is_not_found(me, participant):
    other = a_participant("QC", consents=("taking_part",))
    assert me.get(f"/en/my/consents/{Consent.objects.get(person=other.user).pk}/").status_code == 404
    assert me.get("/en/my/consents/nonsense/withdraw/").status_code == 404


def test_property_12_reading_writes_nothing_but_the_access_log(me, application):
    for path in PAGES:
        page(me, path)
        before = row_counts()
        page(me, path)
        assert set(grown(before)) <= {"default.audit_entry", "default.audit_unsealed"}, path


# --- the first line ---


def test_first_line_says_what_happens_next_in_every_state(me, application, coordinator):
    assert "has your application and will offer you a time to meet" in page(me)
    services.set_meeting(application=application, starts_at=soon(), by=coordinator)
    shown = page(me)
    assert "You meet a coordinator by video on " in shown
    assert "(Eastern time)" in shown
    services.accept(application=application, services=["formal"], by=coordinator)
    assert "You are accepted." in page(me)
    services.withdraw_application(application=application, by=application.participant.user)
    assert "You took back your application" in page(me)


def test_first_line_tells_the_meeting_on_the_persons_clock_in_french(me, application, coordinator, participant):
    participant.user.time_zone = "America/St_Johns"
    participant.user.save()
    starts_at = timezone.datetime(2027, 1, 12, 17, 0, tzinfo=timezone.get_fixed_timezone(0))
    services.set_meeting(application=application, starts_at=starts_at, by=coordinator)
    assert "le mardi 12 janvier 2027 à 13\u00a0h\u00a030 (heure de Terre-Neuve)" in page(me, language="fr")


def test_card_of_another_app_can_say_what_happens_next(me, application, monkeypatch):
    step = {"title": "You meet your group tonight.", "text": "You do not have to do anything."}
    card = Card("my", "components/callout.html", lambda request: {"next_step": step})
    monkeypatch.setattr("psp.dashboard._cards", [card])
    shown = page(me)
    assert step["title"] in shown
    assert "has your application" not in shown


def test_account_without_an_application_finds_the_way_to_one(me):
    shown = page(me)
    assert "Nothing is open at the moment." in shown
    assert "/en/my/application/again/" in shown
    assert me.get("/en/my/application/").status_code == 404


def test_whatever_needs_the_person_comes_before_everything_else(me, application, coordinator, participant):
    services.set_meeting(application=application, starts_at=soon(), by=coordinator)
    yesterday = timezone.localdate() - timedelta(days=1)
    set_safe_contact(person=participant.user, by=participant.user, email_safe=True, recheck_on=yesterday)
    shown = page(me)
    assert shown.index("for how we reach you has passed") < shown.index("You meet a coordinator by video")
    assert "/en/my/contact/confirm/" in shown


def test_first_page_leads_to_every_place_of_the_person(me, application):
    shown = page(me)
    for path in ("sessions/", "consents/", "contact/", "messages/", "opened/", "rights/", "leave/"):
        assert f'href="/en/my/{path}"' in shown, path


# --- my application ---


def test_decision_is_shown_with_reasons_maker_and_version(me, application, coordinator):
    services.decline(application=application, reasons=["no_device"], by=coordinator)
    for path in ("", "application/"):
        assert "A device with a reliable internet connection is needed" in page(me, path)
    shown = page(me, "application/")
    assert "Coordinator for your region (Marie)" in shown
    assert "Criteria used: version 1." in shown


def test_own_answers_are_shown_under_the_questions_that_were_asked(me, application):
    shown = page(me, "application/")
    assert "Are you 18 or older?" in shown
    assert "I am a veteran" in shown
    assert application.participant.user.sealed_email in shown


def test_application_is_taken_back_in_two_clicks_without_a_reason(me, application, coordinator):
    services.set_meeting(application=application, starts_at=soon(), by=coordinator)
    shown = page(me, "application/withdraw/")
    assert "<textarea" not in shown
    assert me.post("/en/my/application/withdraw/")["Location"] == "/en/my/"
    assert Application.objects.get().state == "withdrawn"
    assert IntakeMeeting.objects.get().state == "cancelled"


def test_accepted_person_leaves_through_the_consent_to_taking_part(me, application, coordinator):
    services.set_meeting(application=application, starts_at=soon(), by=coordinator)
    services.accept(application=application, services=["formal"], by=coordinator)
    assert me.get("/en/my/application/withdraw/")["Location"] == "/en/my/consents/taking_part/withdraw/"
    me.post("/en/my/consents/taking_part/withdraw/")
    assert Application.objects.get().state == "withdrawn"


def test_time_that_does_not_suit_goes_back_to_the_coordinator(me, application, coordinator):
    services.set_meeting(application=application, starts_at=soon(), by=coordinator)
    assert "Your meeting is set for this time:" in page(me, "meeting/other-time/")
    assert IntakeMeeting.objects.get().state == "set"
    me.post("/en/my/meeting/other-time/")
    assert (Application.objects.get().state, IntakeMeeting.objects.get().state) == ("submitted", "cancelled")
    assert me.post("/en/my/meeting/other-time/")["Location"] == "/en/my/"


# --- applying again ---


def again(browser, **changes):
    shown = browser.get("/en/my/application/again/").content.decode()
    answers = {key: value for key, value in (GOOD | hidden_fields(shown) | changes).items() if value is not None}
    return browser.post("/en/my/application/again/", answers)


def test_applying_again_after_taking_back(me, application, participant):
    services.withdraw_application(application=application, by=participant.user)
    assert again(me, services=["activity"], modalities=["virtual", "in_person"])["Location"] == "/en/my/"
    fresh = Application.objects.get(state="submitted")
    assert (fresh.participant, fresh.services) == (participant, ["activity"])
    participant.refresh_from_db()
    assert participant.modalities == ["virtual", "in_person"]
    assert participant.user.name == "Camille"


def test_applying_again_signs_what_was_taken_back(me, application, participant):
    me.post("/en/my/consents/taking_part/withdraw/")
    assert not Consent.objects.in_force(participant.user, "taking_part")
    again(me)
    assert Consent.objects.in_force(participant.user, "taking_part")


def test_second_application_beside_an_open_one_is_refused_with_a_sentence(me, application):
    response = again(me)
    assert "We have your application already." in unescape(response.content.decode())
    assert Application.objects.count() == 1


def test_applying_again_tells_which_criterion_is_not_met(me, application, participant):
    services.withdraw_application(application=application, by=participant.user)
    response = again(me, device="no")
    assert "internet you can count on" in unescape(response.content.decode())
    assert Application.objects.count() == 1
    assert again(me, device="no", look_anyway="1").status_code == 302


# --- who opened my file ---


def test_openings_tell_when_who_and_why_in_words(me, application, participant, coordinator):
    with acting(coordinator.pk):
        audit.record(Action.READ, participant, person=participant.user_id, purpose=Purpose.INTAKE)
    shown = page(me, "opened/")
    assert "Coordinator for your region (Marie)" in shown
    assert "Application and intake meeting" in shown
    assert coordinator.username not in shown
    assert str(coordinator.pk) not in shown


def test_own_visits_show_only_when_asked_for(me, application):
    page(me, "application/")
    assert "Your own use" not in page(me, "opened/")
    assert "Your own use" in page(me, "opened/?own=1")


def test_openings_come_in_pages(me, application, participant, coordinator):
    with acting(coordinator.pk):
        for _time in range(40):
            audit.record(Action.READ, participant, person=participant.user_id, purpose=Purpose.INTAKE)
    assert page(me, "opened/").count("<tr>") == 26
    assert "page=2" in page(me, "opened/")
    page(me, "opened/?page=99")
    page(me, "opened/?page=\x00")


def test_openings_of_somebody_else_do_not_show(me, application, coordinator):
    other = a_participant("QC")
    with acting(coordinator.pk):
        audit.record(Action.READ, other, person=other.user_id, purpose=Purpose.REPORTING)
    assert "Protected figures" not in page(me, "opened/")


# --- my consents ---


def test_signed_text_is_shown_word_for_word(me, participant):
    consent = Consent.objects.get(person=participant.user, purpose="taking_part")
    shown = page(me, f"consents/{consent.pk}/")
    assert all(line in shown for line in consent.text.splitlines()[2:] if line)
    assert "Camille T." in shown


@pytest.mark.parametrize("purpose", ["taking_part", "contact_email", "results", "evaluation", "research"])
def test_consent_is_taken_back_in_two_clicks_without_a_reason(me, participant, purpose):
    assert f"/en/my/consents/{purpose}/withdraw/" in page(me, "consents/")
    shown = page(me, f"consents/{purpose}/withdraw/")
    assert "<textarea" not in shown
    assert shown.count("<li>") >= 3
    assert Consent.objects.in_force(participant.user, purpose)
    assert me.post(f"/en/my/consents/{purpose}/withdraw/")["Location"] == f"/en/my/consents/{purpose}/withdrawn/"
    after = page(me, f"consents/{purpose}/withdrawn/")
    assert "What has stopped" in after
    assert "What stays, and why" in after
    assert "The law asks us to keep it" in after
    assert not Consent.objects.in_force(participant.user, purpose)
    assert "What you took back" in page(me, "consents/")
    assert me.post(f"/en/my/consents/{purpose}/withdraw/").status_code == 302


def test_consent_is_signed_line_by_line(me, participant):
    me.post("/en/my/consents/contact_email/withdraw/")
    answers = {"version": "1", "may_write": "on", "typed_name": "Camille T."}
    response = me.post("/en/my/consents/contact_email/sign/", answers)
    assert "Tick this line if you agree." in unescape(response.content.decode())
    assert 'value="Camille T."' in response.content.decode()
    assert not Consent.objects.in_force(participant.user, "contact_email")
    assert me.post("/en/my/consents/contact_email/sign/", answers | {"others_may_see": "on"}).status_code == 302
    assert Consent.objects.in_force(participant.user, "contact_email")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"typed_name": "\x00"}, "Type your name to sign."),
        ({"typed_name": "x" * 10_000}, "Please use at most 120 characters here."),
        ({"version": "7"}, "This text changed meanwhile."),
        ({"version": "\x00"}, "This text changed meanwhile."),
    ],
)
def test_signature_with_bad_input_is_refused_with_a_sentence(me, participant, changes, sentence):
    me.post("/en/my/consents/results/withdraw/")
    answers = {"version": "1", "may_count": "on", "typed_name": "Camille T."} | changes
    response = me.post("/en/my/consents/results/sign/", answers)
    assert response.status_code == 200
    assert sentence in unescape(response.content.decode())
    assert not Consent.objects.in_force(participant.user, "results")


def test_new_version_of_a_text_is_offered_on_the_front_page(me, participant, application):
    old = texts_in_force()["results"]
    ConsentVersion.objects.create(
        purpose="results", number=2, title_en="Counting you, anew", title_fr="Neuf", summary_en="S", summary_fr="S",
        statements=old.statements, valid_from=timezone.localdate(), published_at=timezone.now(),
        older_until=timezone.localdate(),
    )  # fmt: skip
    shown = page(me)
    assert "A text has changed" in shown
    assert "Counting you, anew" in shown
    answers = {"version": "2", "may_count": "on", "typed_name": "Camille T."}
    assert me.post("/en/my/consents/results/sign/", answers).status_code == 302
    assert "You signed “Counting you, anew”." in page(me)
    assert "A text has changed" not in page(me)


def test_property_12_changes_need_post_and_the_token(participant, application):
    strict = Browser(enforce_csrf_checks=True)
    sign_in(strict, participant.user)
    paths = ("application/withdraw/", "consents/taking_part/withdraw/", "consents/results/sign/", "application/again/")
    for path in paths:
        assert strict.post(f"/en/my/{path}").status_code == 403, path
    assert Application.objects.get().state == "submitted"
    assert Consent.objects.in_force(participant.user, "taking_part")


def test_person_sees_who_was_refused(me, application, participant):
    other = a_coordinator("ON", name="Sasha")
    elsewhere = Browser()
    sign_in(elsewhere, other)
    for path in (f"people/{participant.pk}/", f"applications/{application.pk}/accept/"):
        assert elsewhere.get(f"/en/desk/{path}").status_code == 404
    shown = page(me, "opened/")
    assert shown.count("Tried to open it, and was refused") == 2
    assert "Coordinator for your region" not in shown
    assert "Sasha" in shown


def test_first_line_follows_the_person_into_a_group(coordinator):
    person = an_accepted_participant("QC", by=coordinator, language="en")
    group = a_group(coordinator)
    add_member(group=group, participant=person, by=coordinator)
    browser = Browser()
    sign_in(browser, person.user)
    assert "You are accepted." in page(browser)
    PeerGroup.objects.filter(pk=group.pk).update(state="established", min_size=1)
    assert "We tell you its dates" in page(browser)
    begin = timezone.now() + timedelta(days=1)
    session = GroupSession.objects.create(group=group, number=1, starts_at=begin, ends_at=begin + timedelta(hours=1))
    assert "Your next session" in page(browser)
    begin = timezone.now() - timedelta(days=1)
    GroupSession.objects.filter(pk=session.pk).update(starts_at=begin, ends_at=begin + timedelta(hours=1))
    assert "Your group has held its last session." in page(browser)


def test_who_opened_my_file_names_no_other_participant(client):
    """Somebody who got hold of an address of the desk was refused; the log of the person tells that, and no name."""
    person, other = a_participant(language="en"), a_participant(name="Canary-Heron")
    stranger = Browser()
    sign_in(stranger, other.user)
    assert stranger.get(f"/en/desk/people/{person.pk}/").status_code == 403
    sign_in(client, person.user)
    page = client.get("/en/my/opened/").content.decode()
    assert "Tried to open it, and was refused" in page
    assert "Canary-Heron" not in page
