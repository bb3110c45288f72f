"""Dates and times as people write them in Canada, in both official languages."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

NO_BREAK = "\u00a0"
WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
}
MONTHS = {
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ),
}  # fmt: skip
NEWFOUNDLAND = ("Newfoundland time", "heure de Terre-Neuve")
ATLANTIC = ("Atlantic time", "heure de l’Atlantique")
EASTERN = ("Eastern time", "heure de l’Est")
CENTRAL = ("Central time", "heure du Centre")
MOUNTAIN = ("Mountain time", "heure des Rocheuses")
PACIFIC = ("Pacific time", "heure du Pacifique")
# By place, not by abbreviation: since 2026 the zone data calls Winnipeg's standard time "EST" and Edmonton's
# "CST", which is not what people there say. Places that do not follow the zone they are named after carry
# their own name, so that two people never read one word for two times.
ZONES = MappingProxyType(
    {
        "America/St_Johns": NEWFOUNDLAND,
        "America/Goose_Bay": ATLANTIC,
        "America/Halifax": ATLANTIC,
        "America/Glace_Bay": ATLANTIC,
        "America/Moncton": ATLANTIC,
        "America/Blanc-Sablon": ("Lower North Shore time", "heure de la Basse-Côte-Nord"),
        "America/Toronto": EASTERN,
        "America/Montreal": EASTERN,
        "America/Nipigon": EASTERN,
        "America/Thunder_Bay": EASTERN,
        "America/Iqaluit": EASTERN,
        "America/Pangnirtung": EASTERN,
        "America/Atikokan": ("Atikokan time", "heure d’Atikokan"),
        "America/Coral_Harbour": ("Coral Harbour time", "heure de Coral Harbour"),
        "America/Winnipeg": CENTRAL,
        "America/Rainy_River": CENTRAL,
        "America/Rankin_Inlet": ("Rankin Inlet time", "heure de Rankin Inlet"),
        "America/Resolute": ("Resolute time", "heure de Resolute"),
        "America/Regina": ("Saskatchewan time", "heure de la Saskatchewan"),
        "America/Swift_Current": ("Saskatchewan time", "heure de la Saskatchewan"),
        "America/Edmonton": MOUNTAIN,
        "America/Yellowknife": MOUNTAIN,
        "America/Inuvik": MOUNTAIN,
        "America/Cambridge_Bay": ("Cambridge Bay time", "heure de Cambridge Bay"),
        "America/Vancouver": PACIFIC,
        "America/Dawson_Creek": PACIFIC,
        "America/Fort_Nelson": PACIFIC,
        "America/Creston": PACIFIC,
        "America/Whitehorse": ("Yukon time", "heure du Yukon"),
        "America/Dawson": ("Yukon time", "heure du Yukon"),
        "UTC": ("Coordinated Universal Time", "temps universel coordonné"),
    }
)

# Places whose French name is not the one in the name of the zone.
FRENCH_CITIES = MappingProxyType(
    {"Brussels": "Bruxelles", "Kuwait": "Koweït", "London": "Londres", "Montreal": "Montréal"}
)


def _french(language: str) -> bool:
    """Whether it is "fr" or "fr-ca" rather than "en" or "en-ca"; ValueError for anything else."""
    code = language.lower()[:2]
    if code not in WEEKDAYS:
        raise ValueError(f"no such language: {language}")
    return code == "fr"


def long_date(day: date, language: str, *, article: bool = True) -> str:
    """As in "Tuesday, 8 December 2026", « le mardi 8 décembre 2026 » (without « le » for `article=False`)."""
    french = _french(language)
    code = "fr" if french else "en"
    weekday, month = WEEKDAYS[code][day.weekday()], MONTHS[code][day.month - 1]
    if not french:
        return f"{weekday}, {day.day} {month} {day.year}"
    number = "1er" if day.day == 1 else str(day.day)
    return f"{'le ' if article else ''}{weekday} {number} {month} {day.year}"


def time_of_day(moment: datetime | time, language: str) -> str:
    """As in "7:00 p.m.", "12:00 noon", "12:00 midnight"; « 19 h », « 19 h 30 », « 0 h ». Applies no zone."""
    hour, minute = moment.hour, moment.minute
    if _french(language):
        return f"{hour}{NO_BREAK}h" + (f"{NO_BREAK}{minute:02}" if minute else "")
    if minute == 0 and hour in (0, 12):
        return "12:00 noon" if hour else "12:00 midnight"
    return f"{hour % 12 or 12}:{minute:02} {'p.m.' if hour >= 12 else 'a.m.'}"


def _offset(tz: str, at: datetime) -> str:
    seconds = at.astimezone(ZoneInfo(tz)).utcoffset() or timedelta()
    minutes = round(seconds.total_seconds() / 60)
    sign = "−" if minutes < 0 else "+"
    rest = f":{abs(minutes) % 60:02}" if minutes % 60 else ""
    return f"UTC{sign}{abs(minutes) // 60}{rest}"


def city_name(tz: str, language: str) -> str:
    """The place that a zone is called after, e.g. "London", « Londres »."""
    city = tz.rsplit("/", 1)[-1].replace("_", " ")
    return FRENCH_CITIES.get(city, city) if _french(language) else city


def zone_name(tz: str, language: str, at: datetime | None = None) -> str:
    """What people call the time in `tz`; for a zone outside Canada the city, with the offset at `at`."""
    french = _french(language)
    if tz in ZONES:
        return ZONES[tz][french]
    city = city_name(tz, language)
    name = f"heure locale ({city})" if french else f"{city} time"
    return name if at is None else f"{name}, {_offset(tz, at)}"


def long_datetime(moment: datetime, tz: str, language: str) -> str:
    """As in "Tuesday, 8 December 2026, 7:00 p.m. (Eastern time)".

    In French « le mardi 8 décembre 2026 à 19 h (heure de l’Est) ».

    `moment` must be aware (ValueError); it is shown as the clock in `tz` shows it.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    local = moment.astimezone(ZoneInfo(tz))
    joint = " à " if _french(language) else ", "
    when = f"{long_date(local.date(), language)}{joint}{time_of_day(local, language)}"
    return f"{when} ({zone_name(tz, language, moment)})"


def machine_time(moment: datetime) -> str:
    """For the `datetime` of a <time>, which takes no part of a second smaller than a thousandth."""
    return moment.isoformat(timespec="seconds")


def relative_days(day: date, today: date, language: str) -> str:
    """One of "today", "tomorrow", "yesterday", "in 3 days", "3 days ago" and the same in French."""
    french, distance = _french(language), (day - today).days
    near = {
        -1: ("yesterday", "hier"),
        0: ("today", "aujourd’hui"),
        1: ("tomorrow", "demain"),
    }
    if distance in near:
        return near[distance][french]
    if french:
        return f"{'dans' if distance > 0 else 'il y a'} {abs(distance)}{NO_BREAK}jours"
    return f"in {distance} days" if distance > 0 else f"{-distance} days ago"
