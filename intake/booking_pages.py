"""Bookable times as pages show them: grouped by day, on the reader's own clock, the zone named. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from intake.availability import Offer
from intake.choices import MeetingPlace, PartOfDay
from psp.bilingual import reader_language
from psp.calendar_text import WEEKDAYS, long_date, time_of_day
from psp.inputs import YEARS

FIRST_DAYS = 7


@dataclass(frozen=True, slots=True)
class Times:
    """`days` come first, `later` behind a button; `mixed`: some by video and some by phone, so each says which."""

    days: list[dict[str, Any]]
    later: list[dict[str, Any]]
    mixed: bool

    def __bool__(self) -> bool:
        return bool(self.days)


def times(offers: Sequence[Offer], zone: str, query: dict[str, str] | None = None) -> Times:
    """`query`: what else the address of each choice carries."""
    tz, mixed = ZoneInfo(zone), len({offer.place for offer in offers}) > 1
    days = [
        {"name": long_date(day, reader_language(), article=False), "iso": day.isoformat(),
         "choices": [_choice(offer, tz, mixed, query or {}) for offer in same_day]}
        for day, same_day in groupby(offers, key=lambda offer: offer.at.astimezone(tz).date())
    ]  # fmt: skip
    return Times(days[:FIRST_DAYS], days[FIRST_DAYS:], mixed)


def _choice(offer: Offer, zone: ZoneInfo, mixed: bool, query: dict[str, str]) -> dict[str, str]:
    label = time_of_day(offer.at.astimezone(zone), reader_language())
    place = str(MeetingPlace(offer.place).label) if mixed else ""
    return {
        "label": label, "place": place, "iso": offer.at.isoformat(),
        "query": urlencode({"at": written(offer.at), "place": offer.place} | query),
    }  # fmt: skip


def written(at: datetime) -> str:
    """A moment as addresses and forms carry it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def read(text: str) -> datetime | None:
    """The moment that `written` wrote; None for anything else."""
    try:
        at = datetime.strptime(text, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    # No clock can be reckoned at the ends of time.
    return at if at.year in YEARS else None


def wish_rows(chosen: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The parts of a week to tick: one row for each day."""
    return [
        {"day": name, "parts": [
            {"value": f"{number}-{part.value}", "label": part.label, "ticked": f"{number}-{part.value}" in chosen}
            for part in PartOfDay
        ]}
        for number, name in enumerate(WEEKDAYS[reader_language()])
    ]  # fmt: skip


def wish_words(parts: Sequence[str]) -> list[str]:
    """As in "Monday: morning, evening"."""
    found = []
    for number, name in enumerate(WEEKDAYS[reader_language()]):
        labels = [str(part.label) for part in PartOfDay if f"{number}-{part.value}" in parts]
        if labels:
            found.append(_("%(day)s: %(parts)s") % {"day": name, "parts": ", ".join(labels).lower()})
    return found
