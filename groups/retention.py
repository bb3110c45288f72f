"""When a place in a group was last used: joining, leaving, and as long as the group is running."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from groups.choices import RUNNING, MembershipState
from groups.models import Membership
from privacy.retention import LastUse, Used, add_last_use
from privacy.retention_floor import in_use, newest

PERSON = "participant__user_id"


def memberships(people: Collection[UUID]) -> Iterable[Used]:
    mine = Membership.objects.filter(participant__user__in=people)
    yield from newest(mine, PERSON, "joined_at")
    yield from newest(mine, PERSON, "left_at")
    yield from in_use(mine.filter(state=MembershipState.MEMBER, group__state__in=RUNNING), PERSON)


def register() -> None:
    add_last_use(LastUse("memberships", memberships))
