"""Synthetic groups that people enrol in by themselves: evenings that have begun, and a coffee that is full already."""

from __future__ import annotations

from datetime import date, time, timedelta
from uuid import UUID

from demo.world import World
from groups.choices import GroupKind, LeadRole
from groups.models import PeerGroup
from groups.services import add_lead, create_group, establish
from groups.services_enrolling import enrol, open_group
from groups.services_place import set_place
from intake.choices import Modality
from intake.models import Participant
from psp.models import Region, User
from sessions.free import taken
from sessions.services import preview_series, schedule_series

LINK = "https://video.example.org/evenings"
# Program region → who leads the evenings there.
LEADS = {"QC": ("supporter.qc",), "ON": ("supporter.on",)}


def make_open_groups(world: World) -> None:
    for region, coordinator in sorted(world.coordinators.items()):
        evenings(world, coordinator, region)
        coffee(world, coordinator, region)
    world.counts["open groups"] = 2 * len(world.coordinators)


def evenings(world: World, by: User, region: str) -> None:
    """An informal group that meets from the week after next on, and asks who comes."""
    starts = _next(world.now.date() + timedelta(days=8), 3)
    group = _make(by, region, GroupKind.INFORMAL, "Thursday evenings", "Les jeudis soir", starts, time(19))
    group = set_place(group=group, by=by, link=LINK, address="", asks_who_comes=True)
    busy = _busy(group, [world.staff[name] for name in LEADS[region]])
    people = [person for person in _accepted(region, GroupKind.INFORMAL) if person.user_id not in busy]
    for person in people[:5]:
        enrol(group=group, participant=person, by=person.user)
    for name in LEADS[region]:
        add_lead(group=group, user=world.staff[name], role=LeadRole.FACILITATOR, by=by)
    # The demo has one supporter in each region.
    group.facilitators = 1
    group.save()
    if len(people) >= group.min_size and not busy & {world.staff[name].pk for name in LEADS[region]}:
        establish(group=group, by=by)
        schedule_series(group=group, by=by)


def coffee(world: World, by: User, region: str) -> None:
    """A single morning with few places, and a line."""
    starts = _next(world.now.date() + timedelta(days=12), 5)
    group = _make(by, region, GroupKind.ACTIVITY, "Saturday coffee", "Le café du samedi", starts, time(10))
    group.max_size = 4
    group.save()
    for person in _accepted(region, GroupKind.ACTIVITY)[1:7]:
        enrol(group=group, participant=person, by=person.user)


def _make(by: User, region: str, kind: str, english: str, french: str, starts: date, at: time) -> PeerGroup:
    place = Region.objects.select_related("program_region").get(code=region)
    group = create_group(
        by=by, kind=kind, program_region=place.program_region, region=place, language=by.language,
        modality=Modality.VIRTUAL, name_en=english, name_fr=french, starts_on=starts, start_time=at,
        time_zone=place.time_zone, session_count=1 if kind == GroupKind.ACTIVITY else None,
    )  # fmt: skip
    return open_group(group=group, by=by)


def _busy(group: PeerGroup, leads: list[User]) -> set[UUID]:
    """Accounts of those who may come or lead and who are in another group at one of its times: by chance some are."""
    people = [person.user_id for person in _accepted(group.program_region_id, GroupKind.INFORMAL)]
    spans = [(one.start_utc, one.end_utc) for one in preview_series(group).times]
    found = taken([*people, *(lead.pk for lead in leads)], spans, besides=group.pk)
    return {one.holder for one in found}


def _next(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _accepted(region: str, kind: str) -> list[Participant]:
    rows = Participant.objects.filter(program_region=region).accepted_for(kind).select_related("user")
    return list(rows.order_by("pk")[:7])
