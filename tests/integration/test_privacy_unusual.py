"""Unusual patterns in the access log, sums by account and person, and exports that two people agree to."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from privacy.models import Finding, LogExport
from privacy.services_log import approve_export, ask_export, entries_of, look_at_finding
from privacy.tasks import find_unusual
from psp.audit.choices import Action, Purpose
from psp.audit.models import Entry
from psp.errors import Conflict, DomainError, Forbidden, constraint_name
from tests import factories as make
from tests.browser import Browser

pytestmark = pytest.mark.django_db
CANARY = "Zéphyrine Canari"


@pytest.fixture
def office(client):
    make.sign_in(client, make.a_privacy_officer())
    return client


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC", username="coordinator.z", name="Quentin Q")


def browser_of(user):
    browser = Browser()
    make.sign_in(browser, user)
    return browser


def text(answer) -> str:
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


def noon(actor):
    """Today at midday on the account's clock; a working day is not needed for what is tested with it."""
    return datetime.now(ZoneInfo(actor.time_zone)).replace(hour=12, minute=0, second=0, microsecond=0)


def a_look(actor, person=None, *, at=None, request="", **fields) -> Entry:
    values = {"action": Action.READ, "model": "intake.participant", "fields": "name", "purpose": Purpose.INTAKE}
    return Entry.objects.create(
        at=at or noon(actor), actor=actor.pk, person=person.user_id if person else None,
        request_id=request or str(Entry.objects.count()), **values | fields,
    )  # fmt: skip


def patterns() -> set[tuple[str, int]]:
    return set(Finding.objects.exclude(pattern="outside_hours").values_list("pattern", "count"))


# --- Finding ---


def test_many_files_in_a_short_time_are_found_once_and_grow(coordinator, settings):
    settings.PSP_UNUSUAL_FILES = 3
    people = [make.a_participant() for _ in range(4)]
    for person in people[:3]:
        a_look(coordinator, person)
    find_unusual()
    find_unusual()
    assert patterns() == {("many_files", 3)}
    a_look(coordinator, people[3])
    find_unusual()
    assert patterns() == {("many_files", 4)}


def test_lists_are_not_files_opened(coordinator, settings):
    settings.PSP_UNUSUAL_FILES = 3
    for _number in range(5):
        a_look(coordinator, make.a_participant(), request="one-list", fields="")
    find_unusual()
    assert patterns() == set()


def test_refusals_strange_regions_and_own_names_are_found(coordinator, settings):
    settings.PSP_UNUSUAL_REFUSALS = 2
    elsewhere, namesake = make.a_participant("ON"), make.a_participant("QC", name="quentin q")
    a_look(coordinator, elsewhere)
    a_look(coordinator, namesake)
    for _number in range(2):
        a_look(coordinator, action=Action.DENIED, model="desk:file", purpose=Purpose.SECURITY)
    find_unusual()
    assert patterns() == {("other_region", 1), ("same_name", 1), ("refused", 2)}
    assert Finding.objects.get(pattern="same_name").person == namesake.user_id


def test_region_held_before_is_not_strange(settings):
    coordinator = make.a_coordinator("QC")
    make.with_role(coordinator, "coordinator", "ON").roles.filter(region="ON").delete()
    a_look(coordinator, make.a_participant("ON"))
    find_unusual()
    assert patterns() == set()


def test_openings_from_elsewhere_are_counted_and_no_strange_region(coordinator, settings):
    settings.PSP_UNUSUAL_GLASS = 2
    for _number in range(2):
        a_look(coordinator, make.a_participant("ON"), purpose=Purpose.BREAK_GLASS)
    find_unusual()
    assert patterns() == {("break_glass", 2)}


def test_night_on_the_accounts_own_clock_is_outside_hours(settings):
    settings.PSP_UNUSUAL_OUTSIDE = 1
    coordinator = make.a_coordinator("QC", time_zone="America/Vancouver")
    a_look(coordinator, make.a_participant(), at=noon(coordinator).replace(hour=3))
    find_unusual()
    assert Finding.objects.filter(pattern="outside_hours", count=1).exists()


def test_peoples_own_visits_are_nothing_unusual(settings):
    settings.PSP_UNUSUAL_OUTSIDE = 1
    person = make.a_participant()
    a_look(person.user, person)
    find_unusual()
    assert not Finding.objects.exists()


# --- Looking at it ---


def test_officer_sees_the_pattern_without_names_and_notes_what_it_was(office, coordinator):
    person = make.a_participant(name=CANARY)
    finding = make.a_finding(coordinator, person=person.user_id)
    assert "Unusual patterns" in text(office.get(reverse("privacy:office")))
    page = text(office.get(reverse("privacy:unusual")))
    assert person.reference in page
    assert "coordinator.z" in page
    assert CANARY not in page
    assert "Quentin" not in page
    office.post(reverse("privacy:unusual_look", args=[finding.pk]), {"outcome": "explained"})
    finding.refresh_from_db()
    assert finding.outcome == "explained"
    assert "Unusual patterns" not in text(office.get(reverse("privacy:office")))


def test_what_is_treated_as_a_breach_leads_to_its_record(office, coordinator):
    finding, opening = make.a_finding(coordinator), make.an_opening(coordinator)
    for answer in (
        office.post(reverse("privacy:unusual_look", args=[finding.pk]), {"outcome": "breach"}),
        office.post(reverse("privacy:glass_review", args=[opening.pk]), {"review": "breach"}),
    ):
        assert answer.status_code == 302
        assert answer["Location"].endswith(reverse("privacy:breach_record"))
    assert "Record the breach here" in text(office.get(reverse("privacy:breach_record")))


