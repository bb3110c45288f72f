"""How those who lead groups are, month by month: protected counts of people, and nothing about anybody.

Each month is a table of its own: no total over months is ever made, so nothing can be worked out from one month about
another. Months in which too few said something were never counted (`supporters.wellbeing.forgetting`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from django.conf import settings

from reporting.disclosure import CountTable, Key, ProtectedTable, protect
from supporters.models import WellbeingMonth
from supporters.wellbeing.rules_checkin import Colour

SHOWN = 12
COLOURS = tuple(sorted(colour.value for colour in Colour))


@dataclass(frozen=True, slots=True)
class Month:
    """`table`: None where too few people said something for anything to be kept."""

    first: date
    table: ProtectedTable | None


def months() -> list[Month]:
    """The newest months that are over, the newest first. DisclosureError where one cannot be proven safe."""
    rows = WellbeingMonth.objects.order_by("-month")[:SHOWN]
    return [Month(row.month, _protected(row)) for row in rows]


def _protected(row: WellbeingMonth) -> ProtectedTable | None:
    counts = {colour.value: getattr(row, colour.value) for colour in Colour}
    if None in counts.values():
        return None
    cells: dict[Key, int] = {(colour,): counts[colour] for colour in COLOURS}
    return protect(CountTable(("colour",), (COLOURS,), MappingProxyType(cells)), settings.PSP_SUPPRESSION_THRESHOLD)
