"""Who is free to lead one group, among five hundred; and the morning's look at a fortnight of theirs."""

from __future__ import annotations

import time
from datetime import date, timedelta
from datetime import time as clock
from typing import TYPE_CHECKING

from tests.bench import people
from tests.bench.client import Site, in_turn
from tests.bench.figures import Figure, against_floor, expect

if TYPE_CHECKING:
    from groups.models import PeerGroup

TIMES = 40
SUPPORTERS = 500


def figures(port: int, floor: Site) -> list[Figure]:
    user = people.coordinator()
    group = many_who_lead()
    desk = Site(port, people.cookies_of(user))
    ours, theirs = in_turn(
        lambda: expect(200, *desk.request("GET", f"/fr/desk/leads/?group={group.pk}")),
        lambda: expect(200, *floor.request("GET", f"/one-query?id={user.pk}")), TIMES,
    )  # fmt: skip
    aim = "at most 8 × one indexed query; not there yet"
    return [against_floor(f"who is free to lead, {SUPPORTERS} supporters", ours, theirs, aim), morning()]


def morning() -> Figure:
    """The first one, with a task for each who may not lead; the database is as the others found it afterwards."""
    from django.db import transaction
    from django.utils import timezone

    from supporters.may_lead.services import check_morning

    with transaction.atomic():
        begun = time.perf_counter()
        check_morning(timezone.now())
        seconds = time.perf_counter() - begun
        transaction.set_rollback(True)
    name = f"morning check, {SUPPORTERS} supporters, 14 days"
    return Figure(name, round(seconds, 2), "s", None, None, "under 5 s")


def many_who_lead() -> PeerGroup:
    """Each leads a group that meets weekly; one in ten is late, and one in twenty must not meet a member."""
    from django.utils import timezone

    from groups.models import GroupLead, LeadProfile, PeerGroup
    from intake.models import KeepApart, Participant
    from psp.models import Region
    from sessions.models import GroupSession
    from supporters.models import Pairing
    from tests import factories as make

    by, region, now = people.coordinator(), Region.objects.get(code="QC"), timezone.now()
    leads = [make.a_facilitator() for _one in range(SUPPORTERS)]
    late = [one.pk for one in leads[::10]]
    Pairing.objects.filter(user__in=late).update(since=timezone.localdate() - timedelta(days=60))
    LeadProfile.objects.bulk_create(
        LeadProfile(user=one, languages=["fr"], modalities=["virtual"], max_groups=3, availability=[[0, 10080]])
        for one in leads
    )
    groups = PeerGroup.objects.bulk_create(
        PeerGroup(
            kind="informal", name_en="Evenings", name_fr="Les soirs", program_region_id="QC", region=region,
            language="fr", min_size=4, max_size=10, session_count=8, minutes=90, time_zone="America/Toronto",
            starts_on=date(2027, 1, 4), start_time=clock(19), created_by=by,
        )
        for _one in leads
    )  # fmt: skip
    GroupLead.objects.bulk_create(
        GroupLead(group=group, user=one, role="facilitator") for group, one in zip(groups, leads, strict=True)
    )
    first = now + timedelta(days=1)
    GroupSession.objects.bulk_create(
        GroupSession(group=group, number=week + 1, starts_at=start, ends_at=start + timedelta(minutes=90))
        for group in groups
        for week in range(8)
        for start in [first + timedelta(weeks=week)]
    )
    group = make.an_open_group(by, starts_on=timezone.localdate() + timedelta(days=14), start_time=clock(6))
    members = list(Participant.objects.filter(program_region="QC").accepted_for("informal").order_by("pk")[:8])
    for member in members:
        make.add_member(group=group, participant=member, by=by)
    KeepApart.objects.bulk_create(
        KeepApart(person_id=members[0].user_id, other=one, program_region_id="QC", noted_by=by) for one in leads[5::20]
    )
    return group
