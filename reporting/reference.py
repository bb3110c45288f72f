"""The definitions that every database begins with. Idempotent; one that figures were published under never changes."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from psp.content import load
from reporting.models import FrozenTable, GivenKind, Indicator, Platform, Series

FIELDS = ("topic", "counter", "name_en", "name_fr", "unit_en", "unit_fr", "population_en", "population_fr",
          "source_en", "source_fr", "breakdowns", "spans")  # fmt: skip
# What medians and means are given in; empty where a definition has none.
MEASURED = ("measured_en", "measured_fr")
OF_INDICATOR = ("code", "measure", "part", "headline", "name_en", "name_fr", "definition_en", "definition_fr")
# Whose monthly numbers the program gets from the beginning; administrators add others.
PLATFORMS = {"togetherall": "Togetherall"}

LEFT_OUT = (
    "The definition “{code}” number {number} was made here by an administrator and stays as it is. What comes with the"
    " program under this number is left out. To take it over, make number {next} of it in the administration."
)


class DefinitionChanged(Exception):
    """What a content file says differs from what figures were published under."""


def load_all() -> list[str]:
    """DefinitionChanged, and nothing loaded, where a published definition has other words under the same number.

    A sentence for each that was left out, since an administrator made another one of that number.
    """
    left_out = []
    with transaction.atomic():
        load_given_kinds()
        for place, item in enumerate(load("indicators")["series"], start=1):
            series = load_one(item, place)
            if series.made_here and not _says(series, item):
                left_out.append(LEFT_OUT.format(code=series.code, number=series.number, next=series.number + 1))
    for code, name in PLATFORMS.items():
        Platform.objects.get_or_create(code=code, defaults={"name": name})
    return left_out


def load_given_kinds() -> None:
    """What can be given, to begin with; administrators change it."""
    for place, item in enumerate(load("given_kinds")["kinds"], start=1):
        values = {"name_en": item["name_en"], "name_fr": item["name_fr"], "order": place}
        GivenKind.objects.get_or_create(code=item["code"], defaults=values)


def load_one(item: dict[str, Any], place: int = 0, *, made_here: bool = False) -> Series:
    """The definition as `item` says it: made where it is new, put right where nothing was published under it yet, and
    left alone where an administrator made it. `made_here`: whether one makes it now."""
    said = _said(item)
    series = Series.objects.filter(code=item["code"], number=item["number"]).first()
    if series is None:
        series = Series.objects.create(
            code=item["code"], number=item["number"], place=place, made_here=made_here, **said
        )
        _write_indicators(series, item["indicators"])
        return series
    if series.made_here:
        return series
    _name_what_is_measured(series, said)
    if not _says(series, item):
        if FrozenTable.objects.filter(series=series).exists():
            raise DefinitionChanged(
                f"The definition “{series.code}” number {series.number} has other words than the figures that were "
                f"published under it. Give the new words the number {series.number + 1}."
            )
        Series.objects.filter(pk=series.pk).update(place=place, **said)
        series.indicators.all().delete()
        _write_indicators(series, item["indicators"])
    _choose_headlines(series, item["indicators"])
    return series


def _said(item: dict[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in FIELDS} | {name: item.get(name, "") for name in MEASURED}


def _says(series: Series, item: dict[str, Any]) -> bool:
    """Whether it says what `item` says."""
    indicators = [_whole(one) for one in item["indicators"]]
    return _meaning(content_of(series)) == _meaning(_said(item) | {"indicators": indicators})


def _name_what_is_measured(series: Series, said: dict[str, Any]) -> None:
    """A unit that was never named is named now: the figures were in it all along. One that was named stays."""
    if not series.measured_en and said["measured_en"]:
        for name in MEASURED:
            setattr(series, name, said[name])
        Series.objects.filter(pk=series.pk).update(**{name: said[name] for name in MEASURED})


def _meaning(content: dict[str, Any]) -> dict[str, Any]:
    """All but which figures stand on the first page: that may change under the same number."""
    return content | {"indicators": [one | {"headline": False} for one in content["indicators"]]}


def _choose_headlines(series: Series, items: list[dict[str, Any]]) -> None:
    chosen = [one["code"] for one in items if one.get("headline")]
    series.indicators.exclude(code__in=chosen).filter(headline=True).update(headline=False)
    series.indicators.filter(code__in=chosen, headline=False).update(headline=True)


def content_of(series: Series) -> dict[str, Any]:
    """All that a definition says, as the content file would."""
    indicators = [{name: getattr(one, name) for name in OF_INDICATOR} for one in series.indicators.order_by("place")]
    return {name: getattr(series, name) for name in FIELDS + MEASURED} | {"indicators": indicators}


def _whole(one: dict[str, Any]) -> dict[str, Any]:
    return {"part": "", "headline": False} | one


def _write_indicators(series: Series, items: list[dict[str, Any]]) -> None:
    Indicator.objects.bulk_create(
        Indicator(series=series, place=place, **_whole(one)) for place, one in enumerate(items, start=1)
    )
