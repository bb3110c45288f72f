"""The arrangement of a forming as it stands, held against the pool as it is now. Reads only.

Used by the board, by every change of it, and once more before invitations are sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, overload
from uuid import UUID

from django.db.models import QuerySet

from groups.choices import FormingState, LeadRole
from groups.forming_checks import Fault, Misfit, Shape, group_faults, lead_misfits, person_misfits
from groups.may_lead import able_staff
from groups.models import Forming, FormingGroup, FormingLead, FormingPlace
from groups.pool import Pool, pool_of, series_from
from intake.models import KeepApart, Participant
from psp.models import User
from supporters.joining.former import met_before


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


class Outside(Sequence[FormingPlace]):
    """Those who are in none of the groups, longest waiting first. Read in slices: there may be thousands."""

    def __init__(self, forming: Forming) -> None:
        rows = FormingPlace.objects.filter(forming=forming, group__isnull=True, excluded=False)
        self._rows = with_people(rows)

    @cached_property
    def _count(self) -> int:
        return int(self._rows.count())

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> FormingPlace: ...

    @overload
    def __getitem__(self, at: slice) -> list[FormingPlace]: ...

    def __getitem__(self, at: int | slice) -> FormingPlace | list[FormingPlace]:
        return list(self._rows[at]) if isinstance(at, slice) else self._rows[at]

    def __iter__(self) -> Iterator[FormingPlace]:
        return iter(self._rows)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """`gone`: participants who left the pool meanwhile, with a place in a group still or without: asked for another
    group by somebody else, withdrawn, emptied."""

    forming: Forming
    pool: Pool
    groups: tuple[Arranged, ...]
    unplaced: Outside
    excluded: tuple[FormingPlace, ...]
    gone: frozenset[UUID]

    @property
    def placed(self) -> int:
        return sum(len(one.places) for one in self.groups)

    def group(self, pk: UUID) -> Arranged | None:
        return next((one for one in self.groups if one.group.pk == pk), None)


def with_people(places: QuerySet[Any]) -> QuerySet[Any]:
    """With the names and provinces at hand."""
    return places.select_related("participant__user", "participant__region")


def arrangement_of(forming: Forming, pool: Pool | None = None) -> Arrangement:
    """In a constant number of queries, also with thousands of people."""
    pool = pool or pool_of(forming)
    rows = FormingPlace.objects.filter(forming=forming)
    places = list(with_people(rows.filter(group__isnull=False)))
    leads = list(FormingLead.objects.filter(group__forming=forming).select_related("user").order_by("role", "pk"))
    groups = list(FormingGroup.objects.filter(forming=forming).select_related("region").order_by("number"))
    everybody = [] if forming.state == FormingState.SENT else rows.values_list("participant_id", flat=True)
    return Arrangement(
        forming, pool, _arranged(forming, pool, groups, places, leads), Outside(forming),
        tuple(with_people(rows.filter(excluded=True))),
        frozenset(one for one in everybody if one not in pool.by_participant),
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
        self.shapes, self.pool = shapes, pool
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
            away, person = self.pool.away.get(str(account), set()), self.pool.by_participant.get(place.participant_id)
            found[account] = person_misfits(person, self.shapes[group], away=away)
        for lead in leads:
            if lead.role == LeadRole.FACILITATOR:
                others = [self.shapes[one].series for one in self.led[lead.user_id] if one != group]
                away = self.pool.away.get(str(lead.user_id), set())
                leader = self.pool.by_lead.get(lead.user_id)
                found[lead.user_id] = lead_misfits(leader, self.shapes[group], away=away, others=others)
        return {account: misfits for account, misfits in found.items() if misfits}


# One change -------------------------------------------------------------------------------------------------


def may_join(forming: Forming, place: FormingPlace, group: FormingGroup) -> tuple[Misfit, ...]:
    """Reasons against moving this person of the pool into that group."""
    if place.group_id == group.pk:
        return ()
    person = pool_of(forming, only=[place.participant_id]).by_participant.get(place.participant_id)
    account = place.participant.user_id
    away = _away_from(account) | {str(one) for one in met_before(None, [account])}
    return person_misfits(person, _shape(forming, group), away=away, most=forming.max_size)


def may_lead(forming: Forming, user: User, group: FormingGroup, role: str) -> tuple[Misfit, ...]:
    """Reasons against letting this account lead that group. A clinician arranges the times with the coordinator."""
    shape = _shape(forming, group)
    met = met_before([user.pk], [UUID(one) for one in shape.accounts]).get(user.pk, set())
    away = _away_from(user.pk) | {str(one) for one in met}
    if role == LeadRole.CLINICIAN:
        stands = able_staff(user.pk)
        return (*(() if stands else (Misfit.NOT_LEADING,)), *((Misfit.ELSEWHERE,) if away & shape.accounts else ()))
    led = FormingGroup.objects.filter(forming=forming, leads__user=user).exclude(pk=group.pk)
    # Whoever waits for a group here themselves leads none.
    own = Participant.objects.filter(user=user).values_list("pk", flat=True)
    lead = pool_of(forming, only=list(own)).by_lead.get(user.pk)
    return lead_misfits(lead, shape, away=away, others=[series_from(forming, one) for one in led])


def _shape(forming: Forming, group: FormingGroup) -> Shape:
    places = FormingPlace.objects.filter(group=group).select_related("participant")
    return shape_of(forming, group, list(places), list(FormingLead.objects.filter(group=group)))


def _away_from(account: UUID) -> set[str]:
    return {str(one) for one in KeepApart.objects.away_from(account)}
