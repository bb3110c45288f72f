"""Every kind of chart as it was looked at last, in both languages: a change of one number in a drawing is a change that
somebody must see. `PSP_KEEP_PICTURES=1` keeps the new ones, in `pictures/` beside this file: open them in a browser."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import translation

from reporting.charts import build
from reporting.charts.lines import When
from reporting.charts.printed import svg
from reporting.charts.shapes import Chart
from reporting.disclosure import ALL, ProtectedTable
from reporting.figures import Pick
from reporting.wording import Unit
from tests.unit.test_reporting_charts import one_dimension, over_time, table

Names = list[tuple[str, str]]
PICTURES = Path(__file__).parent / "pictures"
PEOPLE = {"en": "People", "fr": "Personnes"}
REGIONS = {"en": ("Quebec", "Ontario", "Atlantic"), "fr": ("Québec", "Ontario", "Atlantique")}
KINDS = {"en": ("Formal", "Informal", "Activity"), "fr": ("Officiel", "Non officiel", "Activité")}
MONTHS = {"en": ("January {}", "Jan"), "fr": ("janvier {}", "janv.")}
UNITS = {"en": Unit("people", "weeks"), "fr": Unit("personnes", "semaines")}


def bars(language: str) -> Chart:
    made, names = one_dimension(list(zip(REGIONS[language], (1286, 0, None), strict=True)))
    return build.bar_chart(PEOPLE[language], made, "region", names, Pick(), UNITS[language])


def lines(language: str) -> Chart:
    long, short = MONTHS[language]
    found = [
        (When(long.format(2000 + at), (short, str(2000 + at)), long.format(2000 + at)), made)
        for at, (_when, made) in enumerate(over_time([12, 30, None, 1045]))
    ]
    return build.line_chart(PEOPLE[language], found, Pick(), UNITS[language])


def crossed(language: str) -> tuple[ProtectedTable, Names, Names]:
    counts = iter((40, None, 12, 0, None, 1120, 10, 0, 0))
    made = table(
        {"region": ["a", "b", "c"], "kind": ["x", "y", "z"]},
        {(row, column): next(counts) for row in "abc" for column in "xyz"} | {(ALL, ALL): None},
    )
    return made, list(zip("abc", REGIONS[language], strict=True)), list(zip("xyz", KINDS[language], strict=True))


def stacks(language: str) -> Chart:
    made, down, across = crossed(language)
    return build.stacked_chart(PEOPLE[language], made, "region", down, "kind", across, UNITS[language])


def heat(language: str) -> Chart:
    made, down, across = crossed(language)
    return build.heat_chart(PEOPLE[language], made, ("region", down), ("kind", across), Pick(), UNITS[language])


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("draw", [bars, lines, stacks, heat])
def test_chart_is_drawn_as_it_was_looked_at(draw: Callable[[str], Chart], language: str) -> None:
    with translation.override(language):
        chart = draw(language)
        for drawing in chart.drawings:
            path = PICTURES / f"{draw.__name__}-{drawing.size}-{language}.svg"
            made = svg(drawing).replace("><", ">\n<") + "\n"
            if "PSP_KEEP_PICTURES" in os.environ:
                path.write_text(made, encoding="utf-8")
            assert made == path.read_text(encoding="utf-8"), f"{path.name} is drawn otherwise"
        said = PICTURES / f"{draw.__name__}-{language}.txt"
        words = "\n".join([chart.title, chart.finding, *(mark.label for mark in chart.drawings[0].marks)]) + "\n"
        if "PSP_KEEP_PICTURES" in os.environ:
            said.write_text(words, encoding="utf-8")
        assert words == said.read_text(encoding="utf-8")
