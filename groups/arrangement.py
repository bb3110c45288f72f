"""The arrangement of a forming as it stands, held against the pool as it is now. Reads only.

Used by the board, by every change of it, and once more before invitations are sent.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from groups.choices import FormingState, LeadRole
from groups.forming_checks import Fault, Misfit, Shape, group_faults, lead_misfits, person_misfits
from groups.models import Forming, FormingGroup, FormingLead, FormingPlace
from groups.pool import Pool, pool_of, series_from
from intake.models import KeepApart
from psp.models import User


@dataclass(frozen=True, slots=True)
class Arranged:
    """One group of the arrangement. `misfits`: by account, for people and leads who do not fit (any more)."""

    group: FormingGroup
    shape: Shape
    places: tuple[FormingPlace, ...]
    leads: tuple[FormingLead, ...]
    faults: tuple[Fault, ...]
    misfits: dict[UUID, tuple[Misfit, ...]]

    @property
    def ready(self) -> bool:
        return not self.faults and not self.misfits


@dataclass(frozen=True, slots=True)
class Arrangement:
    """`unplaced`: in none of the groups, longest waiting first. `gone`: participants who left the pool meanwhile, with
    a place in a group still or without: invited by somebody else, withdrawn, emptied."""

    forming: Forming
    pool: Pool
    groups: tuple[Arranged, ...]
    unplaced: tuple[FormingPlace, ...]
    excluded: tuple[FormingPlace, ...]
    gone: frozenset[UUID]

    @property
    def placed(self) -> int:
        return sum(len(one.places) for one in self.groups)

    def group(self, pk: UUID) -> Arranged | None:
        return next((one for one in self.groups if one.group.pk == pk), None)


def arrangement_of(forming: Forming, pool: Pool | None = None) -> Arrangement:
    """In a constant number of queries, also with thousands of people."""
    pool = pool or pool_of(forming)
    places = list(
        FormingPlace.objects.filter(forming=forming).select_related("participant__user", "participant__region")
    )
    leads = list(FormingLead.objects.filter(group__forming=forming).select_related("user").order_by("role", "pk"))
    groups = list(FormingGroup.objects.filter(forming=forming).select_related("region").order_by("number"))
    known = {one.participant_id for one in pool.people}
    gone = () if forming.state == FormingState.SENT else (one for one in places if one.participant_id not in known)
    return Arrangement(
        forming, pool, _arranged(forming, pool, groups, places, leads),
        tuple(one for one in places if one.group_id is None and not one.excluded),
        tuple(one for one in places if one.excluded), frozenset(one.participant_id for one in gone),
    )  # fmt: skip


def _arranged(
    forming: Forming, pool: Pool, groups: list[FormingGroup], places: list[FormingPlace], leads: list[FormingLead]
) -> tuple[Arranged, ...]:
    inside: dict[UUID, list[FormingPlace]] = defaultdict(list)
    leading: dict[UUID, list[FormingLead]] = defaultdict(list)
    for place in places:
        if place.group_id is not None:
            inside[place.group_id].append(place)
    for lead in leads:
        leading[lead.group_id].append(lead)
    shapes = {one.pk: shape_of(forming, one, inside[one.pk], leading[one.pk]) for one in groups}
    checks = _Checks(forming, pool, shapes, leads)
    return tuple(
        Arranged(
            one, shapes[one.pk], tuple(inside[one.pk]), tuple(leading[one.pk]),
            faults_of(forming, shapes[one.pk]), checks.misfits(one.pk, inside[one.pk], leading[one.pk]),
        )
        for one in groups
    )  # fmt: skip


def shape_of(
    forming: Forming, group: FormingGroup, places: list[FormingPlace], leads: list[FormingLead]
) -> Shape:  # fmt: skip
    """The group as the checks see it; places come with their participants."""
    accounts = {str(one.participant.user_id) for one in places} | {str(one.user_id) for one in leads}
    facilitators = sum(one.role == LeadRole.FACILITATOR for one in leads)
    return Shape(
        series_from(forming, group), group.language, group.modality, group.region_id, group.composition,
        frozenset(accounts), len(places), facilitators,
    )  # fmt: skip


def faults_of(forming: Forming, shape: Shape) -> tuple[Fault, ...]:
    return group_faults(
        shape.size, shape.leads, least=forming.min_size, most=forming.max_size, needed=forming.facilitators
    )


class _Checks:
    """Everybody of the arrangement against their group, with what is asked often at hand."""

    def __init__(self, forming: Forming, pool: Pool, shapes: dict[UUID, Shape], leads: list[FormingLead]) -> None:
        # Once they are invited, people wait for their answer and for nothing else: nobody fits any more.
        self.settled = forming.state == FormingState.SENT
        self.shapes = shapes
        self.people = {one.participant_id: one for one in pool.people}
        self.leaders = {one.user_id: one for one in pool.leaders}
        self.away: dict[str, set[str]] = defaultdict(set)
        for one, other in pool.apart:
            self.away[one].add(other)
            self.away[other].add(one)
        self.led: dict[UUID, list[UUID]] = defaultdict(list)
        for lead in leads:
            self.led[lead.user_id].append(lead.group_id)

    def misfits(
        self, group: UUID, places: list[FormingPlace], leads: list[FormingLead]
    ) -> dict[UUID, tuple[Misfit, ...]]:
        found: dict[UUID, tuple[Misfit, ...]] = {}
        if self.settled:
            return found
        for place in places:
            account = place.participant.user_id
            away = self.away.get(str(account), set())
            found[account] = person_misfits(self.people.get(place.participant_id), self.shapes[group], away=away)
        for lead in leads:
            if lead.role == LeadRole.FACILITATOR:
                others = [self.shapes[one].series for one in self.led[lead.user_id] if one != group]
                away = self.away.get(str(lead.user_id), set())
                leader = self.leaders.get(lead.user_id)
                found[lead.user_id] = lead_misfits(leader, self.shapes[group], away=away, others=others)
        return {account: misfits for account, misfits in found.items() if misfits}


def may_join(arrangement: Arrangement, place: FormingPlace, group: UUID) -> tuple[Misfit, ...]:
    """Reasons against moving this person of the pool into that group."""
    found = arrangement.group(group)
    assert found is not None
    if place.group_id == group:
        return ()
    pool, account = arrangement.pool, place.participant.user_id
    return person_misfits(
        pool.person(place.participant_id), found.shape, away=pool.away_from(account), most=arrangement.forming.max_size
    )


def may_lead(arrangement: Arrangement, user: User, group: UUID, role: str = LeadRole.FACILITATOR) -> tuple[Misfit, ...]:
    """Reasons against letting this account lead that group. A clinician arranges the times with the coordinator."""
    found = arrangement.group(group)
    assert found is not None
    pool = arrangement.pool
    if role == LeadRole.CLINICIAN:
        away = {str(one) for one in KeepApart.objects.away_from(user.pk)}
        return (Misfit.ELSEWHERE,) if away & found.shape.accounts else ()
    others = [
        one.shape.series for one in arrangement.groups
        if one.group.pk != group and any(lead.user_id == user.pk for lead in one.leads)
    ]  # fmt: skip
    return lead_misfits(pool.lead(user.pk), found.shape, away=pool.away_from(user.pk), others=others)


def fitting_groups(arrangement: Arrangement, place: FormingPlace) -> dict[UUID, tuple[Misfit, ...]]:
    """For a "Move to…" list: each other group with the reasons against it (empty: the person fits)."""
    return {
        one.group.pk: may_join(arrangement, place, one.group.pk)
        for one in arrangement.groups
        if one.group.pk != place.group_id
    }
