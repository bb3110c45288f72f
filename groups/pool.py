"""Who could be in a group now: everybody who waits for one and is free for it, and those who could lead.

Read in a constant number of queries, without anybody's name. What comes of it is the engine's problem
(`groups.formation`). Pairs who must not meet are in it and nowhere else ([NH] rule 24).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from groups.choices import RUNNING, InvitationState
from groups.dates import series_of as series_of_group
from groups.dates import still_to_come
from groups.formation_input import ANY, Leader, Member, Problem, Slot
from groups.models import (
    Forming,
    FormingGroup,
    FormingLead,
    FormingPlace,
    GroupLead,
    Invitation,
    LeadProfile,
    Membership,
    PeerGroup,
)
from groups.pool_times import SeriesTime, Span, fitting, meets
from groups.querysets import waiting_for_place
from intake.choices import ApplicationState, Modality, careful
from intake.models import Application, KeepApart, Participant
from intake.week import DAY
from psp.choices import Language, Role
from psp.models import RoleAssignment
from supporters.joining.former import met_before
from supporters.may_lead.standing import Known, known_of, standing
from supporters.models import Pause
from supporters.rules import LOADS, Lived, may_lead

# Whoever has a priority comes before everybody who has waited less than ten years longer.
AHEAD_DAYS = 3650
Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class PoolPerson:
    """Somebody who waits. `languages`, `modalities`, `compositions`: what they accept, never empty.

    `week` is on the clock of `zone`; empty where no times were said. `busy`: sessions of other groups of theirs.
    """

    participant_id: UUID
    user_id: UUID
    region: str
    languages: tuple[str, ...]
    modalities: tuple[str, ...]
    compositions: tuple[str, ...]
    week: tuple[tuple[int, int], ...]
    zone: str
    since: datetime
    ahead: bool
    busy: Spans = ()


@dataclass(frozen=True, slots=True)
class PoolLead:
    """Somebody who could lead `takes` more groups."""

    user_id: UUID
    region: str | None
    languages: tuple[str, ...]
    modalities: tuple[str, ...]
    week: tuple[tuple[int, int], ...]
    zone: str
    takes: int
    busy: Spans = ()


@dataclass(frozen=True)
class Pool:
    """`times`: the series of each time at which a group may begin, by its slot. `apart`: pairs of accounts."""

    people: tuple[PoolPerson, ...]
    leaders: tuple[PoolLead, ...]
    times: Mapping[Slot, SeriesTime]
    apart: tuple[tuple[str, str], ...]

    @cached_property
    def by_participant(self) -> dict[UUID, PoolPerson]:
        return {one.participant_id: one for one in self.people}

    @cached_property
    def by_lead(self) -> dict[UUID, PoolLead]:
        return {one.user_id: one for one in self.leaders}

    @cached_property
    def away(self) -> dict[str, set[str]]:
        """For each account of a pair, those whom it must not meet."""
        found: dict[str, set[str]] = defaultdict(set)
        for one, other in self.apart:
            found[one].add(other)
            found[other].add(one)
        return dict(found)


def pool_of(
    forming: Forming, *, more_times: Iterable[int] = (), only: Collection[UUID] | None = None, search: bool = False
) -> Pool:
    """Everybody of the forming's regions, languages and ways to meet. `more_times`: tried besides the forming's own.
    `only`: of the people just these participants, where one change is checked and not all are looked at.
    `search`: also whom those who are in no group yet knew before they or a leader began to lead; else of those in the
    arrangement alone, because asking it of thousands takes longer than a page may, and each move asks it anew.
    """
    people = _people(forming, only)
    waiting = {one.user_id for one in people}
    # Nobody is proposed as the leader of the groups in which they wait for a place themselves.
    leaders = [one for one in _leaders(forming) if one.user_id not in waiting]
    leaders = able(leaders, known_of([one.user_id for one in leaders], timezone.localdate()))
    people, leaders = _with_busy_times(forming, people, leaders)
    times = {series.slot(): series for series in series_of(forming, [*forming.times, *more_times])}
    # Whoever is in the arrangement counts, also a clinician, and somebody who left the pool meanwhile.
    arranged = set(_arranged(forming))
    accounts = {*waiting, *(one.user_id for one in leaders), *arranged}
    apart = _pairs(forming, accounts) | _met(accounts if search else arranged, accounts)
    return Pool(tuple(people), tuple(leaders), times, tuple(sorted(apart)))


def _arranged(forming: Forming) -> Iterable[UUID]:
    places = FormingPlace.objects.filter(forming=forming, group__isnull=False)
    leads = FormingLead.objects.filter(group__forming=forming)
    return places.values_list("participant__user_id", flat=True).union(leads.values_list("user_id", flat=True))


def problem_of(forming: Forming, pool: Pool) -> Problem:
    """The engine's problem; ids are those of accounts."""
    series, today = list(pool.times.values()), timezone.localdate()
    offered = {one.slot() for one in series_of(forming, forming.times)}
    known = {str(one.user_id) for one in pool.people} | {str(one.user_id) for one in pool.leaders}
    return Problem(
        people=tuple(_member(one, series, today) for one in pool.people),
        leaders=tuple(_leader(one, series) for one in pool.leaders),
        slots=tuple(sorted(offered)), keep_apart=tuple(pair for pair in pool.apart if known >= set(pair)),
        min_size=forming.min_size, max_size=forming.max_size, leaders_per_group=forming.facilitators,
    )  # fmt: skip


