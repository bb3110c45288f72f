"""Until when an invitation can be answered, when it is reminded of, and how many further ones are due. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from psp.calendar_text import WEEKDAYS, time_of_day

# Whoever said no may think again for so long before the place is offered to the next.
SECOND_THOUGHTS = timedelta(minutes=15)
# A place in a group that begins sooner is offered to nobody by itself: there is no time left to say yes calmly.
LATEST_OFFER = timedelta(days=2)
# The last minute of a day, as people read "until Friday".
END_OF_DAY = time(23, 59)


def end_of_day(moment: datetime, zone: str) -> datetime:
    """The last minute of that day on the clock in `zone`."""
    there = ZoneInfo(zone)
    return datetime.combine(moment.astimezone(there).date(), END_OF_DAY, there)


def answer_until(now: datetime, days: int, zone: str, begins: datetime | None) -> datetime:
    """By when to answer: the end of the day `days` from now where the person lives, never after the group `begins`."""
    until = end_of_day(now + timedelta(days=days), zone)
    return until if begins is None else min(until, begins)


def reminder_due(sent_at: datetime, answer_by: datetime, days_before: int) -> datetime:
    """So many days before the end, or halfway for whoever has little time."""
    halfway = sent_at + (answer_by - sent_at) / 2
    return max(answer_by - timedelta(days=days_before), halfway)


def further_offers(freed: Collection[object], offered: Collection[object]) -> int:
    """How many people may still be asked: one for each whose place became free, less those who were asked already.

    `freed`: who does not come after all. `offered`: who was asked by itself, whatever they said.
    """
    return max(0, len(set(freed)) - len(set(offered)))


def weekly(first: datetime) -> dict[str, str]:
    """A name that tells nothing but when: "Tuesdays, 7:00 p.m.", « Mardis, 19 h ». `first` is on the group's clock."""
    english, french = (WEEKDAYS[language][first.weekday()] for language in ("en", "fr"))
    return {
        "en": f"{english}s, {time_of_day(first, 'en')}",
        "fr": f"{french.capitalize()}s, {time_of_day(first, 'fr')}",
    }


def told_apart(names: Mapping[str, str], taken: Collection[str]) -> dict[str, str]:
    """`names` by language; numbered where a group of that English name is there already."""
    number = 1
    while f"{names['en']}{_number(number)}" in taken:
        number += 1
    return {language: f"{name}{_number(number)}" for language, name in names.items()}


def _number(number: int) -> str:
    return "" if number == 1 else f" ({number})"
