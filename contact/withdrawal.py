"""A withdrawn consent takes effect at once: what waits for the person is taken back ([NH Annex F] rule 22)."""

from __future__ import annotations

from consent.choices import CONTACT_PURPOSES, ConsentPurpose
from consent.hooks import on_withdrawal
from consent.models import Consent
from contact.services import cancel_messages
from psp.models import User


def stop_messages(*, person: User, purpose: str) -> None:
    """Codes that the person asks for go on: they must be able to sign in.

    While another way of reaching them is agreed to, what waits is left alone: it asks by which way when it goes.
    """
    last_way = purpose in CONTACT_PURPOSES and not Consent.objects.purposes_of(person) & set(CONTACT_PURPOSES)
    if purpose == ConsentPurpose.TAKING_PART or last_way:
        cancel_messages(person=person, reason="consent_withdrawn")


def subscribe() -> None:
    on_withdrawal(stop_messages)
