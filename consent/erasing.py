"""What goes with a person: everything that they signed. A trigger lets it go for an approved erasure only."""

from __future__ import annotations

from collections import Counter

from consent.leaving import leave_program
from consent.models import Consent, CounterSignature, Withdrawal
from privacy.erasing import Eraser, add_closer, add_eraser, delete_rows
from psp.models import User


def erase(person: User) -> Counter[str]:
    mine = Consent.objects.filter(person=person)
    done = delete_rows(Withdrawal.objects.filter(consent__in=mine))
    done += delete_rows(CounterSignature.objects.filter(consent__in=mine))
    return done + delete_rows(mine)


def register() -> None:
    add_closer(lambda person, _by: _leave(person))
    models = frozenset({"consent.consent", "consent.withdrawal", "consent.countersignature"})
    add_eraser(Eraser("consents", models, erase, order=50))


def _leave(person: User) -> None:
    """Asking to be deleted is asking to leave: application, places, reminders and results end first, as always."""
    leave_program(person=person, by=person)
