"""Several tables in one proof, what is released already, counts that must fit it, and rounding."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.disclosure import (
    CountTable,
    DisclosureError,
    Key,
    Method,
    Nesting,
    fit,
    parse_request,
    protect,
    protect_request,
    protect_together,
    record_of,
    restore,
    rounded,
)
from reporting.disclosure import digest_of as digest
from reporting.protection.audit import Audit

T = 10
NEVER = 10.0**9


def a_table(counts: Mapping[Any, int], *dimensions: str, **more: Any) -> CountTable:
    cells = {(key,) if isinstance(key, str) else key: count for key, count in counts.items()}
    categories = tuple(tuple(sorted({key[at] for key in cells})) for at in range(len(dimensions)))
    every = {key: cells.get(key, 0) for key in product(*categories)}
    return CountTable(dimensions, categories, MappingProxyType(every), **more)


def faults(table: CountTable, published: Mapping[Key, int | None], **more: Any) -> list[str]:
    return list(Audit([table], [published], T, NEVER, **more).faults())


# The audit -----------------------------------------------------------------------------------------------------

REGIONS = a_table({"ON": 40, "PAC": 30, "QC": 3}, "region")
TRUE: dict[Key, int | None] = {("ON",): 40, ("PAC",): 30, ("QC",): 3, ("*",): 73}


@pytest.mark.parametrize(
    ("hidden", "reason"),
    [
        ((), "small and published"),
        (("QC",), "too closely"),
        (("QC", "PAC"), None),
        (("QC", "ON"), None),
        # The sum is hidden with it and nothing else: then the hidden cell is the small one.
        (("QC", "*"), "too closely"),
    ],
)
def test_audit_knows_what_can_be_worked_out(hidden: tuple[str, ...], reason: str | None) -> None:
    published: dict[Key, int | None] = TRUE | {(name,): None for name in hidden}
    found = faults(REGIONS, published)
    assert (not found) if reason is None else any(reason in fault for fault in found)


def test_audit_finds_wrong_missing_and_strange_numbers_and_names_no_count() -> None:
    safe: dict[Key, int | None] = TRUE | {("QC",): None, ("PAC",): None}
    assert any("true number" in fault for fault in faults(REGIONS, safe | {("ON",): 41}))
    assert any("missing" in fault for fault in faults(REGIONS, {("ON",): 40}))
    assert any("no cell" in fault for fault in faults(REGIONS, safe | {("XX",): 40}))
    zero = a_table({"ON": 0, "QC": 20}, "region")
    assert any("zero" in fault for fault in faults(zero, {("ON",): None, ("QC",): 20, ("*",): 20}))
    every = [*faults(REGIONS, TRUE), *faults(REGIONS, TRUE | {("QC",): None})]
    assert not any(character.isdigit() for fault in every for character in fault.replace("tables[0]", ""))


def test_audit_without_time_lets_nothing_leave() -> None:
    safe: dict[Key, int | None] = TRUE | {("QC",): None, ("PAC",): None}
    assert list(Audit([REGIONS], [safe], T, 0.0).faults())


def test_no_time_is_a_refusal_and_no_table() -> None:
    with pytest.raises(DisclosureError, match="in time"):
        protect_together([REGIONS], T, time_limit=0.0)


# Several tables ------------------------------------------------------------------------------------------------


def test_cell_of_two_tables_is_hidden_in_both_or_in_none() -> None:
    both = a_table({("ON", "art"): 3, ("ON", "yoga"): 2, ("QC", "art"): 30, ("QC", "yoga"): 40}, "region", "kind")
    alone = a_table({"ON": 5, "QC": 70}, "region")
    made = protect_together([both, alone], T)
    assert made.optimal
    for region in ("ON", "QC"):
        assert made.tables[0].value(region=region) == made.tables[1].value(region=region)
    assert made.tables[1].value(region="ON") is None
    assert made.tables[0].value() == made.tables[1].value()


def test_two_tables_that_disagree_are_refused_with_the_place() -> None:
    with pytest.raises(DisclosureError, match="ON") as refused:
        protect_together([a_table({("ON", "art"): 30}, "region", "kind"), a_table({"ON": 31}, "region")], T)
    assert refused.value.path == "tables[1]"
    assert "30" not in str(refused.value)
    assert "31" not in str(refused.value)


def test_sensitive_cell_is_hidden_and_stays_open_by_the_threshold() -> None:
    visits = a_table({"ON": 36, "PAC": 400, "QC": 25}, "region", sensitive=frozenset({("ON",)}))
    shown = protect(visits)
    assert shown.value(region="ON") is None
    assert shown.suppressed >= 2
    assert (shown.value(region="PAC"), shown.value()) != (400, None), "the smaller one helps as well"


def test_people_in_several_kinds_are_no_sum() -> None:
    kinds = a_table({"art": 3, "yoga": 40}, "kind", overlapping=frozenset({"kind"}),
                    margins=MappingProxyType({("*",): 41}))  # fmt: skip
    shown = protect(kinds)
    assert shown.value(kind="art") is None
    with pytest.raises(DisclosureError, match="not the same people"):
        protect(CountTable(kinds.dimensions, kinds.categories, kinds.counts, overlapping=kinds.overlapping,
                           margins=MappingProxyType({("*",): 44})))  # fmt: skip


@given(
    st.permutations([("ON", "art", 3), ("ON", "yoga", 50), ("QC", "art", 12), ("QC", "yoga", 40), ("PAC", "art", 8)])
)
def test_answer_does_not_follow_the_order_of_the_input(rows: list[tuple[str, str, int]]) -> None:
    table = a_table({(region, kind): count for region, kind, count in rows}, "region", "kind")
    first = a_table({("ON", "art"): 3, ("ON", "yoga"): 50, ("PAC", "art"): 8, ("QC", "art"): 12, ("QC", "yoga"): 40},
                    "region", "kind")  # fmt: skip
    assert record_of(protect(table)) == record_of(protect(first))


# Releases ------------------------------------------------------------------------------------------------------

MONTHS = ("m1", "m2")
QUARTER = Nesting("period", "q", MONTHS)


def a_period(period: str, **counts: int) -> CountTable:
    return a_table(counts, "region", where=MappingProxyType({"period": period}))


def test_month_is_not_the_difference_of_the_quarter_and_the_other_month() -> None:
    out = [protect(a_period("m1", ON=50, QC=60))]
    made = protect_together([a_period("m2", ON=3, QC=70), a_period("q", ON=53, QC=130)], T, released=out,
                            nestings=[QUARTER])  # fmt: skip
    month, quarter = made.tables
    assert month.value(region="ON") is None
    assert quarter.value(region="ON") is None
    assert not (quarter.value(region="QC") and quarter.value())


def test_hidden_month_stays_open_when_the_quarter_comes() -> None:
    months = [a_period("m1", ON=3, QC=60), a_period("m2", ON=50, QC=70)]
    out = [protect(month) for month in months]
    quarter = a_period("q", ON=53, QC=130)
    for known in ((), months):
        made = protect_together([quarter], T, released=out, nestings=[QUARTER], known=known)
        assert made.tables[0].value(region="ON") is None


def test_release_that_contradicts_todays_counts_is_refused() -> None:
    out = [protect(a_period("m1", ON=50, QC=60))]
    with pytest.raises(DisclosureError, match="not the same people") as refused:
        protect_together([a_period("m1", ON=49, QC=60)], T, released=out)
    assert refused.value.path == "released"


def test_restored_table_enters_the_proof_like_the_one_it_was() -> None:
    made = protect(a_period("m1", ON=3, QC=60))
    again = restore(record_of(made), digest(record_of(made)))
    quarter = a_period("q", ON=3, QC=60)
    nesting = Nesting("period", "q", ("m1",))
    assert protect_together([quarter], T, released=[made], nestings=[nesting]).tables == (
        protect_together([quarter], T, released=[again], nestings=[nesting]).tables
    )


# Counts that fit -----------------------------------------------------------------------------------------------


def test_fit_leaves_what_fits() -> None:
    out = [protect(a_period("m1", ON=50, QC=60)), protect(a_period("m2", ON=20, QC=70))]
    quarter = a_period("q", ON=70, QC=130)
    assert fit([quarter], out, [QUARTER]).tables == (quarter,)


def test_fit_brings_a_recount_to_what_is_out() -> None:
    out = [protect(a_period("m1", ON=50, QC=60)), protect(a_period("m2", ON=20, QC=70))]
    (moved,) = fit([a_period("q", ON=68, QC=130)], out, [QUARTER]).tables
    assert dict(moved.counts) == {("ON",): 70, ("QC",): 130}


def test_fit_keeps_hidden_cells_at_one_at_least_and_says_so_of_known_ones() -> None:
    before = a_period("m1", ON=1, PAC=12, QC=60)
    out = [protect(before)]
    fitted = fit([a_period("q", ON=0, PAC=12, QC=60)], out, [Nesting("period", "q", ("m1",))],
                 known=[a_period("m1", ON=0, PAC=12, QC=60)])  # fmt: skip
    (quarter,), (month,) = fitted.tables, fitted.known
    assert month.counts[("ON",)] >= 1
    assert quarter.counts == month.counts
    assert sum(month.counts.values()) == 73, "the total is out"


@given(st.lists(st.integers(0, 40), min_size=6, max_size=6), st.lists(st.integers(0, 2), min_size=6, max_size=6))
def test_fitted_quarter_can_always_be_posed_with_its_months(counts: list[int], gone: list[int]) -> None:
    names = ("ON", "PAC", "QC")
    months = [a_period(name, **dict(zip(names, counts[at * 3 :], strict=False))) for at, name in enumerate(MONTHS)]
    out = [protect(month) for month in months]
    today = [max(0, count - less) for count, less in zip(counts, gone, strict=True)]
    quarter = a_period("q", **{name: today[at] + today[at + 3] for at, name in enumerate(names)})
    (moved,) = fit([quarter], out, [QUARTER]).tables
    refused = ""
    try:
        protect_together([moved], T, released=out, nestings=[QUARTER])
    except DisclosureError as reason:
        refused = str(reason)
    assert not refused or "already tells" in refused


def test_fit_refuses_what_nothing_fits() -> None:
    out = [protect(a_period("q", ON=50, QC=60)), protect(a_period("m1", ON=55, QC=60))]
    with pytest.raises(DisclosureError, match="not the same people"):
        fit([a_period("m2", ON=5, QC=0)], out, [QUARTER])


# Rounding ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("threshold", "count", "shown"),
    [(10, 0, 0), (10, 10, 10), (10, 12, 10), (10, 13, 15), (10, 1207, 1205), (7, 7, 10), (7, 12, 10), (7, 13, 15),
     (5, 5, 5), (5, 7, 5), (6, 6, 10), (12, 12, 15), (12, 17, 15)],
)  # fmt: skip
def test_rounding_is_to_the_nearest_five_and_never_below_the_threshold(threshold: int, count: int, shown: int) -> None:
    made = protect_together([a_table({"ON": count}, "region")], threshold, method=Method.ROUNDING)
    assert made.tables[0].value(region="ON") == shown
    assert made.tables[0].method == Method.ROUNDING


def test_rounding_hides_less_where_rounded_numbers_leave_enough_open() -> None:
    table = a_table({(f"r{at}", f"c{to}"): 20 + at + to for at in range(3) for to in range(3)} | {("r0", "c0"): 8},
                    "row", "column")  # fmt: skip
    hiding, rounding = (protect_together([table], T, method=method) for method in Method)
    assert rounding.tables[0].suppressed <= hiding.tables[0].suppressed


def test_rounded_afterwards_says_nothing_that_was_not_out() -> None:
    made = protect(a_table({"ON": 43, "PAC": 31, "QC": 3}, "region"))
    after = rounded(made)
    assert {key for key, value in after.values.items() if value is None} == {
        key for key, value in made.values.items() if value is None
    }
    assert after.value(region="ON") == 45
    with pytest.raises(DisclosureError, match="rounded already"):
        rounded(after)


def test_statistics_are_shown_with_a_published_count_and_rounded() -> None:
    statistics = {
        ("ON",): {"median": 12.345, "p90": 40.0},
        ("PAC",): {"p90": 9.0, "mean": 7.77},
        ("QC",): {"median": 3.0},
    }
    table = a_table({"ON": 50, "PAC": 49, "QC": 3, "YT": 14}, "region", statistics=MappingProxyType(statistics))
    shown = protect(table)
    assert shown.value(region="QC") is None
    assert dict(shown.statistics) == {("ON",): {"median": 12.3, "p90": 40.0}, ("PAC",): {"mean": 7.8}}
    assert dict(rounded(shown).statistics)[("ON",)] == {"median": 12.3}, "a rounded 50 may be 48"


# As JSON -------------------------------------------------------------------------------------------------------

CELLS = [{"region": "ON", "month": "10", "count": 40}, {"region": "ON", "month": "11", "count": 20},
         {"region": "QC", "month": "10", "count": 5}, {"region": "QC", "month": "11", "count": 30}]  # fmt: skip
TODAY = {"dimensions": ["region", "month"], "cells": CELLS}


def a_release(*cells: tuple[str, int | None], **more: Any) -> dict[str, Any]:
    return {
        "threshold": 10,
        "audited": True,
        "cells": [{"region": region, "value": value} for region, value in cells],
    } | more


def test_released_sum_of_two_months_enters_the_proof() -> None:
    release = a_release(("QC", 35), ("ON", 60), ("*", 95), where={"month": ["10", "11"]})
    request = parse_request(TODAY | {"released": [release]})
    (shown,) = protect_request(request).tables
    assert shown.value(region="QC", month="11") is None, "35 less 30 would tell"
    assert shown.value(region="QC") == 35


def test_several_tables_are_answered_under_their_names() -> None:
    request = parse_request({"tables": [
        {"name": "regions", "dimensions": ["region"],
         "cells": [{"region": "QC", "count": 7}, {"region": "ON", "count": 40}]},
        {"name": "all", "dimensions": ["kind"], "cells": [{"kind": "art", "count": 47}]},
    ]})  # fmt: skip
    answer = request.answer(protect_request(request))
    assert [one["name"] for one in answer["tables"]] == ["regions", "all"]
    assert answer["suppressed"] == sum(one["suppressed"] for one in answer["tables"])
    assert answer["audited"] is True
    assert answer["threshold"] == 10


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"method": "noise"}, "method"),
        ({"nestings": {}}, "nestings"),
        ({"nestings": [{"dimension": "month", "whole": "q", "parts": []}]}, "nestings[0].parts"),
        ({"nestings": [{"dimension": "month", "whole": "q", "parts": ["q"]}]}, "nestings[0].parts"),
        ({"nestings": [{"dimension": "month", "whole": "q", "parts": ["1"], "adds": 1}]}, "nestings[0].adds"),
        ({"released": {}}, "released"),
        ({"released": [3]}, "released[0]"),
        ({"released": [a_release(("QC", 3))]}, "released[0].cells[0].value"),
        ({"released": [a_release(("QC", -1))]}, "released[0].cells[0].value"),
        ({"released": [a_release(("QC", 35), ("QC", 36))]}, "released[0].cells[1]"),
        ({"released": [a_release(("BC", 35))]}, "released[0].cells[0].region"),
        ({"released": [a_release(("QC", 35), threshold=4)]}, "threshold"),
        ({"released": [a_release(("QC", 35), audited=False)]}, "released[0].audited"),
        ({"released": [a_release(("QC", 36), method="rounding")]}, "released[0].cells[0].value"),
        ({"released": [a_release(("QC", 35), where={"month": []})]}, "released[0].where.month"),
        ({"released": [a_release(("QC", 35), where={"month": ["10", "10"]})]}, "released[0].where.month"),
        ({"released": [a_release(("QC", 35), where={"region": "QC"})]}, "released[0].where.region"),
        ({"released": [a_release(("QC", 35), colour="red")]}, "released[0].colour"),
        ({"tables": [{"name": "a"}]}, "dimensions"),
    ],
)
def test_request_names_the_place_of_a_mistake(more: dict[str, Any], path: str) -> None:
    with pytest.raises(DisclosureError) as refused:
        parse_request(TODAY | more)
    assert refused.value.path == path


def test_release_of_other_people_is_refused_with_the_place() -> None:
    release = a_release(("QC", 36), where={"month": ["10", "11"]})
    with pytest.raises(DisclosureError, match="not the same people"):
        protect_request(parse_request(TODAY | {"released": [release]}))
