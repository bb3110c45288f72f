"""The heat map as the page draws it: a table of hours and weekdays, each a box to tick, and the best times in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groups import heat
from groups.board_words import time_of_week
from groups.models import Forming, KindSetting
from groups.pool import Pool, PoolLead, PoolPerson, pool_of, series_of
from groups.services_forming import SIZES
from intake.week import DAY, GRID, WEEK
from psp.bilingual import reader_language
from psp.calendar_text import WEEKDAYS, time_of_day, zone_name

HOUR = 60
# Shown even where nobody is free; other hours only where somebody is.
USUAL = range(9 * HOUR, 21 * HOUR, HOUR)


@dataclass(frozen=True, slots=True)
class HeatCell:
    minute: int
    people: int
    leads: int
    shade: int
    chosen: bool
    words: str


@dataclass(frozen=True, slots=True)
class HeatRow:
    hour: str
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """`zone`: whose clock it shows, in words. `fine`: half hours too."""

    days: tuple[tuple[str, str], ...]
    rows: tuple[HeatRow, ...]
    best: tuple[str, ...]
    zone: str
    fine: bool
    enough: int
    # That the time of most people lacks somebody who leads; "" where it does not.
    unled: str


def heat_map(
    forming: Forming, people: Iterable[PoolPerson], leaders: Iterable[PoolLead], *, fine: bool = False
) -> HeatMap:
    # A row is counted for the whole week where one of its times is ticked.
    ticked = {day * DAY + one % DAY for one in forming.times for day in range(7)}
    minutes = sorted({*range(0, WEEK, GRID if fine else HOUR), *ticked})
    series = dict(zip(minutes, series_of(forming, minutes), strict=True))
    found = heat.spots(heat.counts(people, series), heat.counts(leaders, series), enough=forming.min_size)
    code = reader_language()
    best = heat.best(found, enough=forming.min_size, leads_needed=forming.facilitators)
    begins = datetime.combine(forming.starts_after, time(12), ZoneInfo(forming.time_zone))
    return HeatMap(
        tuple((day, day[:3] if code == "en" else day[:2]) for day in WEEKDAYS[code]),
        tuple(_rows(found, frozenset(forming.times), code)),
        tuple(_("%(time)s: %(who)s") % {"time": time_of_week(spot.minute, code), "who": in_words(spot)}
              for spot in best),
        zone_name(forming.time_zone, code, begins), fine, forming.min_size, _unled(forming, found, code),
    )  # fmt: skip


def _unled(forming: Forming, found: Mapping[int, heat.Spot], code: str) -> str:
    """Whoever asks one more facilitator for that time gains most by it."""
    top = max(found.values(), key=lambda spot: (spot.people, spot.leads, -spot.minute))
    if top.people < forming.min_size or top.leads >= forming.facilitators:
        return ""
    words = _("The most people (%(people)s) could come on %(time)s, but too few can lead then.")
    return words % {"people": top.people, "time": time_of_week(top.minute, code)}


# At most so many times are ticked at the beginning: many that overlap make a search long.
AT_ONCE = 24
# Where nothing is known: evenings of working days.
EVENINGS = [day * DAY + hour * HOUR for day in range(5) for hour in (18, 19)]


def times_to_begin_with(values: Mapping[str, Any]) -> list[int]:
    """The hours at which most people could come; evenings where at none there are enough for a group."""
    setting = KindSetting.objects.get(kind=values["kind"])
    sizes = {name: getattr(setting, name) for name in SIZES}
    thought = Forming(times=[], **values, **sizes)
    minutes = list(range(0, WEEK, HOUR))
    series = dict(zip(minutes, series_of(thought, minutes), strict=True))
    found = heat.counts(pool_of(thought).people, series)
    enough = [minute for minute in minutes if found[minute] >= setting.min_size]
    return sorted(sorted(enough, key=lambda minute: (-found[minute], minute))[:AT_ONCE]) or EVENINGS


def further_times(forming: Forming, pool: Pool, *, number: int = 12) -> list[tuple[int, str]]:
    """Hours that are not offered yet, those first at which most people could come; each in words."""
    minutes = [minute for minute in range(0, WEEK, HOUR) if minute not in forming.times]
    series = dict(zip(minutes, series_of(forming, minutes), strict=True))
    people, leads = heat.counts(pool.people, series), heat.counts(pool.leaders, series)
    best = sorted((minute for minute in minutes if people[minute]), key=lambda minute: (-people[minute], minute))
    code = reader_language()
    spots = [heat.Spot(minute, people[minute], leads[minute], 0) for minute in best[:number]]
    return [(spot.minute, f"{time_of_week(spot.minute, code)} ({in_words(spot)})") for spot in spots]


def _rows(found: Mapping[int, heat.Spot], chosen: Collection[int], code: str) -> Iterable[HeatRow]:
    hours = sorted({minute % DAY for minute in found})
    for at in hours:
        spots = [found.get(day * DAY + at) for day in range(7)]
        in_use = any(spot is not None and (spot.people or spot.minute in chosen) for spot in spots)
        if in_use or at in USUAL:
            cells = (_cell(spot or heat.Spot(day * DAY + at, 0, 0, 0), chosen, code) for day, spot in enumerate(spots))
            yield HeatRow(time_of_day(time(at // 60, at % 60), code), tuple(cells))


def _cell(spot: heat.Spot, chosen: Collection[int], code: str) -> HeatCell:
    words = f"{time_of_week(spot.minute, code)}, {in_words(spot)}"
    return HeatCell(spot.minute, spot.people, spot.leads, spot.shade, spot.minute in chosen, words)


def in_words(spot: heat.Spot) -> str:
    people = ngettext("%(n)d person", "%(n)d people", spot.people) % {"n": spot.people}
    leads = ngettext("%(n)d who can lead", "%(n)d who can lead", spot.leads) % {"n": spot.leads}
    return _("%(people)s, %(leads)s") % {"people": people, "leads": leads}
