"""Protected tables: what is hidden, what is refused, and what an attacker can work out."""

from __future__ import annotations

import contextlib
import dataclasses
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.disclosure import (
    ALL,
    DisclosureError,
    ProtectedTable,
    parse_table,
    protect_json,
    read_table,
)

NAMES = {"region": ("QC", "ON", "ATL", "PAC"), "language": ("fr", "en"), "month": ("01", "02", "03")}


def table(*rows: tuple[Any, ...], dimensions: tuple[str, ...] = ("region", "language")) -> dict[str, Any]:
    names = (*dimensions, "count")
    return {"dimensions": list(dimensions), "cells": [dict(zip(names, row, strict=True)) for row in rows]}


@st.composite
def any_table(draw: st.DrawFn) -> dict[str, Any]:
    dimensions = draw(st.lists(st.sampled_from(sorted(NAMES)), min_size=1, max_size=3, unique=True))
    places = list(product(*(NAMES[name] for name in dimensions)))
    chosen = draw(st.lists(st.sampled_from(places), unique=True))
    count = st.one_of(st.just(0), st.integers(1, 12), st.integers(10, 3000))
    return table(*((*place, draw(count)) for place in chosen), dimensions=tuple(dimensions))


thresholds = st.integers(5, 20)


def within(key: tuple[str, ...], cell: tuple[str, ...]) -> bool:
    return all(mark in (ALL, name) for mark, name in zip(key, cell, strict=True))


def truth_of(data: dict[str, Any]) -> dict[tuple[str, ...], int]:
    names = data["dimensions"]
    return {tuple(cell[name] for name in names): cell["count"] for cell in data["cells"]}


def published(answer: dict[str, Any], data: dict[str, Any]) -> dict[tuple[str, ...], int | None]:
    names = data["dimensions"]
    return {tuple(cell[name] for name in names): cell["value"] for cell in answer["cells"]}


def test_protect_contract_example() -> None:
    answer = protect_json(table(("QC", "fr", 12), ("QC", "en", 3))).to_json()
    assert answer["threshold"] == 10
    assert answer["audited"] is True
    assert answer["suppressed"] == 4
    assert {"region": "QC", "language": "en", "value": None} in answer["cells"]


def test_protect_without_small_counts_publishes_every_margin() -> None:
    protected = protect_json(table(("QC", "fr", 12), ("QC", "en", 10), ("ON", "en", 40)))
    assert protected.suppressed == 0
    assert protected.value(region="ON", language="fr") == 0
    assert protected.value(region="QC") == 22
    assert protected.value(language="en") == 50
    assert protected.value() == 62


def test_protect_one_dimension_hides_the_smallest_that_helps() -> None:
    protected = protect_json(table(("QC", 9), ("ON", 500), ("PAC", 40), dimensions=("region",)))
    assert protected.cells() == [
        {"region": "ON", "value": 500},
        {"region": "PAC", "value": None},
        {"region": "QC", "value": None},
        {"region": "*", "value": 549},
    ]


@pytest.mark.parametrize(("count", "shown"), [(0, True), (1, False), (9, False), (10, True), (11, True)])
def test_protect_boundaries_of_the_default_threshold(count: int, shown: bool) -> None:
    value = protect_json(table(("QC", count), dimensions=("region",))).value(region="QC")
    assert value == (count if shown else None)


def test_protect_table_without_cells_has_a_total_of_zero() -> None:
    assert protect_json(table()).cells() == [{"region": "*", "language": "*", "value": 0}]


def test_cells_do_not_follow_the_order_of_the_input() -> None:
    rows = [("QC", "fr", 400), ("ATL", "en", 3), ("ON", "en", 2)]
    forwards, backwards = protect_json(table(*rows)), protect_json(table(*reversed(rows)))
    assert forwards.to_json() == backwards.to_json()


@pytest.mark.parametrize("threshold", [4, 0, -1, 10.0, True, "10", None])
def test_protect_threshold_below_five_or_odd_is_refused(threshold: Any) -> None:
    with pytest.raises(DisclosureError) as caught:
        protect_json(table(("QC", "fr", 12)), threshold)
    assert caught.value.path == "threshold"


def narrowed(values: dict[tuple[str, ...], int | None]) -> dict[tuple[str, ...], tuple[float, float]]:
    """What follows from the published numbers by repeated subtraction: a range for every hidden body cell."""
    ranges: dict[tuple[str, ...], tuple[float, float]] = {
        key: (1, float("inf")) for key, value in values.items() if ALL not in key and value is None
    }
    body = {key: value for key, value in values.items() if ALL not in key}
    margins = [(key, value) for key, value in values.items() if ALL in key and value is not None]
    for _ in range(len(ranges) + 1):
        for margin, total in margins:
            inside = [key for key in body if within(margin, key)]
            rest = total - sum(body[key] or 0 for key in inside)
            unknown = [key for key in inside if key in ranges]
            for key in unknown:
                others = [ranges[other] for other in unknown if other != key]
                low, high = ranges[key]
                ranges[key] = (
                    max(low, rest - sum(top for _, top in others)),
                    min(high, rest - sum(bottom for bottom, _ in others)),
                )
    return ranges


def test_attacker_would_find_a_count_behind_a_published_total() -> None:
    """The attacker of the next test can win: one hidden cell beside a published total is found exactly."""
    values: dict[tuple[str, ...], int | None] = {("QC",): None, ("ON",): 500, (ALL,): 503}
    assert narrowed(values) == {("QC",): (3, 3)}


@given(any_table(), thresholds)
def test_attacker_subtracting_margins_narrows_nothing(data: dict[str, Any], threshold: int) -> None:
    ranges, truth = narrowed(published(protect_json(data, threshold).to_json(), data)), truth_of(data)
    small = [ranges[key] for key, count in truth.items() if 0 < count < threshold]
    assert all(low <= 1 and high >= threshold for low, high in small)


