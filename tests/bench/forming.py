"""The workbench's pages, beside five thousand groups: who is free when, and the groups side by side."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.bench import people
from tests.bench.client import Site, in_turn
from tests.bench.figures import Figure, against_floor, expect
from tests.bench.groups import AIM, GROUPS, TIMES, many_groups

if TYPE_CHECKING:
    from groups.models import Forming


def figures(port: int, floor: Site) -> list[Figure]:
    desk, user = Site(port, people.cookies_of(people.coordinator())), people.coordinator()
    many_groups()
    forming = a_draft()
    waiting = forming.places.count()
    pages = (
        (f"free times of {waiting} who wait", f"/fr/desk/groups/form/{forming.pk}/pool/"),
        ("groups side by side", f"/fr/desk/groups/form/{forming.pk}/"),
    )
    found = []
    for name, path in pages:
        ours, theirs = in_turn(
            lambda path=path: expect(200, *desk.request("GET", path)),  # type: ignore[misc]
            lambda: expect(200, *floor.request("GET", f"/one-query?id={user.pk}")), TIMES,
        )  # fmt: skip
        found.append(against_floor(f"{name}, {GROUPS} groups", ours, theirs, AIM))
    return found


def a_draft() -> Forming:
    """Everybody who waits in the region; six groups of those who have waited longest."""
    from django.utils import timezone

    from groups.models import FormingGroup, FormingPlace
    from groups.services_forming import add_empty_group, start_forming

    by, evening = people.coordinator(), 1440 + 18 * 60
    forming = start_forming(
        by=by, program_regions=["QC"], starts_after=timezone.localdate() + timedelta(days=30),
        time_zone="America/Toronto", times=[evening],
    )  # fmt: skip
    for number in range(6):
        add_empty_group(forming=forming, revision=forming.revision + number, by=by, minute=evening, language="fr",
                        modality="virtual")  # fmt: skip
    waiting = list(FormingPlace.objects.filter(forming=forming)[:48])
    for number, group in enumerate(FormingGroup.objects.filter(forming=forming)):
        for place in waiting[number * 8 : number * 8 + 8]:
            place.group = group
    FormingPlace.objects.bulk_update(waiting, ["group"])
    forming.refresh_from_db()
    return forming
