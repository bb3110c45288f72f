"""The definitions that every database begins with. Idempotent; one that changed must have a new number."""

from __future__ import annotations

from typing import Any

from psp.content import load
from reporting.models import Indicator, Series

FIELDS = ("topic", "counter", "name_en", "name_fr", "unit_en", "unit_fr", "population_en", "population_fr",
          "source_en", "source_fr", "breakdowns", "spans")  # fmt: skip


def load_all() -> None:
    for place, item in enumerate(load("indicators")["series"], start=1):
        _load(item, place)


def _load(item: dict[str, Any], place: int) -> None:
    fields = {name: item[name] for name in FIELDS} | {"place": place}
    series, made = Series.objects.get_or_create(code=item["code"], number=item["number"], defaults=fields)
    if made:
        Indicator.objects.bulk_create(
            Indicator(series=series, place=number, **one) for number, one in enumerate(item["indicators"], start=1)
        )
