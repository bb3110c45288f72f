"""A group's page on the desk and in the portal, and what is open to somebody, beside five thousand groups."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from tests.bench import people
from tests.bench.client import Site, in_turn
from tests.bench.figures import Figure, against_floor, expect

if TYPE_CHECKING:
    from groups.models import PeerGroup
    from psp.models import User

TIMES = 60
GROUPS = 5_000
AIM = "at most 8 × one indexed query"


def figures(port: int, floor: Site) -> list[Figure]:
    desk, user = Site(port, people.cookies_of(people.coordinator())), people.coordinator()
    many_groups()
    group, member = a_full_group()
    portal = Site(port, people.cookies_of(member))
    pages = (
        ("group on the desk", desk, f"/fr/desk/groups/{group.pk}/"),
        ("group in the portal", portal, f"/fr/my/groups/{group.pk}/"),
        ("what is open, in the portal", portal, "/fr/my/groups/"),
    )
    found = []
    for name, site, path in pages:
        ours, theirs = in_turn(
            lambda site=site, path=path: expect(200, *site.request("GET", path)),  # type: ignore[misc]
            lambda: expect(200, *floor.request("GET", f"/one-query?id={user.pk}")), TIMES,
        )  # fmt: skip
        found.append(against_floor(f"{name}, {GROUPS} groups", ours, theirs, AIM))
    return found


def many_groups() -> None:
    """Running formal groups of the coordinator's region, beside those of the seed, unless they are there."""
    from groups.models import PeerGroup
    from psp.models import Region

    by, region = people.coordinator(), Region.objects.get(code="QC")
    made = [
        PeerGroup(
            kind="formal", name_en="Evenings", name_fr="Les soirs", program_region_id="QC", region=region,
            language="fr", min_size=4, max_size=10, session_count=10, minutes=90, time_zone="America/Toronto",
            starts_on=date(2027, 1, 4) + timedelta(days=number % 7), start_time=time(19), created_by=by,
        )
        for number in range(GROUPS - PeerGroup.objects.count())
    ]  # fmt: skip
    PeerGroup.objects.bulk_create(made, batch_size=1000)


def a_full_group() -> tuple[PeerGroup, User]:
    """Ten members, two who lead, eight sessions and five people in line; and one of its members."""
    from django.utils import timezone

    from groups.choices import LeadRole
    from groups.services import add_lead, establish
    from groups.services_enrolling import enrol
    from groups.services_place import set_place
    from intake.models import Participant
    from sessions.services import schedule_series
    from tests import factories as make

    by = people.coordinator()
    starts = timezone.localdate() + timedelta(days=14)
    # Early in the morning, when nobody of the seed is in another group.
    group = make.an_open_group(by, starts_on=starts, start_time=time(7))
    group = set_place(group=group, by=by, link="https://video.example.org/x", address="", asks_who_comes=True)
    rows = Participant.objects.filter(program_region="QC").accepted_for("informal").select_related("user")
    members = list(rows.order_by("pk").distinct()[:15])
    for person in members:
        enrol(group=group, participant=person, by=person.user)
    for _lead in range(2):
        add_lead(group=group, user=make.a_facilitator(), role=LeadRole.FACILITATOR, by=by)
    establish(group=group, by=by)
    schedule_series(group=group, by=by)
    return group, members[0].user
