"""Groups in which two people are who must not meet: noted after both were in it. For coordinators of the region."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from groups.choices import RUNNING
from groups.models import GroupLead, Membership, PeerGroup
from intake.models import KeepApart
from psp.models import User


def pairs(reader: User) -> QuerySet[Any]:
    """Accounts of two who must not meet, as far as the reader may know."""
    rows = KeepApart.objects.visible_to(reader).in_force().filter(other__isnull=False)
    return rows.values_list("person_id", "other_id")


def groups_to_mend(reader: User) -> list[PeerGroup]:
    """As far as the reader may know of both the pair and the group; the names of the two are not told here."""
    return shared_groups(reader, list(pairs(reader)))


def shared_groups(reader: User, found: list[Any]) -> list[PeerGroup]:
    """`groups_to_mend` for pairs that were read before."""
    if not found:
        return []
    accounts = {account for pair in found for account in pair}
    member_of, leads = _places(accounts), _leads(accounts)
    shared: set[UUID] = set()
    for one, other in found:
        shared |= member_of[one] & (member_of[other] | leads[other])
        shared |= member_of[other] & leads[one]
    return list(PeerGroup.objects.in_regions_of(reader).filter(pk__in=shared).order_by("created_at"))


def _places(accounts: set[UUID]) -> dict[UUID, set[UUID]]:
    rows = Membership.objects.active().filter(participant__user__in=accounts, group__state__in=RUNNING)
    return _by_account(list(rows.values_list("participant__user_id", "group_id")))


def _leads(accounts: set[UUID]) -> dict[UUID, set[UUID]]:
    rows = GroupLead.objects.filter(user__in=accounts, group__state__in=RUNNING)
    return _by_account(list(rows.values_list("user_id", "group_id")))


def _by_account(rows: list[tuple[UUID, UUID]]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for account, group in rows:
        found[account].add(group)
    return found
