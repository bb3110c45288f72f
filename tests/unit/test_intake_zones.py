"""The zones that a person can choose, by the place where they live."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from intake.zones import known_zones, offered_by_region, zone_choices, zones_by_region


def test_every_zone_exists_and_has_one_name():
    for language in ("en", "fr"):
        names = [name for _zone, name in zone_choices(language)]
        assert len(names) == len(set(names))
        assert all(ZoneInfo(zone) for zone, _name in zone_choices(language))
    assert [zone for zone, _name in zone_choices("en")] == [zone for zone, _name in zone_choices("fr")]


def test_every_zone_of_a_region_is_offered_under_some_name():
    for region, zones in zones_by_region().items():
        assert 1 <= len(offered_by_region()[region]) <= len(zones)
        assert set(offered_by_region()[region]) <= known_zones()


@pytest.mark.parametrize(
    ("region", "offered"),
    [
        ("MB", ["America/Winnipeg"]),
        ("NB", ["America/Halifax"]),
        ("BC", ["America/Vancouver", "America/Edmonton"]),
        ("NL", ["America/St_Johns", "America/Halifax"]),
    ],
)
def test_region_offers_its_usual_zone_first(region, offered):
    assert offered_by_region()[region] == offered
