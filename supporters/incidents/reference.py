"""The kinds of incidents that a new database begins with. What an administrator changed is kept."""

from __future__ import annotations

from psp.content import load
from supporters.incidents.models import IncidentKind


def load_kinds() -> None:
    known = set(IncidentKind.objects.values_list("pk", flat=True))
    for number, item in enumerate(load("incident_kinds")["kinds"], start=1):
        if item["code"] not in known:
            IncidentKind(**item, order=number * 10).save(force_insert=True)
