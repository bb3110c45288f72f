"""Days on which a group does not meet by itself: statutory holidays of its province, and closures of the program."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Q

from groups.models import PeerGroup
from psp.bilingual import reader_language
from psp.holidays import statutory_holidays
from sessions.models import Closure


@lru_cache(maxsize=512)
def holidays_of(province: str, year: int, language: str) -> dict[date, str]:
    """As `statutory_holidays`, worked out once in a process. "" for the federal ones."""
    return statutory_holidays(province or None, [year], language)


@dataclass(frozen=True, slots=True)
class ClosedDays:
    province: str
    language: str
    closures: tuple[Closure, ...]

    def name(self, day: date) -> str:
        """Why the program does not meet on this day; "" where it does."""
        holiday = holidays_of(self.province, day.year, self.language).get(day)
        if holiday:
            return holiday
        return next((one.name for one in self.closures if one.first_day <= day <= one.last_day), "")


def closed_days(group: PeerGroup, closures: Iterable[Closure] | None = None) -> ClosedDays:
    """For a group with its `region`; the closures are fetched unless they are given."""
    found = closures_of([group.program_region_id]) if closures is None else closures
    here = tuple(one for one in found if one.program_region_id in (None, group.program_region_id))
    return ClosedDays(group.region.holidays or "", reader_language(), here)


def closures_of(regions: Iterable[str]) -> Any:
    """Of the whole program and of these regions, in order."""
    return Closure.objects.filter(Q(program_region=None) | Q(program_region__in=list(regions)))
