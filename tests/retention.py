"""Files and log entries that are older than any rule, for tests of retention."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import psycopg
from django.utils import timezone

from consent.models import Consent
from intake.models import Participant
from privacy.choices_retention import RecordType
from privacy.disposing import carry_out
from privacy.models import DisposalBatch, RetentionRule
from privacy.services_retention import approve_batch, prepare_batch
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.audit.models import Entry
from psp.models import User
from tests import factories

OLD = timedelta(days=3 * 366 + 366)


def as_owner(statement: str, *values: object) -> None:
    """With every trigger asleep: what was signed never changes otherwise."""
    from psp.embedded.servers import superuser
    from tests.environment import DATA

    with superuser(DATA).connect(os.environ["DATABASE_URL"].rsplit("/", 1)[1]) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(statement.encode(), values)


def a_rule(record_type: str = RecordType.FILE) -> RetentionRule:
    return RetentionRule.objects.in_force().get(record_type=record_type)


def an_old_participant(days: int = OLD.days, **fields: object) -> Participant:
    """A file that nobody has used for so many days. Needs a test with real transactions."""
    person = factories.a_participant(consents=(), **fields)
    made = factories.agree(person.user)
    moment = timezone.now() - timedelta(days=days)
    User.objects.filter(pk=person.user_id).update(date_joined=moment)
    Participant.objects.filter(pk=person.pk).update(created_at=moment)
    as_owner("UPDATE consent_consent SET signed_at = %s WHERE id = %s", moment, made.pk)
    assert Consent.objects.get(pk=made.pk).signed_at == moment
    return person


def approved(batch: DisposalBatch) -> DisposalBatch:
    """By two privacy officers."""
    prepare_batch(batch=batch, by=factories.a_privacy_officer())
    return approve_batch(batch=batch, by=factories.a_privacy_officer())


def old_entries(count: int, *, person: UUID | None = None, at: datetime | None = None) -> list[Entry]:
    """Entries of the access log from long ago, sealed."""
    moment = at or timezone.now() - timedelta(days=4 * 366)
    made = [
        Entry.objects.create(
            at=moment + timedelta(seconds=number), action=Action.READ, model="intake.application",
            object_id=str(number), person=person or uuid4(), purpose=Purpose.INTAKE,
        )
        for number in range(count)
    ]  # fmt: skip
    audit.seal()
    return made


def owner() -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True)


def a_disposal(record_type: str = RecordType.HISTORY) -> DisposalBatch:
    """Proposed, of rows: for pages."""
    rule = a_rule(record_type)
    cutoff = timezone.now() - timedelta(days=31 * rule.months)
    return DisposalBatch.objects.create(
        rule=rule, record_type=record_type, as_of=timezone.localdate(), cutoff=cutoff, found=3
    )


def a_disposal_done(record_type: str = RecordType.MESSAGE) -> DisposalBatch:
    """Nothing was there any more when it was carried out."""
    batch = approved(a_disposal(record_type))
    carry_out(batch.pk)
    return DisposalBatch.objects.get(pk=batch.pk)
