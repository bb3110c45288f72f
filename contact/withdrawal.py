"""A withdrawn consent takes effect at once: what waits for the person is taken back ([NH Annex F] rule 22)."""

from __future__ import annotations

from consent.choices import ConsentPurpose
from consent.hooks import on_withdrawal
from contact.services import cancel_messages
from psp.models import User

STOPS_MESSAGES = frozenset({ConsentPurpose.CONTACT_EMAIL, ConsentPurpose.TAKING_PART})


def stop_messages(*, person: User, purpose: str) -> None:
    """Codes that the person asks for go on: they must be able to sign in."""
    if purpose in STOPS_MESSAGES:
        cancel_messages(person=person, reason="consent_withdrawn")


def subscribe() -> None:
    on_withdrawal(stop_messages)
