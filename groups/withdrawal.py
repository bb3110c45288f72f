"""A withdrawn consent takes effect at once ([NH Annex F] rule 22): whoever no longer takes part is in no group,
waits for none and is asked for none."""

from __future__ import annotations

from consent.choices import ConsentPurpose
from consent.hooks import on_withdrawal
from groups.services import end_memberships
from groups.services_enrolling import end_queues
from groups.services_inviting import end_invitations
from psp.models import User


def leave_every_group(*, person: User, purpose: str) -> None:
    if purpose == ConsentPurpose.TAKING_PART:
        end_memberships(user=person, by=person)
        end_queues(user=person)
        end_invitations(user=person, by=person)


def subscribe() -> None:
    on_withdrawal(leave_every_group)