def test_what_was_looked_at_stays_as_it_was_seen(coordinator, settings):
    settings.PSP_UNUSUAL_FILES = 1
    a_look(coordinator, make.a_participant())
    find_unusual()
    officer = make.a_privacy_officer()
    finding = Finding.objects.get(pattern="many_files")
    look_at_finding(finding=finding, outcome="explained", by=officer)
    a_look(coordinator, make.a_participant())
    find_unusual()
    assert patterns() == {("many_files", 1)}
    with pytest.raises(Conflict):
        look_at_finding(finding=finding, outcome="breach", by=officer)


def test_nobody_looks_at_a_finding_about_the_own_account():
    officer = make.a_privacy_officer()
    finding = make.a_finding(officer)
    with pytest.raises(DomainError) as refused:
        look_at_finding(finding=finding, outcome="explained", by=officer)
    assert refused.value.code == "own_finding"


# --- Sums ---


def test_team_page_counts_files_lists_and_refusals(office, coordinator):
    one, other = make.a_participant(), make.a_participant()
    a_look(coordinator, one, at=timezone.now())
    a_look(coordinator, one, at=timezone.now())
    a_look(coordinator, other, at=timezone.now(), fields="")
    a_look(coordinator, other, at=timezone.now(), action=Action.DENIED)
    a_look(coordinator, make.a_participant(), at=timezone.now() - timedelta(days=31))
    answer = office.get(reverse("privacy:log_staff"))
    row = next(row for row in answer.context["rows"] if row["username"] == "coordinator.z")
    assert (row["files"], row["seen"], row["refused"], row["taken"]) == (1, 2, 1, 0)


def test_person_page_tells_who_used_the_information_and_leaves_a_row(office, coordinator):
    person = make.a_participant(name=CANARY)
    a_look(coordinator, person)
    a_look(coordinator, person)
    page = text(office.get(reverse("privacy:log_person"), {"person": person.reference}))
    assert "coordinator.z" in page
    assert ">2<" in page
    assert CANARY not in page
    assert Entry.objects.filter(model="audit.entry", person=person.user_id).count() == 1
    assert office.get(reverse("privacy:log_person"), {"person": "ZZZZ-ZZZZ"}).status_code == 200


# --- Taking a part of it along ---


def test_property_31_export_needs_a_second_person(office, coordinator):
    person = make.a_participant()
    a_look(coordinator, person, fields="=1+1")
    office.post(reverse("privacy:export_ask"), {"person": person.reference})
    asked = LogExport.objects.get()
    fetch = reverse("privacy:export_fetch", args=[asked.pk])
    assert office.post(fetch).status_code == 409
    assert not Entry.objects.filter(action=Action.EXPORT).exists()
    assert office.post(reverse("privacy:export_approve", args=[asked.pk])).status_code == 404
    with pytest.raises(DomainError):
        approve_export(export=asked, by=asked.asked_by)
    admin = browser_of(make.with_role(make.a_user(), "administrator"))
    assert "A part of the access log" in text(admin.get(reverse("privacy:approvals")))
    admin.post(reverse("privacy:export_approve", args=[asked.pk]))
    rows = list(csv.reader(io.StringIO(text(office.post(fetch)).lstrip("\ufeff"))))
    assert len(rows) == 1 + asked.rows
    assert {row[3] for row in rows[1:]} == {person.reference}
    # Property 28: no cell begins a formula.
    assert "'=1+1" in {row[5] for row in rows}
    taken = Entry.objects.get(action=Action.EXPORT)
    assert (taken.person, taken.actor) == (person.user_id, asked.asked_by_id)


def test_export_holds_what_was_agreed_to_and_nothing_newer(coordinator):
    officer = make.a_privacy_officer()
    a_look(coordinator, make.a_participant())
    asked = make.an_export(officer, agreed=True, actor=coordinator.pk)
    a_look(coordinator, make.a_participant())
    batches = list(entries_of(export=asked, by=officer))
    assert [len(batch) for batch in batches] == [1]


def test_export_is_the_askers_alone_and_grows_old(coordinator):
    officer = make.a_privacy_officer()
    a_look(coordinator, make.a_participant())
    asked = make.an_export(officer, agreed=True)
    with pytest.raises(Forbidden):
        entries_of(export=asked, by=make.a_privacy_officer())
    LogExport.objects.update(asked_at=timezone.now() - timedelta(days=8))
    with pytest.raises(DomainError) as refused:
        entries_of(export=LogExport.objects.get(), by=officer)
    assert refused.value.code == "too_old"


def test_nothing_to_take_along_is_said(coordinator):
    with pytest.raises(DomainError) as refused:
        ask_export(wanted={"actor": coordinator.pk}, by=make.a_privacy_officer())
    assert refused.value.code == "empty"


# --- The database ---


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ("pattern = 'hunch'", "finding_pattern_known"),
        ("outcome = 'explained', looked_by_id = actor_id, looked_at = now()", "finding_looked_at_by_another"),
        ("outcome = 'explained'", "finding_looked_at_by_another"),
    ],
)
def test_database_judges_findings(coordinator, changes, constraint):
    make.a_finding(coordinator)
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE privacy_finding SET {changes}")
    assert constraint_name(refused.value) == constraint


def test_database_notes_a_pattern_once(coordinator):
    make.a_finding(coordinator)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        make.a_finding(coordinator)
    assert constraint_name(refused.value) == "finding_once"


def test_database_wants_two_people_for_an_export(coordinator):
    a_look(coordinator, make.a_participant())
    make.an_export(make.a_privacy_officer())
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE privacy_logexport SET approved_by_id = asked_by_id, approved_at = now()")
    assert constraint_name(refused.value) == "log_export_two_people"
