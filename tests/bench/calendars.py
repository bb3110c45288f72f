"""The feed of somebody who leads ten groups of ten sessions, fetched whole and asked whether it has changed."""

from __future__ import annotations

import http.client
from datetime import date, time, timedelta

from tests.bench import people
from tests.bench.client import Site, in_turn
from tests.bench.figures import Figure, against_floor, expect

TIMES = 100
GROUPS, SESSIONS = 10, 10
AIM = "at most 6 × one indexed query"


def figures(port: int, floor: Site) -> list[Figure]:
    token, lead = a_busy_lead()
    path, site = f"/cal/{token}.ics", Site(port)
    text = expect(200, *site.request("GET", path))
    assert text.count("BEGIN:VEVENT") == GROUPS * SESSIONS, "the whole feed"
    calendar = Calendar(port, path)
    found = []
    for name, fetch in (
        (f"calendar feed, {GROUPS * SESSIONS} sessions", lambda: expect(200, *site.request("GET", path))),
        ("calendar feed, not changed", calendar.unchanged),
    ):
        ours, theirs = in_turn(fetch, lambda: expect(200, *floor.request("GET", f"/one-query?id={lead}")), TIMES)
        found.append(against_floor(name, ours, theirs, AIM))
    return found


class Calendar:
    """A calendar that has fetched once and asks again."""

    def __init__(self, port: int, path: str) -> None:
        self.connection, self.path = http.client.HTTPConnection("127.0.0.1", port, timeout=30), path
        self.connection.request("GET", path)
        answer = self.connection.getresponse()
        answer.read()
        self.tag = answer.headers["ETag"]

    def unchanged(self) -> None:
        self.connection.request("GET", self.path, headers={"If-None-Match": self.tag})
        answer = self.connection.getresponse()
        answer.read()
        assert answer.status == http.client.NOT_MODIFIED, answer.status


def a_busy_lead() -> tuple[str, str]:
    """The secret part of the address, and the account; never two sessions at one time."""
    from django.utils import timezone

    from groups.choices import LeadRole
    from groups.models import GroupLead, PeerGroup
    from psp.models import Region
    from sessions.models import GroupSession
    from sessions.services_calendar import make_feed
    from tests import factories as make

    by, region, lead = people.coordinator(), Region.objects.get(code="QC"), make.a_facilitator()
    now = timezone.now()
    for number in range(GROUPS):
        group = PeerGroup.objects.create(
            kind="formal", name_en="Evenings", name_fr="Les soirs", program_region_id="QC", region=region,
            language="fr", min_size=4, max_size=10, session_count=SESSIONS, minutes=60, time_zone="America/Toronto",
            starts_on=date(2027, 1, 4), start_time=time(19), created_by=by,
        )  # fmt: skip
        GroupLead.objects.create(group=group, user=lead, role=LeadRole.FACILITATOR)
        first = now + timedelta(days=number % 7, hours=1 + number // 7 * 2)
        starts = [first + timedelta(weeks=week) for week in range(SESSIONS)]
        GroupSession.objects.bulk_create(
            GroupSession(group=group, number=week + 1, starts_at=start, ends_at=start + timedelta(hours=1))
            for week, start in enumerate(starts)
        )
    return make_feed(person=lead, by=lead), str(lead.pk)
