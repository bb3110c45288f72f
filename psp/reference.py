"""Regions, from the content files. Idempotent: what an administrator changed is kept."""

from __future__ import annotations

from psp.content import load
from psp.models import ProgramRegion, Region


def load_regions() -> None:
    """Create the program regions and provinces that are missing."""
    content = load("regions")
    for order, item in enumerate(content["program_regions"]):
        ProgramRegion.objects.get_or_create(
            code=item["code"],
            defaults={key: item[key] for key in ("name_en", "name_fr", "time_zone")} | {"order": order},
        )
    for order, item in enumerate(content["provinces"]):
        Region.objects.get_or_create(
            code=item["code"],
            defaults={key: item[key] for key in ("name_en", "name_fr", "time_zone")}
            | {"program_region_id": item["program_region"], "holidays": item["holidays"] or "", "order": order},
        )
