"""Old entries of the access log go by their rule, up to a signed checkpoint, and the chain still shows tampering."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from privacy.choices import HoldKind
from privacy.choices_retention import BatchState, RecordType
from privacy.disposing import carry_out
from privacy.models import DisposalBatch
from privacy.services_holds import open_hold
from privacy.services_retention import propose
from psp.audit import services as audit
from psp.audit.chain import COLUMNS, next_digest
from psp.audit.choices import Action, Purpose
from psp.audit.models import Checkpoint, Entry, Link
from psp.audit.thinning import ChainBroken, thin
from psp.crypto import cipher
from psp.errors import constraint_name
from tests import factories
from tests.retention import a_rule, approved, as_owner, old_entries

pytestmark = pytest.mark.django_db(transaction=True)


def disposal() -> DisposalBatch:
    """An approved disposal of the access log."""
    batch = propose(a_rule(RecordType.ACCESS_LOG), timezone.localdate())
    assert batch is not None
    return approved(batch)


def young_entries(count: int = 3) -> None:
    for _number in range(count):
        audit.record(Action.READ, person=uuid4(), purpose=Purpose.INTAKE)
    audit.seal()


def test_property_06_old_entries_go_up_to_a_checkpoint_and_the_chain_holds():
    old = old_entries(12)
    young_entries()
    batch = disposal()
    assert carry_out(batch.pk, most=5) == 12
    assert not Entry.objects.filter(pk__in=[entry.pk for entry in old]).exists()
    assert [(one.removed, one.kept) for one in Checkpoint.objects.order_by("id")] == [(5, 0), (5, 0), (2, 0)]
    audit.seal()
    verdict = audit.verify()
    assert verdict.broken is None
    assert verdict.checked == Entry.objects.count() > 3


def test_property_06_each_checkpoint_is_recorded_in_the_chain_with_its_signature():
    old_entries(3)
    carry_out(disposal().pk)
    checkpoint = Checkpoint.objects.get()
    entry = Entry.objects.get(model="audit.checkpoint", object_id=str(checkpoint.pk))
    assert (entry.action, entry.fields) == ("delete", f"3,{checkpoint.signature}")


def test_chain_goes_on_when_everything_was_removed():
    old_entries(4)
    batch = disposal()
    audit.seal()
    as_owner("UPDATE audit_entry SET at = at - interval '4 years' WHERE at > now() - interval '1 year'")
    as_owner("DELETE FROM audit_link WHERE entry_id > 4")  # a chain that is old as a whole
    assert thin(cutoff=batch.cutoff, batch=batch.pk).removed == 4
    assert not Link.objects.exists()
    young_entries(2)
    assert audit.verify().reason in ("", "unlinked")
    first = Link.objects.select_related("entry").order_by("id")[0]
    key = cipher.decode_key(settings.PSP_AUDIT_KEY)
    row = [getattr(first.entry, name) for name in COLUMNS]
    assert first.digest == next_digest(Checkpoint.objects.get().digest, row, key)


def test_what_a_hold_keeps_stays_and_is_sealed_anew():
    person = factories.a_participant()
    old_entries(2)
    (kept,) = old_entries(1, person=person.user_id)
    young_entries()
    open_hold(person=person.user, kind=HoldKind.COMPLAINT, by=factories.a_privacy_officer())
    assert carry_out(disposal().pk) == 3
    assert Entry.objects.filter(pk=kept.pk).exists()
    assert Checkpoint.objects.get().kept == 1
    audit.seal()
    assert audit.verify().broken is None
    assert Link.objects.get(entry=kept).pk > Checkpoint.objects.get().link


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit_checkpoint SELECT * FROM audit_checkpoint",
        "UPDATE audit_checkpoint SET removed = 0",
        "DELETE FROM audit_checkpoint",
        "TRUNCATE audit_checkpoint",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_link",
    ],
)
def test_property_06_application_role_can_neither_make_nor_change_checkpoints(statement):
    old_entries(2)
    young_entries(1)
    carry_out(disposal().pk)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL psp.audit_thinning = 'on'; " + statement)
    audit.seal()
    assert audit.verify().broken is None


class TestJudge:
    """`audit_thin` refuses whoever asks, also in plain SQL by the application's role."""

    def refused(self, **changes: object) -> str:
        link = Link.objects.order_by("id")[1]
        values = {
            "at": timezone.now(), "link": link.pk, "digest": link.digest,
            "cutoff": timezone.now() - timedelta(days=3 * 366 + 10), "removed": 2, "kept": 0, "batch": uuid4(),
            "signature": "0" * 64,
        } | changes  # fmt: skip
        with pytest.raises(IntegrityError) as refusal, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT audit_thin(%s, %s, %s, %s, %s, %s, %s, %s)", list(values.values()))
        return constraint_name(refusal.value)

    def test_audit_thin_floor(self):
        old_entries(3)
        assert self.refused(cutoff=timezone.now() - timedelta(days=700)) == "audit_thin_floor"

    def test_audit_thin_approved_without_any_disposal(self):
        old_entries(3)
        assert self.refused() == "audit_thin_approved"

    def test_audit_thin_approved_by_one_person_only(self):
        old_entries(3)
        batch = propose(a_rule(RecordType.ACCESS_LOG), timezone.localdate())
        assert self.refused(batch=batch.pk, cutoff=batch.cutoff) == "audit_thin_approved"

    def test_audit_thin_approved_for_another_kind_of_record(self):
        old_entries(3)
        batch = DisposalBatch.objects.get(pk=disposal().pk)
        as_owner("UPDATE privacy_disposalbatch SET record_type = 'history' WHERE id = %s", batch.pk)
        assert self.refused(batch=batch.pk, cutoff=batch.cutoff) == "audit_thin_approved"

    def test_audit_thin_approved_not_past_its_own_day(self):
        old_entries(3)
        batch = disposal()
        later = batch.cutoff + timedelta(days=1)
        assert self.refused(batch=batch.pk, cutoff=later) == "audit_thin_approved"

    def test_audit_thin_young(self):
        old_entries(1)
        young_entries(2)
        batch = disposal()
        assert self.refused(batch=batch.pk, cutoff=batch.cutoff) == "audit_thin_young"

    def test_audit_thin_link(self):
        old_entries(3)
        batch = disposal()
        assert self.refused(batch=batch.pk, cutoff=batch.cutoff, digest="1" * 64) == "audit_thin_link"

    def test_audit_thin_counts(self):
        old_entries(3)
        batch = disposal()
        assert self.refused(batch=batch.pk, cutoff=batch.cutoff, removed=1) == "audit_thin_counts"
        assert Entry.objects.filter(model="intake.application").count() == 3

    def test_audit_thin_now(self):
        old_entries(3)
        assert self.refused(at=timezone.now() - timedelta(hours=1)) == "audit_thin_now"

    def test_property_06_a_checkpoint_without_the_key_is_found(self):
        old_entries(3)
        batch = disposal()
        link = Link.objects.order_by("id")[1]
        with connection.cursor() as cursor:
            values = [timezone.now(), link.pk, link.digest, batch.cutoff, 2, 0, batch.pk, "0" * 64]
            cursor.execute("SELECT audit_thin(%s, %s, %s, %s, %s, %s, %s, %s)", values)
        assert audit.verify() == audit.Verdict(0, Checkpoint.objects.get().pk, "checkpoint")


