"""The file for pay: totals that come to the whole, cells that nothing runs, the same bytes for the same lines."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from supporters.hours.choices import HoursKind
from supporters.hours.pay_by_role import FEWEST, OTHER, protected, quarter_of, quarters_before
from supporters.hours.pay_file import BOM, Worked, build, file_name
from supporters.hours.rules import Period, decimal_hours

PERIOD = Period(date(2026, 1, 5), date(2026, 1, 18))
KEYS = st.text(min_size=1, max_size=20) | st.builds(str.__add__, st.sampled_from("=+-@\t\r\n＝＋－＠'"), st.text())
DAYS = st.dates(date(2025, 12, 1), PERIOD.last)
LINES = st.lists(
    st.builds(Worked, KEYS, DAYS, st.sampled_from([kind.value for kind in HoursKind]), st.integers(-1440, 1440))
)


def read(content: bytes) -> list[list[str]]:
    text = content.decode("utf-8")
    assert text.startswith(BOM)
    return list(csv.reader(io.StringIO(text.removeprefix(BOM), newline="")))


@given(LINES, st.sampled_from(["en", "fr"]))
def test_file_has_one_row_for_each_person_with_totals_by_kind(lines, language):
    _head, *rows = read(build(lines, PERIOD, language))
    assert len(rows) == len({line.key for line in lines})
    for row, key in zip(rows, sorted({line.key for line in lines}), strict=True):
        mine = [line for line in lines if line.key == key]
        assert row[1:3] == [PERIOD.first.isoformat(), PERIOD.last.isoformat()]
        by_kind = [sum(line.minutes for line in mine if line.kind == kind) for kind in HoursKind]
        earlier = sum(line.minutes for line in mine if line.day < PERIOD.first)
        assert row[3:] == [decimal_hours(number) for number in [*by_kind, sum(by_kind), earlier]]


@given(LINES)
def test_property_28_no_cell_is_run_by_a_spreadsheet(lines):
    """A difference below nothing is a number, and stays one."""
    for row in read(build(lines, PERIOD, "fr"))[1:]:
        assert not row[0].lstrip(" \u00a0").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
        assert "\0" not in row[0]
        assert all(Decimal(cell) is not None for cell in row[3:])


@given(LINES, st.randoms())
def test_file_is_the_same_whatever_the_order_of_lines(lines, random):
    mixed = list(lines)
    random.shuffle(mixed)
    assert build(lines, PERIOD, "en") == build(mixed, PERIOD, "en")


def test_headings_are_in_the_language_of_the_file_and_its_name_says_nothing():
    assert read(build([], PERIOD, "en"))[0][:4] == ["Person", "From", "To", "Preparation"]
    assert read(build([], PERIOD, "fr"))[0] != read(build([], PERIOD, "en"))[0]
    assert file_name(PERIOD) == "hours-2026-01-05.csv"


# --- By role ---


@given(st.lists(st.tuples(st.integers(0, 12), st.sampled_from(list(HoursKind)), st.integers(1, 600)), max_size=60))
def test_every_number_by_role_is_of_five_people_at_least_and_comes_to_the_whole(lines):
    """A plain restatement: whoever knows everything shown knows no sum of fewer people."""
    found = protected("supporter", lines)
    people = {person for person, _kind, _minutes in lines}
    if len(people) < FEWEST:
        assert (found.people, found.minutes) == (None, {})
        return
    assert sum(found.minutes.values()) == sum(minutes for _person, _kind, minutes in lines)
    shown = {kind for kind in found.minutes if kind != OTHER}
    for kind in shown:
        assert len({person for person, of, _minutes in lines if of == kind}) >= FEWEST
    hidden = {person for person, of, _minutes in lines if of not in shown}
    assert not hidden or len(hidden) >= FEWEST
    assert (OTHER in found.minutes) == bool(hidden)


@given(st.dates(date(2020, 1, 1), date(2035, 12, 31)))
def test_quarters_are_over_whole_and_without_gaps(today):
    found = quarters_before(today)
    assert len(found) == 4
    assert found[0].last < today <= quarter_of(today).last
    for newer, older in pairwise(found):
        assert older.last + timedelta(days=1) == newer.first