def _member(one: PoolPerson, series: list[SeriesTime], today: date) -> Member:
    days = max(0, (today - timezone.localdate(one.since)).days) + (AHEAD_DAYS if one.ahead else 0)
    return Member(
        str(one.user_id), one.languages, one.modalities, one.region, _free(one, series), days, one.compositions
    )


def _leader(one: PoolLead, series: list[SeriesTime]) -> Leader:
    return Leader(str(one.user_id), one.languages, one.modalities, one.region, _free(one, series), one.takes)


def _free(one: PoolPerson | PoolLead, series: list[SeriesTime]) -> tuple[Slot, ...]:
    open_ones = [each for each in series if not meets(each, one.busy)] if one.busy else series
    return fitting(one.week, one.zone, open_ones)


# The times -------------------------------------------------------------------------------------------------


def series_of(forming: Forming, minutes: Iterable[int]) -> list[SeriesTime]:
    """For each minute of the week, the series that begins in the week after `starts_after`."""
    return [_series(forming, forming.starts_after, minute) for minute in sorted(set(minutes))]


def _series(forming: Forming, after: date, minute: int) -> SeriesTime:
    day, at = divmod(minute, DAY)
    first = after + timedelta(days=1 + (day - after.weekday() - 1) % 7)
    return SeriesTime(
        first, time(at // 60, at % 60), forming.time_zone, forming.session_count, forming.minutes, forming.weeks_apart
    )


def series_from(forming: Forming, group: FormingGroup) -> SeriesTime:
    """The series of a group that is thought of."""
    there = group.starts_at.astimezone(ZoneInfo(forming.time_zone))
    return SeriesTime(
        there.date(), there.time(), forming.time_zone, forming.session_count, forming.minutes, forming.weeks_apart
    )


# Who waits -------------------------------------------------------------------------------------------------


PERSON = (
    "pk", "user_id", "region_id", "user__language", "user__time_zone", "modalities", "preferences__languages",
    "preferences__compositions", "preferences__availability", "waiting_since", "ahead",
)  # fmt: skip


def in_pool(forming: Forming) -> Any:
    """Participants of the forming's regions who wait for its kind and are neither asked nor placed already."""
    return waiting_in(forming.kind, forming.program_regions)


def waiting_in(kind: str, regions: Collection[str], today: date | None = None) -> Any:
    accepted = Application.objects.filter(
        participant=OuterRef("pk"), state=ApplicationState.ACCEPTED, accepted_for__contains=[kind]
    )
    asked = Invitation.objects.open().filter(participant=OuterRef("pk"), kind=kind)
    placed = Membership.objects.active().filter(participant=OuterRef("pk"), group__kind=kind, group__state__in=RUNNING)
    standing = Participant.objects.filter(
        program_region__in=regions, merged_into__isnull=True, emptied_at__isnull=True, user__is_active=True
    )
    return waiting_for_place(standing.filter(Exists(accepted), ~Exists(asked), ~Exists(placed)), kind, today)


def _people(forming: Forming, only: Collection[UUID] | None) -> list[PoolPerson]:
    found = in_pool(forming) if only is None else in_pool(forming).filter(pk__in=only)
    return people_from(forming, found.values_list(*PERSON))


def people_from(forming: Forming, rows: Iterable[Any]) -> list[PoolPerson]:
    """From rows of PERSON: whoever speaks one of the languages and would meet in one of the ways."""
    people = [_person(forming, *row) for row in rows]
    return [one for one in people if one.languages and one.modalities]


def _person(
    forming: Forming, pk: UUID, user: UUID, region: str, language: str, zone: str, modalities: list[str],
    languages: list[str] | None, compositions: list[str] | None, week: list[Any] | None, since: datetime, ahead: int,
) -> PoolPerson:  # fmt: skip
    """Not said: the account's language, any way to meet, and no company but that of everybody."""
    return PoolPerson(
        pk, user, region, _within(languages or [language], forming.languages),
        _within(modalities or Modality.values, forming.modalities), tuple(careful(compositions or [ANY])),
        _week(week), zone, since, ahead == 0,
    )  # fmt: skip


def _within(values: Iterable[str], wanted: list[str]) -> tuple[str, ...]:
    return tuple(value for value in values if not wanted or value in wanted)


def _week(stored: list[Any] | None) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in stored or ())


# Who leads -------------------------------------------------------------------------------------------------


LEADER = ("user_id", "region_id", "languages", "modalities", "availability", "user__time_zone", "max_groups")


def _leaders(forming: Forming) -> list[PoolLead]:
    return leaders_from(forming, leading_in(forming.program_regions).values_list(*LEADER))


