"""Who may sign, withdraw, and put their name beside a signature."""

from __future__ import annotations

from psp.choices import Role
from psp.models import User
from psp.sight import is_coordinator, sight_of


def can_withdraw_consent(by: User, person: User) -> bool:
    """The person, always and at once; a coordinator for somebody who asks by phone.

    The caller answers for the region: the file is visible to `by`.
    """
    return by.pk == person.pk or is_coordinator(by)


def can_countersign_consent(by: User, person: User) -> bool:
    """A coordinator, never the person themselves. The caller answers for the region (the file is visible to `by`)."""
    return is_coordinator(by) and by.pk != person.pk


def can_edit_texts(by: User) -> bool:
    """Administrators, as for every text that holds for the whole program."""
    return sight_of(by).has(Role.ADMINISTRATOR)
