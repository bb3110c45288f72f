"""Two people in one group who must not meet: found after both had their place, or after one began to lead. Whoever is
asked and may still say yes counts as if they had.

For coordinators of the region in which the pair was noted, and for nobody else ([NH] rule 24). A group of another
region is shown to them too: it is their person who is in danger, and nobody there may know.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from groups.choices import RUNNING
from groups.dates import still_to_come
from groups.models import GroupLead, Invitation, Membership, PeerGroup
from groups.models_conflicts import ConflictCare
from intake.models import KeepApart
from psp.models import User


@dataclass(frozen=True, slots=True)
class Conflict:
    """`accounts`: the two. `meets`: when the group meets next, None where no session is planned."""

    apart: UUID
    group: PeerGroup
    accounts: tuple[UUID, UUID]
    meets: datetime | None
    care: ConflictCare | None


def pairs(reader: User) -> QuerySet[Any]:
    """Pairs that hold, with the accounts of the two, as far as the reader may know."""
    rows = KeepApart.objects.visible_to(reader).in_force().filter(other__isnull=False)
    return rows.values_list("pk", "person_id", "other_id")


def conflicts(reader: User) -> list[Conflict]:
    return conflicts_of(list(pairs(reader)))


def conflicts_of(found: Sequence[tuple[UUID, UUID, UUID]]) -> list[Conflict]:
    """Those among the pairs (id, account, account) that share a running group; the group that meets soonest first."""
    shared = [(apart, group, (one, other)) for apart, one, other, group in _shared(found)]
    groups = PeerGroup.objects.select_related("program_region").in_bulk({group for _apart, group, _two in shared})
    coming = still_to_come(groups.keys())
    meets = {group: min(dates)[0] for group, dates in coming.items() if dates}
    rows = ConflictCare.objects.filter(apart__in=[apart for apart, _group, _two in shared]).select_related("by")
    care = {(row.apart_id, row.group_id): row for row in rows} if shared else {}
    made = [
        Conflict(apart, groups[group], two, meets.get(group), care.get((apart, group)))
        for apart, group, two in shared
    ]  # fmt: skip
    return sorted(made, key=lambda one: (one.meets is None, one.meets or one.group.created_at, one.group.pk))


def _shared(found: Sequence[tuple[UUID, UUID, UUID]]) -> Iterable[tuple[UUID, UUID, UUID, UUID]]:
    if not found:
        return
    accounts = {account for _apart, one, other in found for account in (one, other)}
    member_of, leads = _places(accounts), _leads(accounts)
    for apart, one, other in found:
        together = member_of[one] & (member_of[other] | leads[other]) | member_of[other] & leads[one]
        for group in sorted(together):
            yield apart, one, other, group


def _places(accounts: set[UUID]) -> dict[UUID, set[UUID]]:
    rows = Membership.objects.active().filter(participant__user__in=accounts, group__state__in=RUNNING)
    asked = Invitation.objects.open().filter(participant__user__in=accounts)
    pair = ("participant__user_id", "group_id")
    return _by_account([*rows.values_list(*pair), *asked.values_list(*pair)])


def _leads(accounts: set[UUID]) -> dict[UUID, set[UUID]]:
    rows = GroupLead.objects.filter(user__in=accounts, group__state__in=RUNNING)
    asked = Invitation.objects.open().filter(user__in=accounts)
    return _by_account([*rows.values_list("user_id", "group_id"), *asked.values_list("user_id", "group_id")])


def _by_account(rows: Iterable[tuple[UUID, UUID]]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for account, group in rows:
        found[account].add(group)
    return found