def able(leaders: list[PoolLead], known: Known) -> list[PoolLead]:
    """Those who may lead now ([NH] rule 35), each up to as many groups as may be at once."""
    stand = {one.user_id: standing(known, one.user_id, Lived.YES) for one in leaders}
    return [
        replace(one, takes=min(one.takes, stand[one.user_id].groups.limit))
        for one in leaders
        if all(each.lacks in LOADS for each in may_lead(stand[one.user_id], known.on))
    ]


def leading_in(regions: Collection[str]) -> Any:
    able = RoleAssignment.objects.filter(user=OuterRef("user"), role=Role.SUPPORTER)
    here = Q(program_region__isnull=True) | Q(program_region__in=regions)
    rows = LeadProfile.objects.filter(Exists(able), here, paused=False, user__is_active=True, max_groups__gt=0)
    # A pause of the whole role is another fact, and ends in no other way (`supporters.wellbeing.services_pause`).
    return rows.filter(~Exists(Pause.objects.standing().filter(user=OuterRef("user")))).order_by("pk")


def leaders_from(forming: Forming, rows: Iterable[Any]) -> list[PoolLead]:
    found = [_lead(forming, *row) for row in rows]
    return [one for one in found if one.languages and one.modalities]


def _lead(
    forming: Forming, user: UUID, region: str | None, languages: list[str], modalities: list[str], week: list[Any],
    zone: str, most: int,
) -> PoolLead:  # fmt: skip
    """Nothing that was not said is taken for said. In person only where the province is known."""
    ways = [way for way in modalities if way != Modality.IN_PERSON or region is not None]
    return PoolLead(
        user, region, _within([one for one in languages if one in Language.values], forming.languages),
        _within(ways, forming.modalities), _week(week), zone, most,
    )  # fmt: skip


# What they do already --------------------------------------------------------------------------------------


Pairs = Iterable[tuple[UUID, UUID]]


def _with_busy_times(
    forming: Forming, people: list[PoolPerson], leaders: list[PoolLead]
) -> tuple[list[PoolPerson], list[PoolLead]]:
    led = {pair for rows in led_by([one.user_id for one in leaders]) for pair in rows}
    return busy_times(people, leaders, led, set(attended_in(forming.kind, forming.program_regions)))


def busy_times(
    people: list[PoolPerson], leaders: list[PoolLead], led: Pairs, attended: Pairs
) -> tuple[list[PoolPerson], list[PoolLead]]:
    """Each with the times of their other groups. `led`, `attended`: accounts and running groups, each pair once."""
    dates = _dates({group for _user, group in (*led, *attended)})
    mine: dict[UUID, list[Span]] = defaultdict(list)
    for user, group in (*led, *attended):
        mine[user] += dates.get(group, [])
    count = Counter(user for user, _group in led)
    free = [replace(one, takes=one.takes - count[one.user_id], busy=tuple(mine[one.user_id])) for one in leaders]
    return (
        [replace(one, busy=tuple(mine[one.user_id])) if one.user_id in mine else one for one in people],
        [one for one in free if one.takes > 0],
    )


def led_by(users: Any) -> tuple[Any, Any]:
    """Running groups that these accounts lead, and those that they are asked to lead now."""
    leads = GroupLead.objects.filter(user__in=users, group__state__in=RUNNING).values_list("user_id", "group_id")
    asked = Invitation.objects.filter(user__in=users, state=InvitationState.OPEN).values_list("user_id", "group_id")
    return leads, asked


def attended_in(kind: str, regions: Collection[str]) -> Any:
    """Running groups of another kind in which people of these regions have a place."""
    places = Membership.objects.active().filter(participant__program_region__in=regions, group__state__in=RUNNING)
    return places.exclude(group__kind=kind).values_list("participant__user_id", "group_id")


def _dates(groups: set[UUID]) -> dict[UUID, list[Span]]:
    """When these groups meet: as planned, or as it would be planned where no dates are set yet."""
    planned = still_to_come(groups)
    rest = PeerGroup.objects.filter(pk__in=groups - planned.keys())
    return planned | {group.pk: series_of_group(group).spans() for group in rest}


def _pairs(forming: Forming, accounts: Collection[UUID]) -> set[tuple[str, str]]:
    """One of the two is a participant of these regions. A list of thousands of ids would take the database longer."""
    here = Participant.objects.filter(program_region__in=forming.program_regions).values("user")
    rows = KeepApart.objects.in_force().filter(Q(person__in=here) | Q(other__in=here), other__isnull=False)
    pairs = rows.values_list("person_id", "other_id")
    return {_in_order(one, other) for one, other in pairs if one in accounts and other in accounts}


def _met(asked: Collection[UUID], accounts: Collection[UUID]) -> set[tuple[str, str]]:
    """Whoever leads, with those among `asked` whom they must not lead because of who they were ([NH] rule 34)."""
    found = met_before(None, asked)
    return {_in_order(lead, member) for lead, members in found.items() if lead in accounts for member in members}


def _in_order(one: UUID, other: UUID) -> tuple[str, str]:
    first, second = sorted((str(one), str(other)))
    return first, second


def first_instant(series: SeriesTime) -> datetime:
    return series.starts()[0].astimezone(UTC)
