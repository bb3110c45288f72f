"""Five thousand series saved by the service, each with its people booked and told; beside the bare rows."""

from __future__ import annotations

import os
import time as clock
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

from tests.bench import people, servers
from tests.bench.figures import Figure

if TYPE_CHECKING:
    from uuid import UUID

    from groups.models import PeerGroup

SERIES = 5_000
MEMBERS, BLOCKS = 8, 50
# Hours from six in the morning on, each day of the week: a block of people is never in two places.
HOURS = 15
BARE = """
    INSERT INTO bench_session (id, group_id, number, starts_at, ends_at)
    SELECT gen_random_uuid(), %s, number, start, start + interval '90 minutes'
      FROM unnest(%s::timestamptz[]) WITH ORDINALITY AS series (start, number)
"""


def figures(count: int = SERIES) -> list[Figure]:
    from sessions.models import Booking, GroupSession

    groups = established(count)
    seconds = saved(groups)
    floor = bare(groups)
    keys = [group.pk for group in groups]
    assert GroupSession.objects.filter(group__in=keys).count() == 8 * count
    assert Booking.objects.filter(group__in=keys).count() == MEMBERS * count
    return [
        worked_out(groups),
        Figure(f"{count} series saved, {MEMBERS} people each", round(seconds, 1), "s", round(floor, 1),
               round(seconds / floor, 1), "under 60 s"),
    ]  # fmt: skip


def established(count: int) -> list[PeerGroup]:
    """Informal groups without dates; a block of people is in one at each hour of the week."""
    from groups.models import Membership, PeerGroup
    from intake.models import Participant
    from psp.models import Region

    by, region = people.coordinator(), Region.objects.get(code="QC")
    files: list[UUID] = list(Participant.objects.order_by("pk").values_list("pk", flat=True)[: MEMBERS * BLOCKS])
    blocks = [files[number * MEMBERS : (number + 1) * MEMBERS] for number in range(len(files) // MEMBERS)]
    groups, places = [], []
    for number in range(count):
        slot = number // len(blocks)
        group = PeerGroup(
            kind="informal", name_en="Evenings", name_fr="Les soirs", program_region_id="QC", region=region,
            language="fr", min_size=0, max_size=10, session_count=8, minutes=55, time_zone="America/Toronto",
            starts_on=date(2031, 1, 6) + timedelta(days=slot // HOURS), start_time=time(6 + slot % HOURS),
            state="established", created_by=by,
        )  # fmt: skip
        groups.append(group)
        places += [Membership(group=group, participant_id=file) for file in blocks[number % len(blocks)]]
    PeerGroup.objects.bulk_create(groups, batch_size=1000)
    Membership.objects.bulk_create(places, batch_size=2000)
    return groups


def saved(groups: list[PeerGroup]) -> float:
    from sessions.services import schedule_series

    by: Any = people.coordinator()
    begun = clock.perf_counter()
    for group in groups:
        schedule_series(group=group.pk, by=by)
    return clock.perf_counter() - begun


def bare(groups: list[PeerGroup]) -> float:
    """The same rows without history, bookings, judges and messages: one statement and one commit for each series."""
    from psp.embedded.servers import superuser
    from sessions.services import preview_series

    starts = [item.start_utc for item in preview_series(groups[0]).times]
    name = os.environ["DATABASE_URL"].rsplit("/", 1)[1]
    # The program's own role may make no tables.
    with superuser(servers.DATA / "bench").connect(name) as owner:
        owner.autocommit = True
        owner.execute(
            "CREATE TEMPORARY TABLE bench_session (id uuid PRIMARY KEY, group_id uuid, number int,"
            " starts_at timestamptz, ends_at timestamptz)"
        )
        begun = clock.perf_counter()
        for group in groups:
            owner.execute(BARE, [group.pk, starts])
        return clock.perf_counter() - begun


def worked_out(groups: list[PeerGroup]) -> Figure:
    """The dates of so many series alone: holidays, closures and clocks, nothing saved; beside nothing."""
    from sessions.services import preview_series

    begun = clock.perf_counter()
    for group in groups:
        preview_series(group)
    seconds = clock.perf_counter() - begun
    return Figure(f"dates of {len(groups)} series worked out", round(seconds, 1), "s", None, None, "under 60 s")
