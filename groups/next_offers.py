"""Who comes next for a place that became free in a group which the program forms itself. Reads only.

The order is the waiting list's, and every hard rule of forming groups holds: consent and acceptance, language, way to
meet, company, the province where people meet in person, every single date of the series on the person's own clock,
and nobody beside whom they must not meet. Nobody is asked twice for one group.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from groups.choices import RUNNING, InvitationState, MembershipState
from groups.dates import dates_of
from groups.models import FormingGroup, Invitation, Membership, PeerGroup
from groups.pool_times import attends_all
from groups.querysets import waiting_for_place
from groups.rules_inviting import SECOND_THOUGHTS, further_offers
from groups.services import people_of
from intake.choices import Composition, Modality, careful
from intake.models import KeepApart, Participant
from supporters.joining.former import met_before

SAID_NO = (InvitationState.DECLINED, InvitationState.OTHER_TIME)


def offers_due(group: PeerGroup, now: datetime) -> int:
    """How many more people may be asked now, because others do not come after all."""
    rows = Invitation.objects.filter(group=group, participant__isnull=False)
    freed, offered = set(), set()
    for person, state, sender, answered in rows.values_list("participant", "state", "sent_by", "answered_at"):
        if state == InvitationState.LAPSED or (state in SAID_NO and answered <= now - SECOND_THOUGHTS):
            freed.add(person)
        if sender is None:
            offered.add(person)
    freed |= _left(group)
    coming = set(rows.open().values_list("participant", flat=True))
    coming |= set(Membership.objects.active().filter(group=group).values_list("participant", flat=True))
    return further_offers(freed - coming, offered)


def _left(group: PeerGroup) -> set[UUID]:
    """Who had said yes, and left before the group began."""
    left = Membership.objects.filter(group=group, state=MembershipState.LEFT)
    invited = left.filter(participant__invitations__group=group)
    return set(invited.values_list("participant", flat=True))


def next_ones(group: PeerGroup) -> Iterator[Participant]:
    """Everybody who could have the place, the first one first."""
    starts, here = [start for start, _end in dates_of(group)], people_of(group)
    for person in _possible(group).iterator(chunk_size=200):
        if _suits(person, group) and _is_free(person, group, starts) and not met_before(here, [person.user_id]):
            yield person


def _possible(group: PeerGroup) -> QuerySet[Any]:
    people: QuerySet[Any] = Participant.objects.filter(
        program_region__in=_regions(group), merged_into=None, emptied_at=None, user__is_active=True
    )
    people = people.accepted_for(group.kind).filter(_speaks(group.language), _meets(group))  # type: ignore[attr-defined]
    people = people.exclude(invitations__group=group).exclude(memberships__group=group)
    people = people.exclude(pk__in=_taken(group.kind)).exclude(user__in=_away_from(group))
    waiting = waiting_for_place(people.select_related("user", "preferences"), group.kind)
    return waiting.defer("preferences__accessibility").distinct()


def _regions(group: PeerGroup) -> list[str]:
    """Those from whose people the group was formed."""
    pool = FormingGroup.objects.filter(made=group).values_list("forming__program_regions", flat=True).first()
    return list(pool or [group.program_region_id])


def _speaks(language: str) -> Q:
    """Whoever has not said which languages suit them is understood by the one of their account."""
    not_said = Q(preferences__isnull=True) | Q(preferences__languages=[])
    return Q(preferences__languages__contains=[language]) | (not_said & Q(user__language=language))


def _meets(group: PeerGroup) -> Q:
    suits = Q(modalities=[]) | Q(modalities__contains=[group.modality])
    return suits & Q(region=group.region_id) if group.modality == Modality.IN_PERSON else suits


def _taken(kind: str) -> QuerySet[Any]:
    """Who has a place in a running group of this kind, or is asked to have one."""
    members = Membership.objects.active().filter(group__kind=kind, group__state__in=RUNNING)
    asked = Invitation.objects.open().filter(kind=kind, participant__isnull=False)
    return members.values("participant").union(asked.values("participant"))


def _away_from(group: PeerGroup) -> set[UUID]:
    """Accounts that must not meet somebody who is in the group, leads it, or is asked to."""
    present = set(people_of(group))
    pairs = KeepApart.objects.in_force().filter(Q(person__in=present) | Q(other__in=present), other__isnull=False)
    return {account for pair in pairs.values_list("person_id", "other_id") for account in pair} - present


def _suits(person: Participant, group: PeerGroup) -> bool:
    wished = careful(person.preferences.compositions) if hasattr(person, "preferences") else []
    return group.composition in (wished or [Composition.ANY])


def _is_free(person: Participant, group: PeerGroup, starts: list[datetime]) -> bool:
    """Whoever has not said when they are free is not asked by itself: nobody is offered what may not suit them."""
    if not hasattr(person, "preferences"):
        return False
    return attends_all(person.preferences.availability, person.user.time_zone, starts, group.minutes)
