"""What noting a list's readings costs: what one page wrote into the access log, written once more, beside that page."""

from __future__ import annotations

from tests.bench import people
from tests.bench.client import Site, in_turn
from tests.bench.figures import Figure, against_floor, expect

TIMES = 100
PAGE = "/fr/desk/applications/?state=all"


def figures(port: int) -> list[Figure]:
    from django.apps import apps
    from django.db import transaction

    from psp.audit.models import Entry
    from psp.audit.services import record_reads_of

    desk = Site(port, people.cookies_of(people.coordinator()))
    expect(200, *desk.request("GET", PAGE))
    last = Entry.objects.latest("id")
    rows = Entry.objects.filter(request_id=last.request_id).values_list("object_id", "person")
    model, seen = apps.get_model(last.model), list(rows)

    def log() -> None:
        """With its way to the disk, which a page that only reads would not have."""
        with transaction.atomic():
            record_reads_of(model, seen, purpose=last.purpose)

    ours, theirs = in_turn(log, lambda: expect(200, *desk.request("GET", PAGE)), TIMES)
    return [against_floor(f"access-log write of {len(seen)} readings", ours, theirs, "at most 0.2 × its list page")]
