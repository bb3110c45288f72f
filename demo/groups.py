"""Synthetic formal groups: members, leads, series of sessions, attendance."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, time, timedelta

from demo import bulk
from demo.people import Person, uuid_from
from demo.world import World
from groups.choices import GroupKind, GroupState, LeadRole
from groups.models import GroupLead, KindSetting, Membership, PeerGroup
from intake.choices import WaitingState
from intake.models import WaitingPlace
from psp.holidays import statutory_holidays
from psp.models import Region
from sessions.choices import AttendanceStatus, SessionState
from sessions.models import Attendance, GroupSession
from sessions.rules import SessionTime, series

GROUP_SIZE = 8
LEADS = {("QC", "fr"): ("supporter.qc", "clinician.qc"), ("ON", "en"): ("supporter.on",)}
ATTENDED = (
    AttendanceStatus.PRESENT,
    AttendanceStatus.LEFT_EARLY,
    AttendanceStatus.LET_US_KNOW,
    AttendanceStatus.ABSENT,
)
ATTENDED_WEIGHTS = (80, 4, 8, 8)


@dataclass(frozen=True, slots=True)
class Planned:
    """A group with its members and the times of its sessions, not written yet."""

    group: PeerGroup
    members: list[Person]
    times: list[SessionTime]
    is_newest: bool


def make_groups(world: World, people: list[Person]) -> None:
    """Formal groups of eight, by province and language, in the order in which people applied.

    The newest group of each pool meets now, the last people of each pool still wait.
    """
    settings = KindSetting.objects.get(pk=GroupKind.FORMAL)
    regions = Region.objects.in_bulk()
    planned = [item for pool in pools(people) for item in plan_pool(world, settings, regions, pool)]
    for batch in bulk.batches(planned, 200):
        write_groups(world, batch)
    world.counts["groups"] = len(planned)


def pools(people: list[Person]) -> list[list[Person]]:
    found: dict[tuple[str, str], list[Person]] = defaultdict(list)
    for person in sorted(people, key=lambda person: person.applied_at):
        if person.fate == "accepted" and "formal" in person.services:
            found[person.province, person.language].append(person)
    return [found[key] for key in sorted(found)]


def plan_pool(world: World, settings: KindSetting, regions: dict[str, Region], pool: list[Person]) -> list[Planned]:
    full = len(pool) // GROUP_SIZE
    planned = []
    for number in range(full):
        members = pool[number * GROUP_SIZE : (number + 1) * GROUP_SIZE]
        is_newest = number == full - 1
        group = make_group(world, settings, regions[members[0].province], members, number, is_newest=is_newest)
        planned.append(Planned(group, members, plan_series(group), is_newest))
    return planned


def make_group(
    world: World, settings: KindSetting, region: Region, members: list[Person], number: int, *, is_newest: bool
) -> PeerGroup:
    return PeerGroup(
        id=uuid_from(world.rng), kind=GroupKind.FORMAL, name_en=f"Evenings {region.code} {number + 1}",
        name_fr=f"Les soirs {region.code} {number + 1}", program_region_id=region.program_region_id, region=region,
        language=members[0].language, min_size=settings.min_size, max_size=settings.max_size,
        session_count=settings.session_count, minutes=settings.minutes, weeks_apart=settings.weeks_apart,
        facilitators=settings.facilitators,
        time_zone=region.time_zone, starts_on=first_session(world, members, is_newest=is_newest),
        start_time=time(18, 30), created_by=world.coordinators.get(region.program_region_id, world.coordinators["ON"]),
    )  # fmt: skip


def first_session(world: World, members: list[Person], *, is_newest: bool) -> date:
    """Some weeks after the last member was accepted; the newest group is in its fourth week, and meets tomorrow."""
    if is_newest:
        return world.now.date() - timedelta(days=20)
    return max(person.applied_at for person in members).date() + timedelta(days=40)


def plan_series(group: PeerGroup) -> list[SessionTime]:
    years = (group.starts_on.year, group.starts_on.year + 1)
    holidays = statutory_holidays(group.region.holidays or None, years)
    return series(
        start_date=group.starts_on, start_time=group.start_time, tz=group.time_zone, count=group.session_count,
        minutes=group.minutes, weeks_apart=group.weeks_apart, skip=set(holidays),
    )  # fmt: skip


def write_groups(world: World, planned: list[Planned]) -> None:
    """In the order of life: forming, members and leads, established, sessions, attendance, completed."""
    bulk.create([item.group for item in planned])
    bulk.create([place for item in planned for place in make_places(world, item)])
    end_waiting([world.waiting[person.id, item.group.kind] for item in planned for person in item.members])
    bulk.create([lead for item in planned for lead in make_leads(world, item)])
    for item in planned:
        item.group.state = GroupState.ESTABLISHED
        item.group.established_at = item.times[0].start_utc - timedelta(days=10)
    bulk.change([item.group for item in planned], ["state", "established_at"])
    sessions = {item.group.pk: make_sessions(world, item) for item in planned}
    bulk.create([row for rows in sessions.values() for row in rows])
    attendance = [row for item in planned for row in make_attendance(world, item, sessions[item.group.pk])]
    bulk.create(attendance)
    complete([item.group for item in planned if item.times[-1].end_utc < world.now])
    world.counts["sessions"] += sum(len(rows) for rows in sessions.values())
    world.counts["attendance"] += len(attendance)


def end_waiting(places: list[WaitingPlace]) -> None:
    for place in places:
        place.state = WaitingState.PLACED
    bulk.change(places, ["state"])


def complete(groups: list[PeerGroup]) -> None:
    for group in groups:
        group.state = GroupState.COMPLETED
    bulk.change(groups, ["state"])


def make_places(world: World, item: Planned) -> list[Membership]:
    return [
        Membership(
            id=uuid_from(world.rng), group=item.group, participant=world.participants[person.id],
            joined_at=item.times[0].start_utc - timedelta(days=12),
        )
        for person in item.members
    ]  # fmt: skip


def make_leads(world: World, item: Planned) -> list[GroupLead]:
    """The demo's supporters lead the newest group of their province and language, in Quebec with the clinician."""
    if not item.is_newest:
        return []
    names = LEADS.get((item.group.region_id, item.group.language), ())
    roles = (LeadRole.FACILITATOR, LeadRole.CLINICIAN)
    return [
        GroupLead(group=item.group, user=world.staff[name], role=role) for name, role in zip(names, roles, strict=False)
    ]


def make_sessions(world: World, item: Planned) -> list[GroupSession]:
    return [
        GroupSession(
            id=uuid_from(world.rng), group=item.group, number=slot.number, starts_at=slot.start_utc,
            ends_at=slot.end_utc,
            state=SessionState.HELD if slot.end_utc < world.now else SessionState.SCHEDULED,
        )
        for slot in item.times
    ]  # fmt: skip


def make_attendance(world: World, item: Planned, sessions: list[GroupSession]) -> list[Attendance]:
    return [
        Attendance(
            id=uuid_from(world.rng), session=row, participant=world.participants[person.id],
            status=world.rng.choices(ATTENDED, ATTENDED_WEIGHTS)[0], recorded_by=item.group.created_by,
            recorded_at=row.ends_at,
        )
        for row in sessions
        if row.state == SessionState.HELD
        for person in item.members
    ]  # fmt: skip
