"""How the board says what a group would be, and what somebody wished and gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groups.models import Forming, FormingGroup
from groups.pool import PoolPerson
from groups.services_forming import Effect
from intake.choices import Composition, Modality
from intake.week import DAY, in_words
from psp.bilingual import reader_language
from psp.calendar_text import WEEKDAYS, long_date, time_of_day, zone_name
from psp.choices import Language


@dataclass(frozen=True, slots=True)
class Wish:
    """`label`: what it is about; `wished`: what they said; `gets`: what the group has, "" without one."""

    label: str
    wished: str
    gets: str = ""


def group_name(number: int) -> str:
    return _("Group %(number)d") % {"number": number}


def dates(group: FormingGroup, forming: Forming) -> str:
    """As in "Eastern time, the first on 8 December 2026"."""
    code = reader_language()
    local = group.starts_at.astimezone(ZoneInfo(forming.time_zone))
    day = long_date(local.date(), code, article=False).removeprefix(WEEKDAYS[code][local.weekday()])
    zone = zone_name(forming.time_zone, code, group.starts_at)
    return _("%(zone)s, the first on %(date)s") % {"zone": zone, "date": day.strip(", ")}


def pool_words(forming: Forming, regions: Mapping[str, str]) -> str:
    """As in "Formal groups · Quebec · French · by video"."""
    parts = [
        forming.get_kind_display(), ", ".join(regions.get(code, code) for code in forming.program_regions),
        ", ".join(str(Language(code).label) for code in forming.languages),
        ", ".join(str(Modality(code).label) for code in forming.modalities),
    ]  # fmt: skip
    return " · ".join(part for part in parts if part)


def minute_of(local: datetime) -> int:
    return local.weekday() * DAY + local.hour * 60 + local.minute


def time_of_week(minute: int, code: str) -> str:
    """As in "Tuesday, 6:00 p.m.", « mardi à 18 h »."""
    day, rest = divmod(minute, DAY)
    joint = " à " if code == "fr" else ", "
    return f"{WEEKDAYS[code][day]}{joint}{time_of_day(time(rest // 60, rest % 60), code)}"


def traits(group: FormingGroup) -> str:
    where = f" ({group.region})" if group.region else ""
    return f"{group.get_language_display()} · {group.get_modality_display()}{where} · {group.get_composition_display()}"


def waiting_of(days: list[int]) -> str:
    """How long the people of a group have waited."""
    if not days:
        return ""
    ordered = sorted(days)
    middle = ngettext("Half have waited %(n)d day or more", "Half have waited %(n)d days or more",
                      ordered[len(ordered) // 2]) % {"n": ordered[len(ordered) // 2]}  # fmt: skip
    return _("%(middle)s; the longest, %(most)d") % {"middle": middle, "most": ordered[-1]}


def wishes_of(person: PoolPerson, group: FormingGroup | None, code: str) -> list[Wish]:
    """Language, way to meet, company and times: what was wished, and what this group has, on the person's clock."""
    local = group and group.starts_at.astimezone(ZoneInfo(person.zone))
    at = time_of_week(minute_of(local), code) if local else ""
    week = "; ".join(in_words(person.week, code)) or _("not said")
    return [
        Wish(_("Language"), _named(person.languages, Language), group.get_language_display() if group else ""),
        Wish(_("How to meet"), _named(person.modalities, Modality), group.get_modality_display() if group else ""),
        Wish(_("Company"), _named(person.compositions, Composition), group.get_composition_display() if group else ""),
        Wish(_("Free"), week, at),
    ]


def _named(codes: tuple[str, ...], choices: Any) -> str:
    return ", ".join(str(choices(code).label) for code in codes if code in choices.values)


def effect_words(effect: Effect, name: str, forming: Forming, *, out: bool = False) -> str:
    """What a move did, as it is said aloud: where the person is now, and how many are in the groups it touched."""
    if effect.joined is not None:
        first = _("%(name)s is in %(group)s now.") % {"name": name, "group": group_name(effect.joined)}
    elif out:
        first = _("%(name)s is left out of the search.") % {"name": name}
    else:
        first = _("%(name)s is in no group now.") % {"name": name}
    touched = [number for number in (effect.joined, effect.left) if number is not None]
    return " ".join([first, *(_size_words(effect, number, forming) for number in touched)])


def _size_words(effect: Effect, number: int, forming: Forming) -> str:
    values = {"group": group_name(number), "n": effect.sizes[number], "least": forming.min_size}
    if number in effect.too_small:
        return ngettext("%(group)s has %(n)d person, fewer than %(least)d.",
                        "%(group)s has %(n)d people, fewer than %(least)d.", effect.sizes[number]) % values  # fmt: skip
    return ngettext("%(group)s has %(n)d person.", "%(group)s has %(n)d people.", effect.sizes[number]) % values
