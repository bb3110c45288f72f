"""The access log: append-only for the application, sealed in batches, and honest about tampering (`security.md` 6)."""

from __future__ import annotations

import os
import threading
from datetime import UTC
from uuid import uuid4

import psycopg
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from psp.audit import services as audit
from psp.audit.chain import CANONICAL, COLUMNS, canonical
from psp.audit.choices import Action, Purpose
from psp.audit.models import Entry, Link, Unsealed

pytestmark = pytest.mark.django_db


def write(count: int = 3) -> list[Entry]:
    for _ in range(count):
        audit.record(Action.READ, person=uuid4(), purpose=Purpose.INTAKE, fields=("name",))
    return list(Entry.objects.order_by("id"))


def as_owner(statement: str, *values: object) -> None:
    """What somebody with the owner's password could do: switch the triggers off and change a row."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        owner.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        owner.execute("ALTER TABLE audit_link DISABLE TRIGGER USER")
        owner.execute(statement.encode(), values)
        owner.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")
        owner.execute("ALTER TABLE audit_link ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET fields = ''",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "UPDATE audit_link SET digest = ''",
        "DELETE FROM audit_link",
    ],
)
def test_property_06_application_role_can_neither_change_nor_delete_audit_rows(statement):
    write()
    audit.seal()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Entry.objects.count() == 3


def test_property_06_owner_needs_to_switch_the_trigger_off_too():
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        owner.execute("INSERT INTO audit_entry (at, action, model, object_id, fields, purpose, request_id)"
                      " VALUES (now(), 'read', '', '', '', 'own', '')")  # fmt: skip
        with pytest.raises(psycopg.Error, match="append-only"):
            owner.execute("DELETE FROM audit_entry")


def test_chain_holds_after_sealing_in_several_batches(monkeypatch):
    monkeypatch.setattr(audit, "SEAL_BATCH", 4)
    write(11)
    assert audit.seal() == 11
    assert audit.verify() == audit.Verdict(checked=11, broken=None)
    assert not Unsealed.objects.exists()


AWKWARD = st.sampled_from('"\\/\b\f\n\r\t\x7f')
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]) | AWKWARD)
MOMENTS = st.datetimes(timezones=st.just(UTC))
ENTRIES = st.builds(
    Entry, at=MOMENTS | MOMENTS.map(lambda at: at.replace(microsecond=0)), action=st.sampled_from(Action.values),
    actor=st.none() | st.uuids(), person=st.none() | st.uuids(),
    **{name: TEXT.map(lambda text: text[:16]) for name in ("model", "object_id", "fields", "purpose", "request_id")},
)  # fmt: skip


@given(st.lists(ENTRIES, min_size=1, max_size=20))
@settings(max_examples=40, deadline=None)
def test_property_06_database_and_program_agree_on_the_bytes_of_any_entry(entries):
    made = Entry.objects.bulk_create(entries)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, {CANONICAL} FROM audit_entry entry WHERE id >= %s ORDER BY id", [made[0].pk])
        found = dict(cursor.fetchall())
    rows = Entry.objects.filter(pk__in=found).order_by("id").values_list(*COLUMNS)
    assert [found[row[0]].encode() for row in rows] == [canonical(row) for row in rows]
    assert len(rows) == len(entries)


def test_every_new_entry_waits_for_its_seal_even_when_written_in_plain_sql():
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO audit_entry (at, action, model, object_id, fields, purpose, request_id)"
                       " VALUES (now(), 'read', '', '', '', 'own', '')")  # fmt: skip
    assert Unsealed.objects.count() == 1


def test_entry_is_gone_with_the_transaction_that_failed():
    with transaction.atomic():
        write(1)
        transaction.set_rollback(True)
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestTampering:
    def test_property_06_altered_entry_is_found(self):
        entries = write(5)
        audit.seal()
        as_owner("UPDATE audit_entry SET actor = gen_random_uuid() WHERE id = %s", entries[2].pk)
        assert audit.verify() == audit.Verdict(checked=2, broken=entries[2].pk, reason="altered")

    def test_property_06_removed_entry_is_found(self):
        entries = write(5)
        audit.seal()
        as_owner("DELETE FROM audit_entry WHERE id = %s", entries[1].pk)
        assert audit.verify().broken == entries[1].pk

    def test_property_06_removed_link_is_found(self):
        entries = write(5)
        audit.seal()
        as_owner("DELETE FROM audit_link WHERE entry_id = %s", entries[4].pk)
        verdict = audit.verify()
        assert (verdict.broken, verdict.reason) == (entries[4].pk, "unlinked")

    def test_property_06_entry_slipped_in_is_found(self):
        write(2)
        audit.seal()
        as_owner("INSERT INTO audit_entry (at, action, model, object_id, fields, purpose, request_id)"
                 " VALUES (now(), 'read', '', '', '', 'own', '')")  # fmt: skip
        assert audit.verify().reason == "unlinked"

    def test_verify_audit_exits_1_and_names_the_entry(self, capsys):
        entries = write(2)
        audit.seal()
        as_owner("UPDATE audit_entry SET purpose = 'own' WHERE id = %s", entries[0].pk)
        with pytest.raises(SystemExit) as stopped:
            call_command("verify_audit")
        assert stopped.value.code == 1
        assert f"Entry {entries[0].pk} was altered" in capsys.readouterr().err

    def test_two_sealers_at_once_make_one_chain(self):
        write(40)
        failures: list[BaseException] = []

        def work() -> None:
            try:
                audit.seal()
            except BaseException as error:
                failures.append(error)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        assert Link.objects.count() == 40
        assert audit.verify().broken is None

    def test_entries_that_commit_late_are_sealed_later(self):
        """A long transaction with an earlier number must not break the chain."""
        late = psycopg.connect(os.environ["DATABASE_URL"])
        late.execute("INSERT INTO audit_entry (at, action, model, object_id, fields, purpose, request_id)"
                     " VALUES (now(), 'read', '', '', '', 'own', '')")  # fmt: skip
        write(3)
        audit.seal()
        late.commit()
        late.close()
        audit.seal()
        assert audit.verify() == audit.Verdict(checked=4, broken=None)
