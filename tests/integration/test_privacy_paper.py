"""Requests on paper or by phone: counted from the day they came in, held, extended once, answered, closed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from privacy.models import Hold, RightsRequest
from privacy.services import take_back_request
from privacy.services_paper import close_request, extend_request, record_request
from psp.audit.choices import Action
from psp.audit.models import Entry
from psp.errors import Conflict, DomainError, Forbidden, constraint_name
from tests import factories as make

pytestmark = pytest.mark.django_db
CANARY = "Zéphyrine Canari"


@pytest.fixture
def person():
    return make.a_participant("QC", name=CANARY)


@pytest.fixture
def privacy_officer():
    return make.a_privacy_officer()


@pytest.fixture
def office(client, privacy_officer):
    make.sign_in(client, privacy_officer)
    return client


def text(answer) -> str:
    return answer.content.decode()


def on_paper(about, **said):
    today = timezone.localdate()
    values = {"person": about.reference, "kind": "access", "channel": "letter",
              "received_on": (today - timedelta(days=3)).isoformat()}  # fmt: skip
    return values | said


def url(name, request):
    return reverse(f"privacy:{name}", args=[request.pk])


def test_access_on_paper_counts_thirty_days_from_the_day_it_came_in_and_holds(office, person):
    answer = office.post(reverse("privacy:paper"), on_paper(person))
    made = RightsRequest.objects.get()
    assert answer["Location"] == url("request", made)
    assert made.due_on - made.asked_on == timedelta(days=30)
    assert (timezone.localdate() - made.asked_on).days == 3
    assert Hold.objects.standing().about(person.user_id).get().matter == made.pk
    page = text(office.get(url("request", made)))
    assert "in 27 days" in page
    assert "Nothing about the person is destroyed" in page
    assert CANARY not in page
    assert person.reference in text(office.get(reverse("privacy:requests")))


def _from_today(days: timedelta) -> str:
    return (timezone.localdate() + days).isoformat()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"person": "ZZZZ-ZZZZ"}, "No file has this reference."),
        ({"received_on": "2999-01-01"}, "Write the day as in 2026-11-30."),
        ({"received_on": timedelta(days=1)}, "today or earlier"),
        ({"received_on": timedelta(days=-400)}, "within a year"),
        ({"channel": "portal"}, "Choose an answer."),
        ({"kind": "correction"}, "Choose what it is about."),
        ({"kind": "erasure"}, "Without the person’s agreement".replace("’", "&#x27;")),
    ],
)
def test_what_cannot_be_recorded_says_how_to_mend_it(office, person, said, sentence):
    said = {name: _from_today(value) if isinstance(value, timedelta) else value for name, value in said.items()}
    page = text(office.post(reverse("privacy:paper"), on_paper(person, **said)))
    assert sentence in page
    assert not RightsRequest.objects.exists()


def test_correction_on_paper_goes_to_the_coordinator(office, person, client):
    office.post(reverse("privacy:paper"), on_paper(person, kind="correction", item="place", text="I live in Laval."))
    made = RightsRequest.objects.get()
    assert not Hold.objects.exists()
    coordinator = make.a_coordinator("QC")
    make.sign_in(client, coordinator)
    assert "I live in Laval." in text(client.get(reverse("desk:correction", args=[made.pk])))


def test_deletion_on_paper_keeps_the_words_in_the_persons_language(office, privacy_officer):
    person = make.a_participant("QC", language="fr")
    office.post(reverse("privacy:paper"), on_paper(person, kind="erasure", agreed="on"))
    made = RightsRequest.objects.get()
    assert "détruit" in made.disposal_text
    assert made.recorded_by_id == privacy_officer.pk


def test_same_request_twice_is_one(office, person):
    office.post(reverse("privacy:paper"), on_paper(person))
    page = text(office.post(reverse("privacy:paper"), on_paper(person)))
    assert "the same request open already" in page
    assert RightsRequest.objects.count() == 1
    assert Hold.objects.count() == 1


def test_no_copy_before_it_is_known_who_asks(office, person, privacy_officer):
    made = record_request(person=person.user, kind="access", channel="phone", received_on=timezone.localdate(),
                          by=privacy_officer)  # fmt: skip
    assert office.post(url("request_copy", made)).status_code == 409
    assert not Entry.objects.filter(action=Action.EXPORT).exists()
    with pytest.raises(DomainError) as refused:
        close_request(request=made, outcome="accepted", answer="", by=privacy_officer)
    assert refused.value.code == "identity"


def test_copy_is_the_persons_own_and_leaves_one_export_row(office, person, privacy_officer):
    made = make.an_access_request(person, by=privacy_officer)
    answer = office.post(url("request_copy", made))
    assert CANARY in text(answer)
    assert answer["Content-Disposition"].startswith('attachment; filename="copy-')
    row = Entry.objects.get(action=Action.EXPORT)
    assert (row.person, row.actor) == (person.user_id, privacy_officer.pk)


def test_answering_closes_the_hold_and_tells_the_person(office, person, privacy_officer):
    made = make.an_access_request(person, by=privacy_officer)
    office.post(url("request", made), {"outcome": "accepted", "answer": "The copy went to your lawyer."})
    made.refresh_from_db()
    assert (made.state, made.answered_by_id) == ("accepted", privacy_officer.pk)
    assert not Hold.objects.standing().exists()
    make.sign_in(office, person.user)
    assert "The copy went to your lawyer." in text(office.get(reverse("rights:request", args=[made.pk])))


def test_refusal_needs_its_reason(privacy_officer, person):
    made = make.an_access_request(person, by=privacy_officer)
    with pytest.raises(DomainError) as refused:
        close_request(request=made, outcome="refused", answer=" ", by=privacy_officer)
    assert refused.value.code == "empty"
    assert Hold.objects.standing().exists()


def test_closed_request_is_not_closed_again(privacy_officer, person):
    made = make.an_access_request(person, by=privacy_officer)
    close_request(request=made, outcome="taken_back", answer="", by=privacy_officer)
    for act in (
        lambda: close_request(request=made, outcome="accepted", answer="", by=privacy_officer),
        lambda: extend_request(request=made, reason="format", until=made.due_on + timedelta(days=1),
                               by=privacy_officer),
    ):  # fmt: skip
        with pytest.raises(Conflict):
            act()


def test_request_on_paper_is_taken_back_through_the_officer_only(privacy_officer, person):
    made = make.an_access_request(person, by=privacy_officer)
    with pytest.raises(Forbidden):
        take_back_request(request=made, by=person.user)
    assert Hold.objects.standing().exists()


def test_extension_has_a_reason_and_a_new_last_day_and_happens_once(office, privacy_officer, person):
    made = make.an_access_request(person, by=privacy_officer)
    later = made.due_on + timedelta(days=30)
    office.post(url("request_extend", made), {"reason": "consultation", "until": later.isoformat()})
    made.refresh_from_db()
    assert (made.due_on, (made.due_on - made.first_due_on).days, made.extended_by_id) == (later, 30, privacy_officer.pk)
    assert "in 60 days" in text(office.get(url("request", made)))
    with pytest.raises(DomainError) as refused:
        extend_request(request=made, reason="format", until=later + timedelta(days=1), by=privacy_officer)
    assert refused.value.code == "extended"


def test_extension_beyond_the_law_is_refused_and_another_format_may_take_longer(office, privacy_officer, person):
    made = make.an_access_request(person, by=privacy_officer)
    too_late = made.due_on + timedelta(days=31)
    page = text(office.post(url("request_extend", made), {"reason": "operations", "until": too_late.isoformat()}))
    assert "at most 30 days later" in page
    extend_request(request=made, reason="format", until=too_late, by=privacy_officer)
    made.refresh_from_db()
    assert made.due_on == too_late


def test_officers_own_file_is_handled_by_another(privacy_officer):
    with pytest.raises(Forbidden):
        record_request(person=privacy_officer, kind="access", channel="visit", received_on=timezone.localdate(),
                       by=privacy_officer)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ("recorded_by_id = NULL", "rights_paper_has_recorder"),
        ("channel = 'portal'", "rights_paper_has_recorder"),
        ("first_due_on = due_on - 5", "rights_extension_whole"),
        ("first_due_on = due_on, due_on = due_on + 31, extension_reason = 'operations',"
         " extended_by_id = recorded_by_id", "rights_extension_at_most_30_days"),
        ("state = 'accepted', identity_checked_at = NULL, answered_by_id = recorded_by_id, ended_at = now()",
         "rights_access_identity_checked"),
        ("item = 'place'", "rights_correction_names_item"),
    ],
)  # fmt: skip
def test_database_judges_every_writer(person, changes, constraint):
    make.an_access_request(person)
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE privacy_rightsrequest SET {changes}")
    assert constraint_name(refused.value) == constraint


def test_database_knows_one_open_access_request_at_a_time(person):
    made = make.an_access_request(person)
    made.pk = None
    made._state.adding = True
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        RightsRequest(person=person.user, kind="access", channel="letter", recorded_by=made.recorded_by,
                      asked_on=made.asked_on, due_on=made.due_on).save(force_insert=True)  # fmt: skip
    assert constraint_name(refused.value) == "rights_one_open_access"
