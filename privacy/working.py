"""When somebody of the team, or a peer supporter, worked here: their file goes some time after they stopped.

Work ends when the account is closed or the last role is taken away. Both are read from the history of accounts and
roles; that of roles stays as long as the file for this reason (`privacy.datamap_floor`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from privacy.retention import LastUse, Used, add_last_use
from privacy.retention_floor import in_use, newest
from psp.choices import Kind
from psp.models import RoleAssignment, User


def worked(people: Collection[UUID]) -> Iterable[Used]:
    """Nothing about participants: what changes in their account is no use of their file."""
    team = list(User.objects.filter(pk__in=people).exclude(kind=Kind.PARTICIPANT).values_list("pk", flat=True))
    if not team:
        return
    yield from newest(User.objects.filter(pk__in=team), "pk", "last_login")
    yield from newest(User.history.filter(id__in=team), "id", "history_date")
    yield from newest(RoleAssignment.history.filter(user_id__in=team), "user_id", "history_date")
    yield from in_use(RoleAssignment.objects.filter(user__in=team, user__is_active=True), "user_id")


def works_here(person: User) -> bool:
    """By an account that is open and has a role. `erasure_after_the_work` keeps whoever does from being erased."""
    return person.is_active and RoleAssignment.objects.filter(user=person).exists()


def register() -> None:
    add_last_use(LastUse("work", worked))