@given(any_table(), thresholds)
def test_protect_publishes_true_numbers_and_all_of_them(data: dict[str, Any], threshold: int) -> None:
    answer = protect_json(data, threshold).to_json()
    values, truth = published(answer, data), truth_of(data)
    sizes = [len({key[position] for key in truth}) + 1 for position in range(len(data["dimensions"]))]
    expected = 1
    for size in sizes:
        expected *= size
    assert len(answer["cells"]) == len(values) == expected
    for key, value in values.items():
        total = sum(count for cell, count in truth.items() if within(key, cell))
        assert value in (None, total)
        assert value is None or value == 0 or value >= threshold
        assert value is None if 0 < total < threshold else True
        assert value == 0 if total == 0 else True
    assert answer["suppressed"] == sum(value is None for value in values.values())


def test_protected_table_cannot_be_made_by_hand() -> None:
    with pytest.raises(TypeError, match="protect"):
        ProtectedTable(("region",), (("QC",),), 10, True, {("QC",): 3})
    protected = protect_json(table(("QC", "fr", 12)))
    with pytest.raises((TypeError, ValueError)):
        dataclasses.replace(protected, threshold=5)
    with pytest.raises(dataclasses.FrozenInstanceError):
        protected.threshold = 5  # type: ignore[misc]
    with pytest.raises(TypeError):
        protected.values[("QC", "fr")] = 3  # type: ignore[index]


def test_protected_table_holds_no_hidden_count_anywhere() -> None:
    protected = protect_json(table(("QC", 7), ("ON", 8888), ("PAC", 3333), dimensions=("region",)))
    assert "8888" in repr(protected)
    assert "7," not in repr(protected)
    assert "3333" not in repr(protected)


def test_value_of_something_unknown_is_a_key_error() -> None:
    protected = protect_json(table(("QC", "fr", 12)))
    with pytest.raises(KeyError):
        protected.value(region="XX")
    with pytest.raises(KeyError):
        protected.value(colour="red")


GOOD = {"region": "QC", "language": "fr", "count": 3}


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ([], "input"),
        (None, "input"),
        ({"cells": []}, "dimensions"),
        ({"dimensions": [], "cells": []}, "dimensions"),
        ({"dimensions": "region", "cells": []}, "dimensions"),
        ({"dimensions": ["region", ""], "cells": []}, "dimensions[1]"),
        ({"dimensions": ["region", 3], "cells": []}, "dimensions[1]"),
        ({"dimensions": ["region", "region"], "cells": []}, "dimensions[1]"),
        ({"dimensions": ["count"], "cells": []}, "dimensions[0]"),
        ({"dimensions": ["value"], "cells": []}, "dimensions[0]"),
        ({"dimensions": ["*"], "cells": []}, "dimensions[0]"),
        ({"dimensions": ["region"]}, "cells"),
        ({"dimensions": ["region"], "cells": {}}, "cells"),
        ({"dimensions": ["region"], "cells": [], "extra": 1}, "extra"),
        ({"dimensions": ["region"], "cells": [], "released": [{}]}, "released[0].cells"),
        ({"dimensions": ["region", "language"], "cells": [GOOD, 5]}, "cells[1]"),
        ({"dimensions": ["region", "language"], "cells": [GOOD, GOOD]}, "cells[1]"),
        ({"dimensions": ["region"], "cells": [GOOD]}, "cells[0].language"),
        (
            {"dimensions": ["region", "language"], "cells": [{"region": "QC", "count": 1}]},
            "cells[0].language",
        ),
        (
            {"dimensions": ["region", "language"], "cells": [{"region": "QC", "language": "fr"}]},
            "cells[0].count",
        ),
        ({"dimensions": ["region", "language"], "cells": [GOOD | {"region": "*"}]}, "cells[0].region"),
        ({"dimensions": ["region", "language"], "cells": [GOOD | {"region": 3}]}, "cells[0].region"),
        ({"dimensions": ["region", "language"], "cells": [GOOD | {"region": " "}]}, "cells[0].region"),
        *(
            ({"dimensions": ["region", "language"], "cells": [GOOD | {"count": bad}]}, "cells[0].count")
            for bad in (-1, 1.5, 12.0, "12", None, True, float("nan"), [3])
        ),
    ],
)
def test_parse_table_names_the_place_of_a_mistake(data: Any, path: str) -> None:
    with pytest.raises(DisclosureError) as caught:
        parse_table(data)
    assert caught.value.path == path


def test_parse_table_refuses_a_table_too_large_to_audit() -> None:
    rows = [(f"r{number}", f"c{number}", 12) for number in range(600)]
    with pytest.raises(DisclosureError, match="361201 cells"):
        parse_table(table(*rows))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON"),
        ('{"dimensions": [', "line 1"),
        ('{"dimensions": ["a"], "cells": [{"a": "x", "count": 1, "count": 50}]}', "twice"),
        ('{"dimensions": ["a"], "cells": [{"a": "x", "count": NaN}]}', "whole number"),
        ("[" * 100_000, "not JSON"),
        ('{"dimensions": ["a"], "cells": [{"a": "x", "count": ' + "9" * 5000 + "}]}", "not JSON"),
    ],
)
def test_read_table_refuses_what_is_no_clean_json(text: str, message: str) -> None:
    with pytest.raises(DisclosureError, match=message):
        read_table(text)


leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
names = st.sampled_from(["dimensions", "cells", "count", "a"])


@given(
    st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
        max_leaves=8,
    )
)
def test_parse_table_never_fails_in_any_other_way(data: Any) -> None:
    with contextlib.suppress(DisclosureError):
        assert parse_table(data).dimensions
