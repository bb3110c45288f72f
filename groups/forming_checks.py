"""Why somebody does not fit a group that is thought of. Pure: the same rules for the hand as for the engine.

Each reason is something that a coordinator can act on. `ELSEWHERE` covers what is nobody's business on the board:
another group at that time, and people who must not meet. The two are one code, so that neither can be read from it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from groups.pool_times import SeriesTime, attends, meets

if TYPE_CHECKING:
    from groups.pool import PoolLead, PoolPerson

IN_PERSON = "in_person"


class Misfit(StrEnum):
    """In the order in which they are told."""

    GONE = "gone"
    """Does not wait for such a group any more, or was asked for another one meanwhile."""
    NOT_LEADING = "not_leading"
    """Leads nothing here for now: no times, enough groups, another region, or a pause, which is nobody's business."""
    LANGUAGE = "language"
    MODALITY = "modality"
    REGION = "region"
    """In person, and lives in another province."""
    COMPOSITION = "composition"
    NO_TIMES = "no_times"
    """Has not said when they are free."""
    TIME = "time"
    """Cannot come to every session of the series from start to end, on the own clock."""
    ELSEWHERE = "elsewhere"
    FULL = "full"
    LEADS_ENOUGH = "leads_enough"
    """Leads as many groups as they take on, or another group of this forming at that time."""


class Fault(StrEnum):
    """What a group as a whole still lacks before invitations can be sent."""

    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    LEADS_MISSING = "leads_missing"


@dataclass(frozen=True, slots=True)
class Shape:
    """A group by what matters for who fits it. `accounts`: ids of who is in it or leads it now."""

    series: SeriesTime
    language: str
    modality: str
    region: str | None
    composition: str
    accounts: frozenset[str]
    size: int
    leads: int = 0


def person_misfits(
    person: PoolPerson | None, group: Shape, *, away: Collection[str] = (), most: int | None = None
) -> tuple[Misfit, ...]:
    """Reasons against a place in the group; `away`: accounts whom this one must not meet. `most`: the largest size,
    where the person is not in the group yet."""
    if person is None:
        return (Misfit.GONE,)
    found = _common(person, group, away)
    if group.composition not in person.compositions:
        found.add(Misfit.COMPOSITION)
    if most is not None and group.size >= most:
        found.add(Misfit.FULL)
    return _in_order(found)


def lead_misfits(
    lead: PoolLead | None, group: Shape, *, away: Collection[str] = (), others: Collection[SeriesTime] = ()
) -> tuple[Misfit, ...]:
    """Reasons against leading the group; `others`: the series of the other groups of this forming that they lead."""
    if lead is None:
        return (Misfit.NOT_LEADING,)
    found = _common(lead, group, away)
    at_once = any(meets(group.series, one.spans()) for one in others)
    if len(others) >= lead.takes or at_once:
        found.add(Misfit.LEADS_ENOUGH)
    return _in_order(found)


def _common(one: PoolPerson | PoolLead, group: Shape, away: Collection[str]) -> set[Misfit]:
    elsewhere = meets(group.series, one.busy) or any(account in group.accounts for account in away)
    answers = {
        Misfit.LANGUAGE: group.language not in one.languages,
        Misfit.MODALITY: group.modality not in one.modalities,
        Misfit.REGION: group.modality == IN_PERSON and one.region != group.region,
        Misfit.NO_TIMES: not one.week,
        Misfit.TIME: bool(one.week) and not attends(one.week, one.zone, group.series),
        Misfit.ELSEWHERE: elsewhere,
    }
    return {misfit for misfit, holds in answers.items() if holds}


def _in_order(found: set[Misfit]) -> tuple[Misfit, ...]:
    return tuple(misfit for misfit in Misfit if misfit in found)


def group_faults(size: int, leads: int, *, least: int, most: int, needed: int) -> tuple[Fault, ...]:
    """What stands in the way of sending invitations for a group of this size."""
    answers = {Fault.TOO_SMALL: size < least, Fault.TOO_LARGE: size > most, Fault.LEADS_MISSING: leads < needed}
    return tuple(fault for fault, holds in answers.items() if holds)
