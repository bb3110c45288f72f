"""Who may sign, withdraw, and put their name beside a signature."""

from __future__ import annotations

from psp.models import User
from psp.sight import is_coordinator


def can_withdraw_consent(by: User, person: User) -> bool:
    """The person, always and at once; a coordinator for somebody who asks by phone.

    The caller answers for the region: the file is visible to `by`.
    """
    return by.pk == person.pk or is_coordinator(by)


def can_countersign_consent(by: User, person: User) -> bool:
    """A coordinator, never the person themselves. The caller answers for the region (the file is visible to `by`)."""
    return is_coordinator(by) and by.pk != person.pk
