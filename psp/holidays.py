"""Statutory holidays, by province or territory.

Which days count is decided as follows. A group has one province of reference; its sessions skip that
province's statutory holidays. A national virtual group, or one outside Canada, has none: it skips the federal
holidays, which are the days on which the program's own staff do not work. A group for a program region of
several provinces skips the days that are a holiday in any of them, so that nobody gives up a day off.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import holidays

OUTSIDE_CANADA = "XX"
PROVINCES = frozenset(
    ("NL", "PE", "NS", "NB", "QC", "ON", "MB", "SK", "AB", "BC", "YT", "NT", "NU"),
)
LOCALES = {"en": "en_CA", "fr": "fr"}
# The library leaves this name in English; « Lendemain de Noël » is the official one.
FRENCH_NAMES = (("Boxing Day", "Lendemain de Noël"), (" (observé)", " (reporté)"))


def _name(name: str, language: str) -> str:
    if language == "fr":
        for found, wanted in FRENCH_NAMES:
            name = name.replace(found, wanted)
    return name.replace("; ", ", ")


def statutory_holidays(province: str | None, years: Iterable[int], language: str = "en") -> dict[date, str]:
    """Holidays of `years` in a province, by date and in order; federal ones for None or "XX".

    A holiday that falls on a weekend is there twice: on its day and on the day it is observed.
    ValueError for a province or language that does not exist.
    """
    national = province is None or province == OUTSIDE_CANADA
    if not national and province not in PROVINCES:
        raise ValueError(f"no such province or territory: {province}")
    if language not in LOCALES:
        raise ValueError(f"no such language: {language}")
    found = holidays.country_holidays(
        "CA",
        subdiv=None if national else province,
        years=sorted(set(years)),
        language=LOCALES[language],
        categories=("government",) if national else ("public",),
    )
    return {day: _name(name, language) for day, name in sorted(found.items())}


def region_holidays(provinces: Iterable[str], years: Iterable[int], language: str = "en") -> dict[date, str]:
    """Days that are a holiday in any of `provinces`; with none named, the federal ones."""
    wanted, span = sorted(set(provinces)), sorted(set(years))
    merged: dict[date, str] = {}
    for province in wanted or [OUTSIDE_CANADA]:
        for day, name in statutory_holidays(province, span, language).items():
            merged.setdefault(day, name)
    return dict(sorted(merged.items()))
