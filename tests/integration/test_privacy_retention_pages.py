"""The pages of retention: in both languages, for privacy officers and administrators, each reading noted."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.utils import timezone, translation

from privacy import retention_words
from privacy.choices import HoldKind
from privacy.choices_retention import BatchState, RecordType
from privacy.disposing import carry_out
from privacy.models import DisposalBatch, DisposalItem, StandingApproval
from privacy.retention import rows_of
from privacy.services_holds import open_hold
from privacy.services_retention import propose
from psp.audit.models import Entry
from tests import factories
from tests.papers import assert_pdf_ua, pdf_text
from tests.retention import a_disposal, a_rule, an_old_participant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def a_ledger_of_its_own(settings, tmp_path, monkeypatch):
    settings.PSP_ERASURE_LEDGER = tmp_path / "erasures.jsonl"
    monkeypatch.setenv("PSP_ERASURE_LEDGER", str(settings.PSP_ERASURE_LEDGER))


@pytest.fixture
def officer(client):
    made = factories.a_privacy_officer()
    factories.sign_in(client, made)
    return made


def text_of(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_empty_pages_say_what_comes(client, officer, language):
    DisposalBatch.objects.standing()
    nothing = {"en": "Nothing is past its time", "fr": "Aucun délai n’est écoulé"}[language]
    uncounted = {"en": "Nothing has been counted yet", "fr": "Rien n’a encore été compté"}[language]
    assert nothing in text_of(client, f"/{language}/privacy/retention/")
    assert uncounted in text_of(client, f"/{language}/privacy/retention/calendar/")


def test_list_calls_people_by_reference_and_notes_each_reading(client, officer):
    people = [an_old_participant(name=f"Name-Canary-{number}") for number in range(2)]
    batch = propose(a_rule(), timezone.localdate())
    page = text_of(client, f"/en/privacy/retention/{batch.pk}/")
    for person in people:
        assert person.reference in page
        assert "Canary" not in page
        entries = Entry.objects.filter(actor=officer.pk, model="privacy.disposalitem", person=person.user_id)
        assert entries.count() == 1


@pytest.mark.parametrize("language", ["en", "fr"])
def test_two_people_on_the_pages_and_the_certificate_at_the_end(client, officer, language):
    person = an_old_participant()
    batch = propose(a_rule(), timezone.localdate())
    path = f"/{language}/privacy/retention/{batch.pk}/"
    client.post(path, {"decision": "prepare"})
    page = text_of(client, path)
    assert 'value="approve"' not in page
    assert client.post(path, {"decision": "approve"}).status_code == 403
    second = factories.a_privacy_officer()
    factories.sign_in(client, second)
    assert 'value="approve"' in text_of(client, path)
    client.post(path, {"decision": "approve"})
    carry_out(batch.pk)
    assert client.get(f"{path}certificate/").status_code == 200
    answer = client.get(f"{path}certificate/")
    assert "document-" in answer["Content-Disposition"]
    pdf = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert_pdf_ua(pdf)
    words = pdf_text(pdf)
    batch.refresh_from_db()
    assert batch.digest[:8] in words
    assert str(person.user_id)[:8] in words
    assert str(person.user_id) in text_of(client, path)


def test_later_of_two_officers_is_told(client, officer):
    batch = a_disposal()
    path = f"/en/privacy/retention/{batch.pk}/"
    other = factories.a_privacy_officer()
    from privacy.services_retention import prepare_batch

    prepare_batch(batch=batch, by=other)
    answer = client.post(path, {"decision": "prepare"}, follow=True)
    assert "Somebody decided this a moment ago" in answer.content.decode()


def test_certificate_of_what_is_not_done_is_not_found(client, officer):
    assert client.get(f"/en/privacy/retention/{a_disposal().pk}/certificate/").status_code == 404


def test_unknown_decision_changes_nothing(client, officer):
    batch = a_disposal()
    assert client.post(f"/en/privacy/retention/{batch.pk}/", {"decision": "hurry"}).status_code == 404
    batch.refresh_from_db()
    assert batch.state == BatchState.PROPOSED


def test_standing_approval_is_given_by_two_and_taken_back_by_one(client, officer):
    rule = a_rule()
    path = f"/en/privacy/retention/rules/{rule.pk}/standing/"
    client.post(path, {"give": "1"})
    assert "a second has to" in text_of(client, "/en/privacy/retention/")
    factories.sign_in(client, factories.a_privacy_officer())
    client.post(path, {"give": "1"})
    assert "It goes by itself" in text_of(client, "/en/privacy/retention/")
    client.post(path, {"revoke": "1"})
    assert StandingApproval.objects.get().revoked_at is not None


def test_calendar_counts_by_month_and_kind(client, officer):
    an_old_participant()
    call_command("run_retention")
    page = text_of(client, "/en/privacy/retention/calendar/")
    with translation.override("en"):
        from privacy.retention_words import month_words

        assert month_words(timezone.localdate()) in page
    assert page.count("<tr") == 13


def test_card_on_the_front_page_says_what_waits(client, officer):
    assert "card-disposals" not in text_of(client, "/en/privacy/")
    an_old_participant(days=1300)
    propose(a_rule(), timezone.localdate())
    page = text_of(client, "/en/privacy/")
    assert "Disposals to decide" in page
    assert "1 file is past its latest day." in page


def test_hold_shows_as_such_on_the_list(client, officer):
    person = an_old_participant()
    batch = propose(a_rule(), timezone.localdate())
    from tests.retention import approved

    approved(batch)
    open_hold(person=person.user, kind=HoldKind.COMPLAINT, by=officer)
    carry_out(batch.pk)
    assert DisposalItem.objects.get().state == "held"
    assert "A hold keeps it" in text_of(client, f"/en/privacy/retention/{batch.pk}/")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_certificate_calls_every_kind_of_record_by_its_name(language):
    codes = {rows.code: 2 for kind in RecordType.values for rows in rows_of(kind)}
    assert len(codes) > 10
    batch = DisposalBatch(record_type=RecordType.HISTORY, counts=codes)
    with translation.override(language):
        (_total, total), *kinds = retention_words.counts(batch)
    assert total == str(2 * len(codes))
    assert [label for label, _count in kinds if "." in label or "_" in label] == []
