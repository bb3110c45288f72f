"""Who among several people may be written to by e-mail, as far as they decided: asked before queueing, for a summary.

The outbox asks again, for each message, when it sends.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from consent.choices import ConsentPurpose
from consent.models import Consent
from contact.models import SafeContact
from contact.rules import Channel, SafeContactChoice, may_send
from psp.models import User

NO_ADDRESS = "no_address"
EMAIL = frozenset({Channel.EMAIL.value})
NOTHING: frozenset[str] = frozenset()


def unreachable_by_email(people: Collection[User], now: datetime) -> dict[UUID, str]:
    """Person → why they may not be written to (a `contact.rules.Refusal`, or "no_address"); the others are left out.

    Hours that are not safe are no refusal: a message waits for them.
    """
    ids = [person.pk for person in people]
    choices = SafeContact.objects.in_bulk(ids)
    agreed = Consent.objects.agreeing(ids, ConsentPurpose.CONTACT_EMAIL)
    found = {}
    for person in people:
        reason = _refusal(person, choices.get(person.pk), person.pk in agreed, now)
        if reason:
            found[person.pk] = reason
    return found


def _refusal(person: User, choices: SafeContact | None, agreed: bool, now: datetime) -> str:
    choice = SafeContactChoice(
        safe_channels=EMAIL if choices is not None and choices.email_safe else NOTHING,
        consented_channels=EMAIL if agreed else NOTHING,
        recheck_on=choices.recheck_on if choices is not None else None,
        do_not_contact=choices is not None and choices.do_not_contact,
    )
    decision = may_send(choice, channel=Channel.EMAIL, now=now, tz=person.time_zone)
    if not decision.allowed:
        return str(decision.reason)
    return "" if person.email_index else NO_ADDRESS
