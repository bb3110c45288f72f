"""Whether a call about a group is safe, for the person's page and for whoever would call."""

from __future__ import annotations

from contact.choosing import standing_choice
from contact.rules import Channel
from contact.services import safe_contact_of
from psp.models import User


def call_is_safe(person: User) -> bool:
    """Whether the person said so and agreed to being called; at which hour is asked when somebody calls."""
    choice = standing_choice(safe_contact_of(person))
    ways = choice.safe_channels & choice.consented_channels
    return Channel.PHONE in ways and not choice.do_not_contact