class TestTampering:
    """Somebody with the owner's password, after entries were thinned by their rule."""

    def thinned(self) -> None:
        old_entries(6)
        young_entries(4)
        carry_out(disposal().pk, most=3)
        audit.seal()
        assert audit.verify().broken is None

    @pytest.mark.parametrize("column", ["at", "link", "digest", "cutoff", "removed", "kept", "batch", "signature"])
    def test_property_06_altered_checkpoint_is_found(self, column):
        self.thinned()
        value = {
            "at": "at - interval '1 second'", "link": "link - 1", "digest": "repeat('1', 64)",
            "cutoff": "cutoff - interval '1 day'", "removed": "removed + 1", "kept": "kept + 1",
            "batch": "gen_random_uuid()", "signature": "repeat('2', 64)",
        }[column]  # fmt: skip
        newest = Checkpoint.objects.latest("id").pk
        as_owner(f"UPDATE audit_checkpoint SET {column} = {value} WHERE id = %s", newest)
        assert audit.verify() == audit.Verdict(0, newest, "checkpoint")

    def test_property_06_removed_checkpoint_is_found(self):
        self.thinned()
        first, last = Checkpoint.objects.order_by("id")
        as_owner("DELETE FROM audit_checkpoint WHERE id = %s", first.pk)
        assert audit.verify() == audit.Verdict(0, last.pk, "checkpoint")

    def test_property_06_removed_newest_checkpoint_is_found(self):
        self.thinned()
        as_owner("DELETE FROM audit_checkpoint WHERE id = %s", Checkpoint.objects.latest("id").pk)
        assert audit.verify().reason == "altered"

    def test_property_06_all_checkpoints_removed_is_found(self):
        self.thinned()
        as_owner("DELETE FROM audit_checkpoint")
        assert audit.verify().reason == "altered"

    def test_property_06_more_removed_than_the_checkpoint_says_is_found(self):
        self.thinned()
        first = Link.objects.order_by("id")[0]
        as_owner("DELETE FROM audit_link WHERE id = %s", first.pk)
        as_owner("DELETE FROM audit_entry WHERE id = %s", first.entry_id)
        assert audit.verify().reason == "altered"

    def test_property_06_removed_link_that_is_put_back_is_found(self):
        self.thinned()
        as_owner("INSERT INTO audit_link (id, entry_id, digest) OVERRIDING SYSTEM VALUE VALUES (1, 1, '0')")
        assert audit.verify() == audit.Verdict(0, 1, "returned")

    def test_property_06_removed_entry_that_is_put_back_is_found(self):
        self.thinned()
        as_owner("INSERT INTO audit_entry (id, at, action, model, object_id, fields, purpose, request_id)"
                 " OVERRIDING SYSTEM VALUE VALUES (1, now(), 'read', '', '', '', 'own', '')")  # fmt: skip
        assert audit.verify() == audit.Verdict(Link.objects.count(), 1, "unlinked")

    def test_nothing_is_removed_over_evidence_of_tampering(self):
        entries = old_entries(6)
        as_owner("UPDATE audit_entry SET purpose = 'own' WHERE id = %s", entries[3].pk)
        with pytest.raises(ChainBroken):
            carry_out(disposal().pk)
        assert Entry.objects.filter(pk__in=[entry.pk for entry in entries]).count() == 6
        assert DisposalBatch.objects.get().state == BatchState.APPROVED


def test_young_entries_never_go_however_often_it_runs():
    old_entries(2)
    young_entries(5)
    batch = disposal()
    before = Entry.objects.filter(at__gt=timezone.now() - timedelta(days=1)).count()
    for _time in range(3):
        carry_out(batch.pk)
    assert Entry.objects.filter(at__gt=timezone.now() - timedelta(days=1)).count() >= before
    assert DisposalBatch.objects.get().state == BatchState.DONE
