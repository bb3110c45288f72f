"""Signatures and withdrawals ([NH Annex F] rules 20 to 23), on the real database and its triggers."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from django.utils import timezone

from consent import hooks
from consent.leaving import leave_program
from consent.models import Consent, ConsentVersion, CounterSignature, Withdrawal
from consent.querysets import agrees
from consent.reference import load_versions
from consent.services import countersign, sign, texts_asked_again, texts_in_force, withdraw
from contact.models import OutboxMessage
from contact.services import queue_message
from psp.audit.models import Entry
from psp.errors import DomainError, Forbidden
from psp.models import User
from tests.factories import a_coordinator, a_facilitator, a_participant

pytestmark = pytest.mark.django_db

SEVEN = ("informed", "questions", "voluntary", "my_information", "kept_safe", "not_identified", "agree")


@pytest.fixture
def person():
    return a_participant(consents=()).user


@pytest.fixture
def text():
    return texts_in_force()["taking_part"]


def signed(person, text, **fields) -> Consent:
    return sign(person=person, version=text, language="fr", ticked=SEVEN, typed_name="Zoé T.", **fields)


def newer(text, **fields) -> ConsentVersion:
    values = {"number": text.number + 1, "valid_from": timezone.localdate(), "published_at": timezone.now(),
              "older_until": timezone.localdate() + timedelta(days=60)} | fields  # fmt: skip
    return ConsentVersion.objects.create(
        purpose=text.purpose, title_en="New", title_fr="Neuf", summary_en="S", summary_fr="S",
        statements=text.statements, **values,
    )  # fmt: skip


def test_signature_keeps_the_exact_text_its_language_and_version(person, text):
    consent = signed(person, text)
    assert "J’accepte de participer." in consent.text
    assert text.title_fr in consent.text
    assert consent.text_hash == hashlib.sha256(consent.text.encode()).hexdigest()
    assert (consent.language, consent.version, consent.typed_name) == ("fr", text, "Zoé T.")
    assert consent.ticked == sorted(SEVEN)


def test_typed_name_is_sealed_in_the_table(person, text):
    signed(person, text)
    with connection.cursor() as cursor:
        cursor.execute("SELECT typed_name FROM consent_consent")
        assert "Zoé".encode() not in bytes(cursor.fetchone()[0])


@pytest.mark.parametrize("missing", SEVEN)
def test_each_of_the_seven_points_must_be_ticked(person, text, missing):
    with pytest.raises(DomainError) as refused:
        sign(person=person, version=text, language="en", ticked=set(SEVEN) - {missing}, typed_name="Zoé")
    assert (refused.value.code, refused.value.field) == ("consent_incomplete", missing)
    assert not Consent.objects.exists()


def test_signature_needs_a_name_and_a_published_text(person, text):
    with pytest.raises(DomainError) as refused:
        sign(person=person, version=text, language="en", ticked=SEVEN, typed_name=" \u200b")
    assert refused.value.field == "typed_name"
    with pytest.raises(DomainError, match="consent_not_published"):
        signed(person, newer(text, published_at=None))


def test_signing_twice_is_one_signature(person, text):
    assert signed(person, text) == signed(person, text)


def test_in_force_from_signature_to_withdrawal(person, text):
    assert not Consent.objects.in_force(person, "taking_part")
    signed(person, text)
    assert Consent.objects.in_force(person, "taking_part")
    assert Consent.objects.in_force(person.pk, "taking_part")
    assert not Consent.objects.in_force(person, "results")
    assert User.objects.filter(agrees("taking_part"), pk=person.pk).exists()
    withdraw(person=person, purpose="taking_part")
    assert not Consent.objects.in_force(person, "taking_part")
    assert not User.objects.filter(agrees("taking_part"), pk=person.pk).exists()
    signed(person, text)
    assert Consent.objects.in_force(person, "taking_part"), "coming back is a new signature"
    assert Consent.objects.count() == 2


def test_withdrawal_has_no_place_for_a_reason():
    assert {field.name for field in Withdrawal._meta.fields} == {"id", "consent", "at"}


def test_withdrawal_ends_every_version_that_stands(person, text):
    signed(person, text)
    signed(person, newer(text))
    assert withdraw(person=person, purpose="taking_part") == 2
    assert withdraw(person=person, purpose="taking_part") == 0
    assert not Consent.objects.in_force(person, "taking_part")


def test_property_34_withdrawal_takes_waiting_messages_back_at_once(person, text):
    signed(person, text)
    message = queue_message(person=person, template="check_details", key="x", context={})
    withdraw(person=person, purpose="taking_part")
    assert OutboxMessage.objects.get(pk=message.pk).state == "cancelled"


def test_hooks_run_in_the_transaction_of_the_withdrawal(person, text, monkeypatch):
    signed(person, text)
    seen = []

    def fails(*, person, purpose):
        seen.append((person, purpose))
        raise RuntimeError

    monkeypatch.setattr(hooks, "_on_withdrawal", [fails])
    with pytest.raises(RuntimeError), transaction.atomic():
        withdraw(person=person, purpose="taking_part")
    assert seen == [(person, "taking_part")]
    assert Consent.objects.in_force(person, "taking_part")


def test_only_the_person_or_a_coordinator_withdraws(person, text):
    signed(person, text)
    for stranger in (a_participant().user, a_facilitator()):
        with pytest.raises(Forbidden):
            withdraw(person=person, purpose="taking_part", by=stranger)
    withdraw(person=person, purpose="taking_part", by=a_coordinator())


def test_new_version_asks_again_and_rewrites_nothing(person, text):
    old = signed(person, text)
    before = Consent.objects.values().get(pk=old.pk)
    assert texts_asked_again(person=person) == []
    fresh = newer(text)
    assert texts_asked_again(person=person) == [fresh]
    assert Consent.objects.values().get(pk=old.pk) == before
    assert Consent.objects.in_force(person, "taking_part"), "the old signature holds until they answer"
    signed(person, fresh)
    assert texts_asked_again(person=person) == []


def test_version_in_force_is_the_newest_published_one_that_has_begun(text):
    newer(text, number=2, valid_from=timezone.localdate() + timedelta(days=1))
    newer(text, number=3, published_at=None)
    assert texts_in_force()["taking_part"] == text
    assert texts_in_force(on=timezone.localdate() + timedelta(days=1))["taking_part"].number == 2


def test_countersignature_is_a_coordinators_once(person, text):
    consent = signed(person, text)
    coordinator = a_coordinator()
    for stranger in (person, a_facilitator()):
        with pytest.raises(Forbidden):
            countersign(consent=consent, by=stranger)
    first = countersign(consent=consent, by=coordinator)
    assert countersign(consent=consent, by=a_coordinator()) == first
    assert CounterSignature.objects.get().by == coordinator


def test_withdrawn_consent_gets_no_countersignature(person, text):
    consent = signed(person, text)
    withdraw(person=person, purpose="taking_part")
    with pytest.raises(DomainError, match="consent_withdrawn"):
        countersign(consent=consent, by=a_coordinator())


def test_signing_and_withdrawing_are_in_the_access_log(person, text):
    signed(person, text)
    withdraw(person=person, purpose="taking_part")
    entries = Entry.objects.filter(person=person.pk, purpose="consent").order_by("id")
    assert list(entries.values_list("action", "fields")) == [("create", "taking_part"), ("change", "taking_part")]


# --- the database as the last judge ---


def test_trigger_consent_version_frozen(text):
    for change in (
        lambda: ConsentVersion.objects.filter(pk=text.pk).update(title_en="Other"),
        lambda: ConsentVersion.objects.filter(pk=text.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="a published consent text never changes"), transaction.atomic():
            change()


def test_trigger_consent_version_draft_may_change(text):
    draft = newer(text, published_at=None)
    draft.title_en = "Better"
    draft.save()


def test_trigger_consent_signature_frozen(person, text):
    consent = signed(person, text)
    countersign(consent=consent, by=a_coordinator())
    withdraw(person=person, purpose="taking_part")
    for model, field in ((Consent, "signed_at"), (CounterSignature, "at"), (Withdrawal, "at")):
        for change in (
            lambda model=model, field=field: model.objects.update(**{field: timezone.now()}),
            lambda model=model: model.objects.all()._raw_delete("default"),
        ):
            with pytest.raises(DatabaseError, match="a signature never changes"), transaction.atomic():
                change()


def test_constraint_one_withdrawal_a_consent(person, text):
    consent = signed(person, text)
    withdraw(person=person, purpose="taking_part")
    with pytest.raises(IntegrityError), transaction.atomic():
        Withdrawal.objects.create(consent=consent)


def test_reference_data_is_loaded_once():
    before = list(ConsentVersion.objects.values())
    load_versions()
    assert list(ConsentVersion.objects.values()) == before
    assert sorted(texts_in_force()) == [
        "contact_email", "contact_phone", "contact_post", "contact_sms", "evaluation", "research", "results", "story",
        "taking_part",
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_leaving_waits_for_nobody_who_writes_about_the_same_person():
    """Whoever leaves locks the account; a coordinator's message to it must not stand in the way, or both would fail."""
    person = a_participant().user
    with transaction.atomic():
        leave_program(person=person, by=person)
        with ThreadPoolExecutor(1) as other:
            kept = other.submit(_message_at_once, person).result()
    assert kept.person_id == person.pk


def _message_at_once(person):
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '10s'")
            return queue_message(person=person, template="check_details", key=f"race|{person.pk}", context={})
    finally:
        connections.close_all()


@pytest.mark.parametrize(
    ("purpose", "slip", "mended"),
    [
        ("contact_sms", "messages texte au", "messages textes au"),
        ("contact_post", "sous enveloppe", "dans une enveloppe"),
    ],
)
def test_slip_in_a_published_text_is_mended_by_a_new_version_and_the_first_stays(purpose, slip, mended):
    first, second = ConsentVersion.objects.filter(purpose=purpose).order_by("number")
    assert texts_in_force()[purpose] == second
    for version, words in ((first, slip), (second, mended)):
        assert words in version.summary_fr + " ".join(line["text_fr"] for line in version.statements)
    assert first.summary_en == second.summary_en
