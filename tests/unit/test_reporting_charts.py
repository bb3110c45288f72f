"""Charts by their geometry: everything inside the frame, no word over another, and nothing told of what is hidden."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from reporting.charts import bars, build, heat, lines, stacks
from reporting.charts.lines import When
from reporting.charts.parted import parted
from reporting.charts.scale import scale
from reporting.charts.shapes import Chart, Drawing, Label, Shape
from reporting.charts.text import shortened, width_of, wrapped
from reporting.disclosure import ALL, CountTable, ProtectedTable, digest_of, restore
from reporting.figures import Figure, Pick, protected
from reporting.wording import Unit, change, number, percent, relative, shown

PEOPLE = Unit("people", "weeks")
# A number that is published, or None for one that is hidden.
VALUES = st.one_of(st.none(), st.just(0), st.integers(10, 99), st.integers(100, 9_999_999))
# Names as regions, kinds and outcomes have them, long French ones among them.
NAMES = st.sampled_from([
    "Québec", "Région de l’Atlantique", "Colombie-Britannique et Yukon", "Nunavut et Territoires du Nord-Ouest", "BC",
    "Groupe informel", "Orientée vers un autre service, avec l’accord de la personne", "Ontario", "Prairies",
])  # fmt: skip
ROWS = st.lists(st.tuples(NAMES, VALUES), min_size=1, max_size=14)


def table(dimensions: dict[str, list[str]], values: dict[tuple[str, ...], int | None], **more) -> ProtectedTable:
    """What the record would give back: published values, whatever the counts were."""
    whole = {
        "dimensions": list(dimensions), "categories": list(dimensions.values()), "threshold": 10, "audited": True,
        "method": "suppression", "where": {}, "overlapping": [], "statistics": [],
        "cells": [[*key, value] for key, value in values.items()], **more,
    }  # fmt: skip
    text = json.dumps(whole)
    return restore(text, digest_of(text))


def one_dimension(rows) -> tuple[ProtectedTable, list[tuple[str, str]]]:
    codes = [f"c{number:02}" for number in range(len(rows))]
    values = {(code,): value for code, (_name, value) in zip(codes, rows, strict=True)}
    names = [(code, name) for code, (name, _value) in zip(codes, rows, strict=True)]
    return table({"region": codes}, values | {(ALL,): None}), names


def two_dimensions(rows, columns, pick) -> tuple[ProtectedTable, list[tuple[str, str]], list[tuple[str, str]]]:
    down, across = [f"r{at:02}" for at in range(len(rows))], [f"c{at:02}" for at in range(len(columns))]
    values = {(row, column): pick() for row in down for column in across}
    made = table({"region": down, "kind": across}, values)
    return made, list(zip(down, rows, strict=True)), list(zip(across, columns, strict=True))


def over_time(values) -> list[tuple[When, ProtectedTable | None]]:
    whens = [
        When(f"January {2000 + at}", ("janv.", str(2000 + at)), f"January {2000 + at}") for at in range(len(values))
    ]
    return [
        (when, None if value == "missing" else table({"total": ["all"]}, {("all",): value, (ALL,): value}))
        for when, value in zip(whens, values, strict=True)
    ]


def labels_of(drawing: Drawing) -> list[Label]:
    return [*drawing.labels, *(label for mark in drawing.marks for label in mark.labels)]


def shapes_of(drawing: Drawing) -> list[Shape]:
    return [*drawing.shapes, *(shape for mark in drawing.marks for shape in mark.shapes)]


def faults(chart: Chart) -> Iterator[str]:
    """Everything that stands outside of its drawing, and every word that meets another."""
    for drawing in chart.drawings:
        for box, what in [
            *((label.box, label.text) for label in labels_of(drawing)),
            *((shape.box, shape.look) for shape in shapes_of(drawing)),
            *((mark.ring, mark.label) for mark in drawing.marks),
        ]:
            if min(box.x, box.y) < -2 or box.right > drawing.width + 2 or box.bottom > drawing.height + 3:
                yield f"{drawing.size}: {what} is outside: {box}"
        for one, other in combinations(labels_of(drawing), 2):
            if one.box.meets(other.box):
                yield f"{drawing.size}: {one.text} meets {other.text}"


def hidden_shapes(chart: Chart) -> list[set[tuple[float, float]]]:
    """The sizes of all marks for what is hidden, by drawing."""
    return [
        {
            (shape.box.width, shape.box.height)
            for mark in drawing.marks
            for shape in mark.shapes
            if shape.look == "hidden"
        }
        for drawing in chart.drawings
    ]


# --- Nothing leaves its frame, and no word stands over another ---------------------------------------------------


@given(ROWS, st.booleans(), st.sampled_from(["en", "fr"]))
def test_bars_fit(rows, upright, language):
    with translation.override(language):
        made, names = one_dimension(rows)
        chart = build.bar_chart("People", made, "region", names, Pick(), PEOPLE, upright=upright)
        assert list(faults(chart)) == []


@given(st.lists(st.one_of(VALUES, st.just("missing")), min_size=1, max_size=13), st.booleans())
def test_lines_fit(values, small):
    chart = build.line_chart("People", over_time(values), Pick(), PEOPLE, small=small)
    assert list(faults(chart)) == []


@given(st.lists(NAMES, min_size=1, max_size=9), st.lists(NAMES, min_size=2, max_size=8), st.data())
def test_stacked_bars_fit(rows, parts, data):
    made, down, across = two_dimensions(rows, parts, lambda: data.draw(VALUES))
    chart = build.stacked_chart("People", made, "region", down, "kind", across, PEOPLE)
    assert list(faults(chart)) == []


@given(st.lists(NAMES, min_size=1, max_size=9), st.lists(NAMES, min_size=2, max_size=8), st.data())
def test_heat_maps_fit(rows, columns, data):
    made, down, across = two_dimensions(rows, columns, lambda: data.draw(VALUES))
    chart = build.heat_chart("People", made, ("region", down), ("kind", across), Pick(), PEOPLE)
    assert list(faults(chart)) == []


TALL = [(f"c{at:02}", f"Place {at:02}") for at in range(60)]
FEW = [("a", "Formal"), ("b", "Informal"), ("c", "Activity")]


def tall(kind: str) -> Chart:
    if kind == "bars":
        made, names = one_dimension([(name, at * 10 or None) for at, (_code, name) in enumerate(TALL)])
        return build.bar_chart("People", made, "region", names, Pick(), PEOPLE)
    counts = {(row, part): (at + 7 * place) * 10 or None
              for at, (row, _name) in enumerate(TALL) for place, (part, _called) in enumerate(FEW)}  # fmt: skip
    made = table({"region": [code for code, _name in TALL], "kind": [code for code, _name in FEW]}, counts)
    if kind == "stacks":
        return build.stacked_chart("People", made, "region", TALL, "kind", FEW, PEOPLE)
    return build.heat_chart("People", made, ("region", TALL), ("kind", FEW), Pick(), PEOPLE)


@pytest.mark.parametrize("kind", ["bars", "stacks", "heat"])
def test_tall_chart_is_parted_between_rows_and_nothing_is_lost_or_said_twice(kind):
    (_narrow, wide) = tall(kind).drawings
    parts = parted(wide, 500)
    assert len(parts) > 2
    assert max(part.height for part in parts) <= 500
    assert list(faults(replace(tall(kind), drawings=parts))) == []
    assert [mark.label for part in parts for mark in part.marks] == [mark.label for mark in wide.marks]
    names = [label.text for part in parts for label in labels_of(part) if label.text.startswith("Place")]
    assert sorted(names) == [name for _code, name in TALL]
    above = [[label for label in part.labels if not label.text.startswith("Place")] for part in parts]
    assert above[0], "a scale, a key or heads of columns"
    assert all(one == above[0] for one in above)
    assert parted(wide, wide.height) == (wide,)


# --- What is hidden looks alike, whatever it is ------------------------------------------------------------------


@given(ROWS, st.integers(0, 13))
def test_hidden_bar_is_drawn_in_one_size(rows, at):
    """And the drawing does not change with the number: the table holds none, as the drawing without it shows."""
    rows = [*rows, ("Québec", None)]
    made, names = one_dimension(rows)
    for upright in (False, True):
        chart = build.bar_chart("People", made, "region", names, Pick(), PEOPLE, upright=upright)
        assert all(len(sizes) == 1 for sizes in hidden_shapes(chart))
    assert all(sizes == {(bars.HIDDEN, bars.THICK)} for sizes in hidden_shapes(
        build.bar_chart("People", made, "region", names, Pick(), PEOPLE)))  # fmt: skip


@given(st.lists(VALUES, min_size=2, max_size=13))
def test_hidden_period_is_a_gap_with_a_band_over_the_whole_height(values):
    values = [*values, None]
    chart = build.line_chart("People", over_time(values), Pick(), PEOPLE)
    for drawing, sizes in zip(chart.drawings, hidden_shapes(chart), strict=True):
        assert len(sizes) == 1
        hidden_xs = {
            round(mark.shapes[0].box.x + mark.shapes[0].box.width / 2, 1) for mark in drawing.marks if mark.hidden
        }
        assert not hidden_xs & {point[0] for trace in drawing.traces for point in trace.points}
        for trace in drawing.traces:
            first, last = trace.points[0][0], trace.points[-1][0]
            assert not [x for x in hidden_xs if first < x < last], "no line across a gap"


@given(st.lists(NAMES, min_size=1, max_size=6), st.data())
def test_hidden_part_stands_apart_in_one_size(rows, data):
    made, down, across = two_dimensions(rows, ["a", "b", "c"], lambda: data.draw(VALUES))
    chart = build.stacked_chart("People", made, "region", down, "kind", across, PEOPLE)
    for sizes in hidden_shapes(chart):
        assert sizes <= {(bars.HIDDEN, stacks.TALL)} or sizes <= {(stacks.SLIM, stacks.TALL)}


def test_zero_is_drawn_as_zero_and_said():
    made, names = one_dimension([("Québec", 0), ("Ontario", 40), ("Prairies", None)])
    chart = build.bar_chart("People", made, "region", names, Pick(), PEOPLE)
    for drawing in chart.drawings:
        zero, most, hidden = drawing.marks
        assert [shape.look for shape in zero.shapes] == ["zero"]
        assert zero.shapes[0].box.width <= 2
        assert (zero.label, most.label, hidden.label) == ("Québec: 0", "Ontario: 40\u00a0people", "Prairies: hidden")
        assert most.shapes[0].box.width > zero.shapes[0].box.width


@given(st.lists(st.integers(10, 10_000), min_size=2, max_size=9))
def test_longer_bar_means_more(counts):
    made, names = one_dimension([("Québec", count) for count in counts])
    for drawing in build.bar_chart("People", made, "region", names, Pick(), PEOPLE).drawings:
        widths = [mark.shapes[0].box.width for mark in drawing.marks]
        assert sorted(widths) == [width for _count, width in sorted(zip(counts, widths, strict=True))]
        longest = max(zip(counts, widths, strict=True))
        for count, width in zip(counts, widths, strict=True):
            assert width == pytest.approx(max(longest[1] * count / longest[0], 2), abs=0.2)


# --- Only protected tables ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("bare", [{("QC",): 3}, CountTable(("region",), (("QC",),), {("QC",): 3}), [3], None, "3"])
def test_nothing_but_protected_tables_is_drawn(bare):
    names, pick = [("QC", "Québec")], Pick()
    tries = [
        lambda: bars.read(bare, "region", names, pick, PEOPLE),
        lambda: stacks.read(bare, "region", names, "kind", names, PEOPLE),
        lambda: heat.read(bare, ("region", names), ("kind", names), pick, PEOPLE),
        lambda: protected(bare), lambda: pick.of(bare),
    ]  # fmt: skip
    when = When("January", ("Jan", ""), "January")
    if bare is not None:  # a period of which nothing is kept
        tries.append(lambda: lines.read([(when, bare)], pick, PEOPLE))
    for one in tries:
        with pytest.raises(TypeError, match="only protected tables"):
            one()


# --- Figures -----------------------------------------------------------------------------------------------------


def parts(**values: int | None) -> ProtectedTable:
    cells = {(code,): value for code, value in values.items() if code != "whole"}
    return table({"outcome": [code for (code,) in cells]}, cells | {(ALL,): values["whole"]})


def test_share_needs_both_numbers():
    share = Pick("share", "outcome", ("yes",))
    assert share.of(parts(yes=30, no=10, whole=40)).value == 75
    assert share.of(parts(yes=None, no=None, whole=40)) == Figure(None, hidden=True, measure="share")
    assert share.of(parts(yes=30, no=None, whole=None)).hidden
    assert share.of(parts(yes=0, no=0, whole=0)) == Figure(None, measure="share"), "of nobody there is no share"


def test_part_of_several_categories_is_their_sum_or_all_less_the_others():
    pick = Pick("count", "outcome", ("yes", "later"))
    assert pick.of(parts(yes=30, later=20, no=10, whole=60)).value == 50
    assert pick.of(parts(yes=None, later=None, no=10, whole=60)).value == 50
    assert pick.of(parts(yes=None, later=20, no=None, whole=60)).hidden


def test_median_is_hidden_with_its_count():
    known = table({"total": ["all"]}, {("all",): 12, (ALL,): 12}, statistics=[["all", {"median": 4.5}]])
    without = table({"total": ["all"]}, {("all",): 12, (ALL,): 12})
    nobody = table({"total": ["all"]}, {("all",): 0, (ALL,): 0})
    assert Pick("median").of(known).value == 4.5
    assert Pick("median").of(without).hidden
    assert Pick("median").of(nobody) == Figure(None, measure="median")


def test_figure_of_something_else_is_not_found():
    with pytest.raises(KeyError):
        Pick().of(parts(yes=30, whole=30), region="QC")


# --- Words -------------------------------------------------------------------------------------------------------


def test_numbers_are_written_as_each_language_does():
    with translation.override("en"):
        assert (number(12345), number(4.5), percent(63), shown(Figure(None, hidden=True))) == (
            "12,345", "4.5", "63%", "hidden"
        )  # fmt: skip
    with translation.override("fr"):
        assert (number(12345), number(4.5), percent(63), shown(Figure(None, hidden=True))) == (
            "12\u00a0345", "4,5", "63\u00a0%", "masqué"
        )  # fmt: skip


def test_change_is_said_of_published_figures_only():
    assert change(Figure(None, hidden=True), Figure(20), name="May") == ""
    assert change(Figure(20), Figure(None, hidden=True), name="May") == ""
    assert change(Figure(12), Figure(20), name="May") == "Down 8 from May (20)."
    assert change(Figure(20), Figure(20), name="May") == "The same as in May."
    assert change(Figure(70, measure="share"), Figure(63, measure="share"), name="May") == (
        "Up 7 percentage points from May (63%)."
    )


def test_unit_stands_in_the_number_that_the_figure_asks_for():
    with translation.override("en"):
        assert PEOPLE.said(Figure(1, measure="median")) == "1\u00a0week"
        assert PEOPLE.said(Figure(1.5, measure="median")) == "1.5\u00a0weeks"
        assert (PEOPLE.beside(Figure(0)), PEOPLE.beside(Figure(40, measure="share"))) == ("", "")
    with translation.override("fr"):
        french = Unit("personnes", "semaines")
        assert french.said(Figure(1.5, measure="median")) == "1,5\u00a0semaine"
        assert french.said(Figure(2, measure="median")) == "2\u00a0semaines"
        assert (french.said(Figure(12)), french.said(Figure(0))) == ("12\u00a0personnes", "0")


def test_percentages_of_few_are_not_said():
    assert relative(Figure(30), Figure(20)) == ""
    assert relative(Figure(150), Figure(100)) == "+50%"
    assert relative(Figure(90), Figure(120)) == "−25%"


@given(st.integers(1, 10_000_000), st.integers(2, 6))
def test_axis_has_few_round_numbers_and_holds_the_greatest(greatest, most):
    made = scale(greatest, 300, most)
    assert greatest <= made.top
    assert len(made.ticks) <= most + 1
    assert str(int(made.step)).strip("0") in {"1", "2", "5"}
    assert made.at(made.top) == 300


@given(st.text("abcdefg hij-klé’M", min_size=1, max_size=80), st.integers(40, 300))
def test_wrapped_text_fits_its_room(text, room):
    for line in wrapped(text, 13, room):
        assert width_of(line, 13) <= room or len(line) <= 2
    assert width_of(shortened(text, 13, room), 13) <= room or len(shortened(text, 13, room)) <= 2


def test_finding_says_where_most_are():
    made, names = one_dimension([("Québec", 42), ("Ontario", 30), ("Prairies", 12), ("Atlantic", None)])
    chart = build.bar_chart("People", made, "region", names, Pick(), PEOPLE)
    assert chart.finding == (
        "The largest: Québec, with 42\u00a0people. The smallest: Prairies, with 12\u00a0people. 1 figure is hidden."
    )
    assert chart.telling
    quiet, names = one_dimension([("Québec", None), ("Ontario", 0)])
    assert not build.bar_chart("People", quiet, "region", names, Pick(), PEOPLE).telling
