"""Break-glass: one file of another region, one hour, seen by everybody concerned."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from contact import delivery
from contact.services import set_safe_contact
from intake.models import Participant
from privacy.models import GlassGrant
from privacy.services_glass import end_glass, open_glass, review_glass
from psp.audit.choices import Action, Purpose
from psp.audit.models import Entry
from psp.errors import Conflict, DomainError, Forbidden, constraint_name
from tests import factories as make
from tests.browser import Browser
from tests.integration.test_intake_sending import at_once

pytestmark = pytest.mark.django_db
CANARY = "Zéphyrine Canari"
WHY = "They called this number at night."


@pytest.fixture
def elsewhere():
    return make.a_participant("ON", name=CANARY, email="canari@example.org", consents=("taking_part", "contact_phone"))


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC", name="Quentin Q")


@pytest.fixture
def desk(client, coordinator):
    make.sign_in(client, coordinator)
    return client


def browser_of(user):
    browser = Browser()
    make.sign_in(browser, user)
    return browser


def text(answer) -> str:
    return answer.content.decode()


def ask(desk, words):
    return desk.post(reverse("desk:elsewhere"), {"text": words})


def token_in(answer) -> str:
    return answer.context["form"].initial["token"]


def opened(desk, participant, **said):
    token = token_in(ask(desk, participant.reference))
    values = {"token": token, "reason": "called", "words": WHY} | said
    return desk.post(reverse("desk:glass_open"), values)


def reachable(person):
    set_safe_contact(person=person, by=person, email_safe=False, call_safe=True, phone="416 555 0199")


# --- Finding ---


@pytest.mark.parametrize("how", ["reference", "address", "number"])
def test_exact_search_tells_that_another_region_has_a_file_and_no_more(desk, elsewhere, how):
    reachable(elsewhere.user)
    words = {"reference": elsewhere.reference.lower(), "address": "canari@example.org", "number": "(416) 555-0199"}
    page = text(ask(desk, words[how]))
    assert "There is a file in another region" in page
    for secret in (CANARY, elsewhere.reference, "canari@example.org", "Ontario", str(elsewhere.pk)):
        assert secret not in page
    assert not re.search(r"555\D{0,9}0199", page)


def test_asking_leaves_a_row_about_the_person(desk, elsewhere, coordinator):
    ask(desk, elsewhere.reference)
    row = Entry.objects.get(person=elsewhere.user_id, action=Action.READ)
    assert (row.actor, row.purpose, row.fields) == (coordinator.pk, Purpose.BREAK_GLASS, "found_elsewhere")


def test_names_are_not_looked_for_in_other_regions(desk, elsewhere):
    assert "Names are not looked for here" in text(ask(desk, CANARY))


def test_own_region_is_not_opened_this_way(desk):
    own = make.a_participant("QC")
    assert "No other region has a file" in text(ask(desk, own.reference))


def test_asking_is_limited_by_the_hour(desk, elsewhere, settings):
    settings.PSP_SEARCHES_ELSEWHERE_PER_HOUR = 2
    for _ask in range(2):
        ask(desk, "nobody@example.org")
    page = text(ask(desk, elsewhere.reference))
    assert "You have asked often in this hour" in page
    assert not Entry.objects.filter(person=elsewhere.user_id).exists()


def test_what_was_found_can_be_opened_by_the_one_who_found_it_only(desk, elsewhere):
    token = token_in(ask(desk, elsewhere.reference))
    other = browser_of(make.a_coordinator("QC"))
    page = text(other.post(reverse("desk:glass_open"), {"token": token, "reason": "called", "words": WHY}))
    assert "Ask for the file again" in page
    assert not GlassGrant.objects.exists()


def test_without_a_reason_nothing_opens(desk, elsewhere):
    answer = opened(desk, elsewhere, words=" ")
    assert answer.status_code == 200
    assert not GlassGrant.objects.exists()


# --- Reading ---


def test_opened_file_is_read_and_called_and_each_look_names_the_opening(desk, elsewhere, coordinator):
    reachable(elsewhere.user)
    answer = opened(desk, elsewhere)
    grant = GlassGrant.objects.get()
    assert answer["Location"] == reverse("desk:glass", args=[grant.pk])
    page = text(desk.get(answer["Location"]))
    assert CANARY in page
    assert "tel:" in page
    row = Entry.objects.filter(person=elsewhere.user_id, model="intake.participant").latest("pk")
    assert (row.actor, row.purpose) == (coordinator.pk, Purpose.BREAK_GLASS)
    assert f"opening={grant.pk}" in row.fields


def test_nothing_else_of_the_file_opens(desk, elsewhere, coordinator):
    application = make.an_application(elsewhere)
    grant = make.an_opening(coordinator, participant=elsewhere)
    assert desk.get(reverse("desk:glass", args=[grant.pk])).status_code == 200
    for name, key in (("file", elsewhere.pk), ("decline", application.pk), ("apart_note", elsewhere.pk),
                      ("answers", application.pk)):  # fmt: skip
        assert desk.get(reverse(f"desk:{name}", args=[key])).status_code == 404
        assert desk.post(reverse(f"desk:{name}", args=[key]), {}).status_code in (404, 405)
    assert not Participant.objects.in_regions_of(coordinator).filter(pk=elsewhere.pk).exists()
    assert not Participant.objects.visible_to(coordinator).filter(pk=elsewhere.pk).exists()
    assert Participant.objects.opened_by_glass(coordinator, timezone.now()).get() == elsewhere


def test_file_closes_by_the_clock_after_one_hour(desk, elsewhere, coordinator):
    grant = make.an_opening(coordinator, participant=elsewhere)
    assert grant.ends_at - grant.opened_at == timedelta(hours=1)
    back = timezone.now() - timedelta(minutes=61)
    made_earlier(grant, back)
    answer = desk.get(reverse("desk:glass", args=[grant.pk]))
    assert answer.status_code == 409
    assert CANARY not in text(answer)
    assert "This file is closed again" in text(answer)


def made_earlier(grant, at):
    """The same opening as if it had been made at `at`: what the trigger refuses to everybody."""
    row = GlassGrant(person=grant.person, program_region=grant.program_region, by=grant.by, reason=grant.reason,
                     words=grant.words, opened_at=at, ends_at=at + timedelta(hours=1))  # fmt: skip
    row.id = grant.pk
    GlassGrant.objects.filter(pk=grant.pk).delete()
    row.save(force_insert=True)


def test_coordinator_closes_the_file_when_finished(desk, elsewhere, coordinator):
    grant = make.an_opening(coordinator, participant=elsewhere)
    desk.post(reverse("desk:glass_close", args=[grant.pk]))
    grant.refresh_from_db()
    assert grant.ended_by_id == coordinator.pk
    assert desk.get(reverse("desk:glass", args=[grant.pk])).status_code == 409


def test_lost_role_closes_the_file_at_once(elsewhere, coordinator):
    grant = make.an_opening(coordinator, participant=elsewhere)
    coordinator.roles.all().delete()
    fresh = type(coordinator).objects.get(pk=coordinator.pk)
    assert not GlassGrant.objects.made_by(fresh).exists()
    assert browser_of(fresh).get(reverse("desk:glass", args=[grant.pk])).status_code == 403


# --- Who is told ---


def test_person_reads_who_opened_the_file_and_why(elsewhere, coordinator):
    make.an_opening(coordinator, participant=elsewhere, words=WHY)
    page = text(browser_of(elsewhere.user).get(reverse("my:opened")))
    assert "Opened from another region" in page
    assert "Coordinator of another region (Quentin Q)" in page
    assert WHY in page
    assert WHY not in text(browser_of(make.a_participant("ON").user).get(reverse("my:opened")))


def test_region_of_the_file_and_the_privacy_officer_are_told_and_nobody_else(elsewhere, coordinator):
    make.an_opening(coordinator, participant=elsewhere, words=WHY)
    theirs = text(browser_of(make.a_coordinator("ON")).get(reverse("desk:today")))
    assert elsewhere.reference in theirs
    assert "Opened from another region" in theirs
    assert elsewhere.reference not in text(browser_of(make.a_coordinator("QC")).get(reverse("desk:today")))
    office = browser_of(make.a_privacy_officer())
    assert "One is open now" in text(office.get(reverse("privacy:office")))
    page = text(office.get(reverse("privacy:glass")))
    assert elsewhere.reference in page
    assert WHY in page
    assert CANARY not in page


def test_property_04_office_list_leaves_one_row_per_opening_shown(elsewhere, coordinator):
    grant = make.an_opening(coordinator, participant=elsewhere)
    officer = make.a_privacy_officer()
    browser_of(officer).get(reverse("privacy:glass"))
    rows = Entry.objects.filter(actor=officer.pk, model="privacy.glassgrant")
    assert [(row.object_id, row.person) for row in rows] == [(str(grant.pk), elsewhere.user_id)]


def test_officer_closes_an_opening_at_once_and_notes_what_was_found(desk, elsewhere, coordinator):
    grant = make.an_opening(coordinator, participant=elsewhere)
    officer = make.a_privacy_officer()
    office = browser_of(officer)
    office.post(reverse("privacy:glass_end", args=[grant.pk]))
    assert desk.get(reverse("desk:glass", args=[grant.pk])).status_code == 409
    office.post(reverse("privacy:glass_review", args=[grant.pk]), {"review": "talked"})
    grant.refresh_from_db()
    assert (grant.ended_by_id, grant.reviewed_by_id, grant.review) == (officer.pk, officer.pk, "talked")
    assert "One is open now" not in text(office.get(reverse("privacy:office")))


def test_made_up_finding_is_not_noted(elsewhere, coordinator):
    grant = make.an_opening(coordinator, participant=elsewhere)
    office = browser_of(make.a_privacy_officer())
    office.post(reverse("privacy:glass_review", args=[grant.pk]), {"review": "whatever"})
    grant.refresh_from_db()
    assert grant.reviewed_at is None


# --- Services and the database ---


def test_only_coordinators_of_other_regions_open(elsewhere):
    for by in (make.an_analyst(), make.a_privacy_officer(), make.a_facilitator(), make.a_coordinator("ON")):
        with pytest.raises(Forbidden):
            open_glass(person=elsewhere.user, region=elsewhere.program_region, reason="called", words=WHY, by=by)


def test_second_click_finds_the_first_ones_hour(elsewhere, coordinator):
    one = make.an_opening(coordinator, participant=elsewhere)
    assert make.an_opening(coordinator, participant=elsewhere) == one


def test_finding_is_noted_once_and_never_by_the_one_who_opened(elsewhere):
    both = make.with_role(make.a_coordinator("QC"), "privacy_officer")
    grant = make.an_opening(both, participant=elsewhere)
    with pytest.raises(DomainError) as refused:
        review_glass(grant=grant, review="fits", by=both)
    assert refused.value.code == "own_opening"
    other = make.a_privacy_officer()
    review_glass(grant=grant, review="fits", by=other)
    with pytest.raises(Conflict):
        review_glass(grant=grant, review="breach", by=other)


def test_stranger_closes_nothing(elsewhere, coordinator):
    grant = make.an_opening(coordinator, participant=elsewhere)
    with pytest.raises(Forbidden):
        end_glass(grant=grant, by=make.a_coordinator("QC"))


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ("ends_at = opened_at + interval '61 minutes'", "glass_only_shortens"),
        ("opened_at = opened_at + interval '1 minute'", "glass_only_shortens"),
        ("reason = 'other'", "glass_only_shortens"),
        ("words = '\\x00'", "glass_only_shortens"),
        ("reviewed_at = now(), reviewed_by_id = by_id, review = 'fits'", "glass_reviewed_by_another"),
        ("ends_at = opened_at - interval '1 second'", "glass_at_most_one_hour"),
    ],
)
def test_database_judges_every_writer(elsewhere, coordinator, changes, constraint):
    make.an_opening(coordinator, participant=elsewhere)
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE privacy_glassgrant SET {changes}")
    assert constraint_name(refused.value) == constraint


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"minutes": 61}, "glass_at_most_one_hour"),
        ({"own": True}, "glass_not_own_file"),
        ({"reason": "curious"}, "glass_reason_known"),
        ({"twice": True}, "glass_one_at_a_time"),
    ],
)
def test_database_refuses_what_no_service_makes(elsewhere, coordinator, fields, constraint):
    if fields.get("twice"):
        make.an_opening(coordinator, participant=elsewhere)
    now = timezone.now()
    row = GlassGrant(
        person=elsewhere.user, program_region=elsewhere.program_region,
        by=elsewhere.user if fields.get("own") else coordinator, reason=fields.get("reason", "called"), words=WHY,
        opened_at=now, ends_at=now + timedelta(minutes=fields.get("minutes", 60)),
    )  # fmt: skip
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        row.save(force_insert=True)
    assert constraint_name(refused.value) == constraint


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_are_one_opening(elsewhere, coordinator):
    at_once([lambda: make.an_opening(coordinator, participant=elsewhere)] * 4)
    assert GlassGrant.objects.count() == 1


def test_privacy_officers_get_a_neutral_mail_at_once_and_nobody_else_does(elsewhere, coordinator, smtp_sink):
    officers = [make.a_privacy_officer() for _one in range(2)]
    both = make.with_role(coordinator, "privacy_officer")
    left = make.a_privacy_officer()
    left.is_active = False
    left.save()
    for _click in range(2):
        make.an_opening(both, participant=elsewhere)
    assert delivery.send_due(timezone.now())["sent"] == 2
    assert sorted(mail.recipients for mail in smtp_sink.mails) == sorted((one.sealed_email,) for one in officers)
    for mail in smtp_sink.mails:
        whole = mail.raw.decode()
        assert "something" in whole
        for secret in (CANARY, elsewhere.reference, coordinator.name, "Ontario", "region"):
            assert secret not in whole
