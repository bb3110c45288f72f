"""When a consent was last used: signed, counter-signed, withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from consent.models import Consent
from privacy.retention import LastUse, Used, add_last_use
from privacy.retention_floor import newest


def signatures(people: Collection[UUID]) -> Iterable[Used]:
    mine = Consent.objects.filter(person__in=people)
    yield from newest(mine, "person_id", "signed_at")
    yield from newest(mine, "person_id", "countersignature__at")
    yield from newest(mine, "person_id", "withdrawal__at")


def register() -> None:
    add_last_use(LastUse("signatures", signatures))
