"""Which clocks people live by: the zones of each province, and their names. Pure, from the content files."""

from __future__ import annotations

from functools import cache

from psp.bilingual import capital
from psp.calendar_text import zone_name
from psp.content import load

# Outside Canada anybody may be; these are where most people of the program live or are posted.
ABROAD = (
    "Europe/London", "Europe/Brussels", "Europe/Berlin", "Europe/Riga", "Asia/Kuwait", "Asia/Tokyo",
)  # fmt: skip


@cache
def zones_by_region() -> dict[str, tuple[str, ...]]:
    """Zones of each province or territory, the usual one first; the whole list outside Canada (XX)."""
    found = {item["code"]: tuple(item["time_zones"]) for item in load("regions")["provinces"]}
    usual = [zones[0] for zones in found.values()]
    inside = dict.fromkeys(usual + [zone for zones in found.values() for zone in zones])
    return found | {"XX": (*inside, *ABROAD)}


@cache
def zone_choices(language: str) -> tuple[tuple[str, str], ...]:
    """Every zone that can be chosen, with its name; one zone for each name, because names are what people know."""
    by_name: dict[str, str] = {}
    for zone in zones_by_region()["XX"]:
        by_name.setdefault(capital(zone_name(zone, language)), zone)
    return tuple((zone, name) for name, zone in by_name.items())


def known_zones() -> frozenset[str]:
    return frozenset(zone for zone, _name in zone_choices("en"))


@cache
def offered_by_region() -> dict[str, list[str]]:
    """Zones to offer for each region, as `zone_choices` knows them: one for each name, the usual one first."""
    names = {name: zone for zone, name in zone_choices("en")}
    return {
        region: list(dict.fromkeys(names[capital(zone_name(zone, "en"))] for zone in zones))
        for region, zones in zones_by_region().items()
    }
