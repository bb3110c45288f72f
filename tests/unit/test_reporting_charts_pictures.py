"""Every kind of chart as it was looked at last, in both languages: a change of one number in a drawing is a change that
somebody must see. `PSP_KEEP_PICTURES=1` keeps the new ones, in `pictures/` beside this file: open them in a browser."""

from __future__ import annotations

import os
from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest
from django.utils import translation

from reporting.charts import build
from reporting.charts.lines import When
from reporting.charts.printed import svg
from reporting.charts.shapes import Chart, Multiples
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
    return line(language, PEOPLE[language], [12, 30, None, 1045])


def line(language: str, title: str, values: list[int | str | None], *, small: bool = False) -> Chart:
    long, short = MONTHS[language]
    found = [
        (When(long.format(2000 + at), (short, str(2000 + at)), long.format(2000 + at)), made)
        for at, (_when, made) in enumerate(over_time(values))
    ]
    return build.line_chart(title, found, Pick(), UNITS[language], small=small)


def small(language: str) -> Multiples:
    """A period that is hidden, one of which nothing is kept, and an odd one out."""
    told = ([12, 30, None, 1045], ["missing", 10, 14, 12], [0, None, None, 25])
    named = zip(REGIONS[language], told, strict=True)
    charts = (line(language, title, values, small=True) for title, values in named)
    return Multiples(f"{PEOPLE[language]} 2000–2003", "", tuple(charts))


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
            assert_as_looked_at(f"{draw.__name__}-{drawing.size}-{language}.svg", lined(svg(drawing)))
        assert_as_looked_at(f"{draw.__name__}-{language}.txt", words_of(chart))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_small_charts_are_drawn_beside_each_other_as_they_were_looked_at(language: str) -> None:
    """In two columns, as on paper and on a page that is wide enough."""
    with translation.override(language):
        several = small(language)
        assert_as_looked_at(f"small-{language}.svg", lined(sheet(several)))
        assert_as_looked_at(f"small-{language}.txt", several.title + "\n" + "".join(map(words_of, several.charts)))


def sheet(several: Multiples) -> str:
    cells = []
    for at, chart in enumerate(several.charts):
        (drawing,) = chart.drawings
        x, y = at % 2 * (drawing.width + 24), at // 2 * (drawing.height + 36)
        cells.append(f'<text x="{x:g}" y="{y + 16:g}" font-size="14" font-weight="600">{escape(chart.title)}</text>')
        cells.append(svg(drawing).replace("<svg ", f'<svg x="{x:g}" y="{y + 24:g}" ', 1))
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 616 372" width="616">{"".join(cells)}</svg>'


def lined(made: str) -> str:
    return made.replace("><", ">\n<") + "\n"


def words_of(chart: Chart) -> str:
    return "\n".join([chart.title, chart.finding, *(mark.label for mark in chart.drawings[0].marks)]) + "\n"


def assert_as_looked_at(name: str, made: str) -> None:
    path = PICTURES / name
    if "PSP_KEEP_PICTURES" in os.environ:
        path.write_text(made, encoding="utf-8")
    assert made == path.read_text(encoding="utf-8"), f"{name} is drawn otherwise"
