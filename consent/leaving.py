"""Leaving the program: everything that a person agreed to ends at once, and everything that hangs on it.

What hangs on it (application, meetings, places in groups, messages) ends through `consent.hooks`, in the same
transaction ([NH Annex F] rule 22).
"""

from __future__ import annotations

from django.db import transaction

from consent import hooks
from consent.choices import ConsentPurpose
from consent.models import Consent
from consent.permissions import can_withdraw_consent
from consent.services import withdraw
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import require
from psp.models import User


@transaction.atomic
def leave_program(*, person: User, by: User) -> int:
    """End every consent; returns how many stood. No reason is asked, and leaving twice changes nothing."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    require(can_withdraw_consent(by, person), "leave_program")
    ended = sum(withdraw(person=person, purpose=purpose, by=by) for purpose in ConsentPurpose.values)
    # Also for somebody whose consent to taking part ended before, or was never signed: nothing may go on.
    hooks.withdrawn(person=person, purpose=ConsentPurpose.TAKING_PART)
    audit.record(Action.CHANGE, Consent, person=person.pk, purpose=Purpose.CONSENT, fields=("left",))
    return ended
