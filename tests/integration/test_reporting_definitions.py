"""Definitions as data: loaded as often as one likes, never changed once figures were published under them."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from psp.content import load
from reporting import record, reference
from reporting.apps import load_reference
from reporting.models import FrozenTable, Indicator, Series
from reporting.periods import parse
from reporting.reference import DefinitionChanged, load_all, load_one

pytestmark = pytest.mark.django_db


def item(code: str) -> dict:
    return next(one for one in load("indicators")["series"] if one["code"] == code)


def published(code: str) -> Series:
    series = Series.objects.get(code=code)
    record.tables(series, parse("2026-05"))
    assert FrozenTable.objects.filter(series=series).exists()
    return series


CHANGES = [
    {"population_en": "Everybody."}, {"breakdowns": [["region"]]}, {"spans": ["year"]}, {"name_fr": "Autre"},
    {"indicators": []}, {"measured_en": "days", "measured_fr": "jours"},
]  # fmt: skip


def test_loading_twice_changes_nothing():
    published("people")
    before = list(Series.objects.values()), list(Indicator.objects.values())
    load_all()
    assert (list(Series.objects.values()), list(Indicator.objects.values())) == before


@pytest.mark.parametrize("change", CHANGES)
def test_definition_is_put_right_before_anything_was_published_under_it(change):
    load_one(item("people") | change)
    series = Series.objects.get(code="people")
    assert reference.content_of(series).items() >= change.items()
    assert Series.objects.filter(code="people").count() == 1


@pytest.mark.parametrize("change", CHANGES)
def test_definition_that_was_published_keeps_its_words(change):
    Series.objects.filter(code="people").update(measured_en="weeks", measured_fr="semaines")
    published("people")
    with pytest.raises(DefinitionChanged, match=r"“people” number 1 .* the number 2"):
        load_one(item("people") | change)


def test_words_of_an_indicator_are_part_of_the_definition():
    published("people")
    changed = item("people")
    changed["indicators"][0]["definition_fr"] = "Autre chose."
    with pytest.raises(DefinitionChanged):
        load_one(changed)


def test_new_number_is_the_way_to_other_words():
    published("people")
    load_one(item("people") | {"number": 2, "breakdowns": [["region"]]})
    assert {one.code: one.number for one in record.in_force()}["people"] == 2
    assert record.definition(Series.objects.get(code="people", number=2), parse("2026-05")).number == 1


def test_migrating_stops_with_the_sentence(monkeypatch):
    published("people")
    changed = {"series": [item("people") | {"name_en": "Everybody"}]}
    monkeypatch.setattr(reference, "load", lambda name: changed if name == "indicators" else load(name))
    with pytest.raises(CommandError, match="“people” number 1") as stopped:
        load_reference(apps.get_app_config("reporting"))
    assert stopped.value.returncode == 2
    assert Series.objects.get(code="people").name_en != "Everybody"


@pytest.mark.parametrize(
    "change",
    [
        lambda series: Series.objects.filter(pk=series.pk).update(source_en="Somewhere"),
        lambda series: Series.objects.filter(pk=series.pk).update(number=7),
        lambda series: series.indicators.update(name_en="Somebody"),
        lambda series: series.indicators.all().delete(),
        lambda series: Indicator.objects.create(series=series, code="more", measure="count"),
        lambda series: Indicator.objects.filter(series__code="sessions").update(series=series),
    ],
)
def test_definition_frozen_for_every_writer(change):
    series = published("people")
    with pytest.raises(IntegrityError, match="published under never changes"), transaction.atomic():
        change(series)


def test_place_on_a_page_is_no_part_of_a_definition():
    series = published("people")
    assert Series.objects.filter(pk=series.pk).update(place=9) == 1


def test_choice_of_the_first_page_is_no_part_of_a_definition():
    series, changed = published("people"), item("people")
    changed["indicators"][0]["headline"] = not changed["indicators"][0].get("headline", False)
    load_one(changed)
    assert series.indicators.get(code="people").headline is changed["indicators"][0]["headline"]


def test_unit_of_statistics_is_named_once():
    series, words = published("people"), {"measured_en": "weeks", "measured_fr": "semaines"}
    load_one(item("people") | words)
    series.refresh_from_db()
    assert (series.measured("en"), series.measured("fr")) == ("weeks", "semaines")
    with pytest.raises(IntegrityError, match="published under never changes"), transaction.atomic():
        Series.objects.filter(pk=series.pk).update(measured_en="days")


def test_every_statistic_has_a_unit():
    """A median of weeks and a mean of marks are not alike."""
    statistics = Indicator.objects.exclude(measure__in=("count", "share"))
    assert statistics
    assert all(one.unit(language) for one in statistics for language in ("en", "fr"))


def test_first_page_tells_few_figures():
    assert 0 < Indicator.objects.filter(headline=True).count() <= 6


def test_nothing_is_left_to_migrate():
    call_command("makemigrations", "reporting", "--check", "--dry-run", verbosity=0)
