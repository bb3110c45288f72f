"""Breaches: the register and its clocks, whom they concern, and what people are told."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from contact.models import OutboxMessage
from privacy.models import Affected, Breach
from privacy.services_breach import (
    add_affected,
    approve_notices,
    decide_affected,
    find_affected,
    move_breach,
    prepare_notices,
)
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.audit.models import Entry
from psp.context_vars import acting
from psp.errors import Conflict, DomainError, Forbidden, constraint_name
from tests import factories as make
from tests.browser import Browser
from tests.integration.test_intake_sending import at_once
from tests.papers import assert_pdf_ua

pytestmark = pytest.mark.django_db
WORDS = "Une liste canari est restée sur une imprimante."


@pytest.fixture
def privacy_officer():
    return make.a_privacy_officer()


@pytest.fixture
def office(client, privacy_officer):
    make.sign_in(client, privacy_officer)
    return client


def browser_of(user):
    browser = Browser()
    make.sign_in(browser, user)
    return browser


def text(answer) -> str:
    return answer.content.decode()


def url(name, breach):
    return reverse(f"privacy:{name}", args=[breach.pk])


def said(**more):
    now = timezone.localtime()
    values = {"happened_from": f"{now - timedelta(days=2):%Y-%m-%dT%H:%M}",
              "discovered_at": f"{now - timedelta(days=1):%Y-%m-%dT%H:%M}", "place": "Montreal office",
              "kinds": ["contact", "name"], "what": WORDS, "affected": "3"}  # fmt: skip
    return values | more


def a_look(person, by, *, at=None):
    with acting(by.pk):
        audit.record(Action.READ, person, person=person.user_id, purpose=Purpose.INTAKE)


# --- The register ---


def test_record_keeps_what_the_law_asks_for_and_seals_the_words(office):
    office.post(reverse("privacy:breach_record"), said(measures="Detruite"))
    breach = Breach.objects.get()
    assert (breach.state, breach.affected, breach.kinds, breach.what) == ("noted", 3, ["contact", "name"], WORDS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT b::text FROM privacy_breach b UNION ALL SELECT h::text FROM privacy_historicalbreach h")
        assert not [row for row in cursor.fetchall() if "canari" in row[0] or "Montreal" in row[0]]
    page = text(office.get(url("breach", breach)))
    for shown in ("Montreal office", "Addresses and numbers", "canari", "Detruite"):
        assert shown in page


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"kinds": []}, "Choose at least one kind."),
        ({"happened_from": "soon"}, "Write the day and time as in"),
        ({"discovered_at": "2099-01-01T10:00"}, "not in the future"),
        ({"happened_until": "2020-01-01T10:00"}, "not before the beginning"),
    ],
)
def test_what_cannot_be_recorded_says_how_to_mend_it(office, more, sentence):
    assert sentence in text(office.post(reverse("privacy:breach_record"), said(**more)))
    assert not Breach.objects.exists()


def test_material_breach_has_seven_days_and_a_visible_clock(office):
    breach = make.a_breach()
    office.post(url("breach_move", breach), {"to": "material"})
    breach.refresh_from_db()
    assert breach.report_due_on == timezone.localdate() + timedelta(days=7)
    for page in (office.get(url("breach", breach)), office.get(reverse("privacy:office")),
                 office.get(reverse("privacy:breaches"))):  # fmt: skip
        assert "in 7 days" in text(page)


def test_material_breach_is_closed_only_once_reported(privacy_officer):
    breach = make.a_breach()
    move_breach(breach=breach, to="material", by=privacy_officer)
    with pytest.raises(Conflict):
        move_breach(breach=breach, to="closed", by=privacy_officer)
    move_breach(breach=breach, to="reported", by=privacy_officer)
    done = move_breach(breach=breach, to="closed", by=privacy_officer)
    assert done.reported_at
    assert done.closed_at


def test_breach_without_measures_or_with_people_not_looked_at_stays_open(privacy_officer):
    breach = make.a_breach(measures="")
    move_breach(breach=breach, to="minor", by=privacy_officer)
    with pytest.raises(DomainError) as refused:
        move_breach(breach=breach, to="closed", by=privacy_officer)
    assert refused.value.code == "measures"
    other = make.a_breach()
    move_breach(breach=other, to="minor", by=privacy_officer)
    add_affected(breach=other, person=make.a_participant().user_id, by=privacy_officer)
    with pytest.raises(DomainError) as refused:
        move_breach(breach=other, to="closed", by=privacy_officer)
    assert refused.value.code == "people"


def test_stale_change_is_a_conflict(office):
    breach = make.a_breach()
    page = text(office.post(url("breach_change", breach), said(revision=breach.revision + 7)))
    assert "Somebody changed this a moment ago" in page
    office.post(url("breach_change", breach), said(revision=breach.revision, place="The server"))
    breach.refresh_from_db()
    assert breach.place == "The server"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_record_is_a_paper_that_everybody_can_read(office, language):
    breach = make.a_breach(people=[make.a_participant(name="Zéphyrine Canari")])
    answer = office.get(url("breach_paper", breach).replace("/en/", f"/{language}/"))
    assert answer["Content-Type"] == "application/pdf"
    assert_pdf_ua(answer.content)
    assert Entry.objects.filter(action=Action.EXPORT, model="privacy.breach", object_id=breach.pk).count() == 1


# --- Whom it concerns ---


def test_people_are_found_by_who_looked_when_and_at_what(privacy_officer):
    breach, snoop, other = make.a_breach(), make.a_coordinator(), make.a_coordinator()
    seen, not_seen, own = make.a_participant(), make.a_participant(), make.a_participant()
    a_look(seen, snoop)
    a_look(not_seen, other)
    a_look(own, own.user)
    now = timezone.now()
    window = {"start": now - timedelta(hours=1), "end": now + timedelta(hours=1)}
    assert find_affected(breach=breach, by=privacy_officer, actor=snoop.pk, **window) == 1
    assert breach.people.get().person_id == seen.user_id
    assert find_affected(breach=breach, by=privacy_officer, actor=snoop.pk, **window) == 0
    assert find_affected(breach=breach, by=privacy_officer, model="contact.safecontact", **window) == 0
    earlier = {name: at - timedelta(days=1) for name, at in window.items()}
    assert find_affected(breach=breach, by=privacy_officer, **earlier) == 0
    find_affected(breach=breach, by=privacy_officer, model="intake.participant", **window)
    found = set(breach.people.values_list("person_id", flat=True))
    assert {seen.user_id, not_seen.user_id} <= found
    assert own.user_id not in found


def test_people_are_confirmed_by_hand_and_shown_by_reference(office):
    breach, coordinator = make.a_breach(), make.a_coordinator(username="coordinator.z")
    person = make.a_participant(name="Zéphyrine Canari")
    a_look(person, coordinator)
    now = timezone.localtime()
    window = {
        "start": f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "end": f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M}",
    }
    office.post(url("affected_find", breach), {**window, "actor": "coordinator.z"})
    row = Affected.objects.get()
    page = text(office.get(url("affected", breach)))
    assert person.reference in page
    assert "Zéphyrine" not in page
    office.post(url("affected_decide", breach), {"person": [str(row.pk), "no-id"], "confirm": "1"})
    row.refresh_from_db()
    assert row.state == "confirmed"


def test_property_04_list_of_people_leaves_one_row_for_each(office, privacy_officer):
    people = [make.a_participant() for _ in range(3)]
    breach = make.a_breach(people=people)
    office.get(url("affected", breach))
    rows = Entry.objects.filter(actor=privacy_officer.pk, model="privacy.affected", action=Action.READ)
    assert Counter(rows.values_list("person", flat=True)) == Counter(one.user_id for one in people)


@pytest.mark.parametrize(
    ("form", "sentence"), [({}, "or write one reference"), ({"person": "ZZZZ-ZZZZ"}, "No file has")]
)
def test_search_for_people_without_a_window_says_what_is_missing(office, form, sentence):
    assert sentence in text(office.post(url("affected_find", make.a_breach()), form))


# --- Notices ---


def test_property_31_notices_go_only_when_a_second_person_agrees(office, privacy_officer):
    person = make.a_participant()
    breach = make.a_breach(by=privacy_officer, people=[person], ready=True)
    with pytest.raises(DomainError) as refused:
        approve_notices(breach=breach, by=privacy_officer, revision=breach.revision)
    assert refused.value.code == "own_notices"
    assert office.get(url("notices_approve", breach)).status_code == 404
    with pytest.raises(Forbidden):
        approve_notices(breach=breach, by=make.a_coordinator(), revision=breach.revision)
    assert not OutboxMessage.objects.filter(template="notice_ready").exists()
    admin = make.with_role(make.a_user(), "administrator")
    second = browser_of(admin)
    assert breach.reference in text(second.get(reverse("privacy:approvals")))
    second.post(url("notices_approve", breach), {"revision": breach.revision})
    message = OutboxMessage.objects.get(template="notice_ready")
    assert message.person_id == person.user_id
    assert WORDS not in str(message.context)


def test_notice_changed_after_it_was_read_is_not_approved(privacy_officer):
    breach = make.a_breach(by=privacy_officer, people=[make.a_participant()], ready=True)
    read = breach.revision
    prepare_notices(breach=breach, notice_en="Other words.", notice_fr="D’autres mots.", by=privacy_officer)
    with pytest.raises(Conflict) as refused:
        approve_notices(breach=breach, by=make.a_privacy_officer(), revision=read)
    assert refused.value.code == "stale"


def test_left_out_people_are_told_nothing(privacy_officer):
    person, other = make.a_participant(), make.a_participant()
    breach = make.a_breach(by=privacy_officer, people=[person])
    add_affected(breach=breach, person=other.user_id, by=privacy_officer)
    decide_affected(breach=breach, people=None, confirmed=False, by=privacy_officer)
    prepare_notices(breach=breach, notice_en="A.", notice_fr="B.", by=privacy_officer)
    breach.refresh_from_db()
    assert approve_notices(breach=breach, by=make.a_privacy_officer(), revision=breach.revision) == 1
    assert list(OutboxMessage.objects.values_list("person_id", flat=True)) == [person.user_id]


def test_person_reads_the_notice_in_their_language_and_nobody_else_does(privacy_officer):
    person, other = make.a_participant(language="fr"), make.a_participant()
    breach = make.a_breach(by=privacy_officer, people=[person])
    prepare_notices(breach=breach, notice_en="English words.", notice_fr="Mots en français.", by=privacy_officer)
    breach.refresh_from_db()
    mine = browser_of(person.user)
    assert "Mots en français." not in text(mine.get("/fr/my/rights/notices/"))
    approve_notices(breach=breach, by=make.a_privacy_officer(), revision=breach.revision)
    assert "Mots en français." in text(mine.get("/fr/my/rights/notices/"))
    assert "Il y a quelque chose à lire pour vous." in text(mine.get("/fr/my/"))
    assert "English words." not in text(browser_of(other.user).get("/en/my/rights/notices/"))


@pytest.mark.django_db(transaction=True)
def test_two_who_approve_at_once_tell_everybody_once():
    officer, one, two = make.a_privacy_officer(), make.a_privacy_officer(), make.a_privacy_officer()
    breach = make.a_breach(by=officer, people=[make.a_participant(), make.a_participant()], ready=True)
    found = at_once([
        lambda: approve_notices(breach=breach, by=one, revision=breach.revision),
        lambda: approve_notices(breach=breach, by=two, revision=breach.revision),
    ])  # fmt: skip
    assert sorted(type(item).__name__ for item in found) == ["Conflict", "int"]
    assert OutboxMessage.objects.filter(template="notice_ready").count() == 2


# --- The database ---


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ("state = 'lost'", "breach_material_has_clock"),
        ("kinds = '{}'", "breach_names_data"),
        ("happened_until = happened_from - interval '1 hour'", "breach_ends_after_start"),
        ("state = 'material'", "breach_material_has_clock"),
        ("state = 'reported', material_at = now(), report_due_on = now()", "breach_material_is_reported"),
        ("state = 'closed'", "breach_closed_has_day"),
        ("notices_prepared_by_id = recorded_by_id, notices_approved_by_id = recorded_by_id,"
         " notices_approved_at = now()", "breach_notices_two_people"),
    ],
)  # fmt: skip
def test_database_judges_every_writer(changes, constraint):
    make.a_breach()
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE privacy_breach SET {changes}")
    assert constraint_name(refused.value) == constraint


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ("found_by = 'talk'", "affected_found_known"),
        ("decided_by_id = NULL", "affected_decided_by_somebody"),
        ("state = 'left_out', notified_at = now()", "affected_told_if_confirmed"),
    ],
)
def test_database_judges_the_list_of_people(changes, constraint):
    make.a_breach(people=[make.a_participant()])
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE privacy_affected SET {changes}")
    assert constraint_name(refused.value) == constraint
