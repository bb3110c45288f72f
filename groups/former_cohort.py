"""What those who look after supporters ask about groups that somebody was in: with whom, and until when."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from groups.choices import RUNNING, GroupState, MembershipState
from groups.dates import dates_of
from groups.models import Membership
from supporters.joining.cooling import Past, add_has_past, add_past
from supporters.joining.former import Shared, add_shared

# Places of people who left count too: they met. An emptied file is nobody's any more.
TOGETHER = """
SELECT DISTINCT one.user_id, other.user_id
  FROM intake_participant one
  JOIN groups_membership mine ON mine.participant_id = one.id
  JOIN groups_membership theirs ON theirs.group_id = mine.group_id AND theirs.participant_id <> mine.participant_id
  JOIN intake_participant other ON other.id = theirs.participant_id AND other.emptied_at IS NULL
 WHERE one.user_id = ANY(%s)
"""


def together(accounts: Collection[UUID]) -> Shared:
    with connection.cursor() as cursor:
        cursor.execute(TOGETHER, [list(accounts)])
        found: list[tuple[UUID, UUID]] = cursor.fetchall()
    return found


def past_of(accounts: Collection[UUID]) -> Iterable[Past]:
    """Groups that are over, by the last day on which somebody was in them; and whether one goes on."""
    places = Membership.objects.filter(participant__user__in=accounts).select_related("group", "participant")
    return [Past(place.participant.user_id, _goes_on(place), _until(place)) for place in places]


def _goes_on(place: Any) -> bool:
    return bool(place.state == MembershipState.MEMBER and place.group.state in RUNNING)


def _until(place: Any) -> date | None:
    """The day on which they left, else the day of the last session. A group that never began leaves nothing behind."""
    group = place.group
    if place.left_at is not None:
        return timezone.localdate(place.left_at) if group.established_at or group.opened_at else None
    if group.state == GroupState.FORMING or not (group.established_at or group.opened_at):
        return None
    dates = dates_of(group)
    return timezone.localdate(dates[-1][1]) if dates else None


def has_been(account: UUID) -> bool:
    """Whether a group is behind them, over or left."""
    theirs = Membership.objects.filter(participant__user_id=account)
    return theirs.exclude(state=MembershipState.MEMBER, group__state__in=RUNNING).exists()


def register() -> None:
    add_shared(together)
    add_past(past_of)
    add_has_past(has_been)
