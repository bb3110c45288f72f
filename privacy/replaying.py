"""After a restore: what the erasure ledger says is done once more, before anybody is let in.

A backup may be older than an erasure. It then holds the person's rows, and the backup of the keys their key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from privacy import ledger
from privacy.choices import ErasureState
from privacy.models import Erasure, Hold
from privacy.services_erasure import carry_out, done_erasures
from psp.crypto import keyring
from psp.keys.models import DataKey
from psp.models import User


@dataclass(frozen=True, slots=True)
class Replayed:
    """`lines` of the ledger, `keys` that were back and are destroyed again, `erased` people whose rows were back."""

    lines: int
    keys: int
    erased: int


def replay() -> Replayed:
    """Destroy every key that the ledger names, then erase the rows. As the owner of the tables; twice is once.

    Raises LedgerBroken before anything is touched.
    """
    known = ledger.lines()
    ledger.check_whole(known, done_erasures())
    # Whoever signed out or lost a role after the moment would be signed in again with the cookie of then.
    Session.objects.all().delete()
    named = {who: line for line in known for who in line.who}
    keys = _destroy_again(named)
    found: dict[str, list[UUID]] = {}
    for account in _all_accounts():
        line = named.get(ledger.who_is(account))
        if line is not None:
            found.setdefault(line.erasure, []).append(account)
    erased = sum(_erase_again(line, found[line.erasure]) for line in known if line.erasure in found)
    return Replayed(len(known), keys, erased)


def _destroy_again(named: Iterable[str]) -> int:
    gone = 0
    wanted = set(named)
    for account in list(DataKey.objects.values_list("person", flat=True).iterator()):
        if ledger.who_is(account) in wanted:
            keyring.destroy(account)
            gone += 1
    return gone


def _all_accounts() -> Iterator[UUID]:
    yield from User.objects.order_by("pk").values_list("pk", flat=True).iterator()


def _erase_again(line: ledger.Line, accounts: list[UUID]) -> bool:
    """Whether there was anything to do: a backup that is newer than the erasure says "done" already."""
    known: Erasure | None = Erasure.objects.filter(pk=line.erasure).first()
    if known is not None and known.state == ErasureState.DONE:
        return False
    if known is None or known.state != ErasureState.APPROVED:
        _approve_again(line, accounts)
    carry_out(UUID(line.erasure))
    return True


@transaction.atomic
def _approve_again(line: ledger.Line, accounts: list[UUID]) -> None:
    """The decision as the ledger has it. Holds and requests of before do not stand against what was done already."""
    at = datetime.fromisoformat(line.at)
    by = [key if key and User.objects.filter(pk=key).exists() else None for key in line.by]
    Hold.objects.standing().filter(person__in=accounts).delete()
    # Something else that was prepared at the time of the backup gives way to what was decided.
    others = Erasure.objects.filter(state=ErasureState.PREPARED, person__in=accounts).exclude(pk=line.erasure)
    others.update(state=ErasureState.STOPPED, ended_at=timezone.now())
    values = {
        "person": accounts[0], "also": accounts[1:], "reference": line.certificate, "cause": line.cause,
        "state": ErasureState.APPROVED, "prepared_by_id": by[0], "prepared_at": at, "approved_by_id": by[1],
        "approved_at": at, "replayed_at": timezone.now(), "ended_at": None,
    }  # fmt: skip
    Erasure.objects.update_or_create(pk=UUID(line.erasure), defaults=values)
