"""A pasted table of another platform: read strictly, every fault with its line and column. Free of Django.

What is read is not kept: whoever pastes a table sees what it would keep, and says so a second time.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from psp.calendar_text import MONTHS
from reporting.platforms.personal import Sign, birth_sign, heading_sign, plain, value_sign

MOST_ROWS, MOST_LETTERS, MOST_REGISTRATIONS = 400, 60_000, 1_000_000
OLDEST_YEAR = 2000
HEADINGS = {
    "month": "month", "mois": "month", "period": "month", "periode": "month",
    "region": "region", "regions": "region",
    "registrations": "registrations", "new registrations": "registrations", "inscriptions": "registrations",
    "nouvelles inscriptions": "registrations",
    "source": "source", "remarks": "remarks", "remark": "remarks", "remarques": "remarks", "remarque": "remarks",
}  # fmt: skip
# What remains of accents when a file is opened in the wrong encoding.
GARBLED = re.compile("\ufffd|Ã[\u0080-\u00bf©¨ªè]|Â\xa0|â€")
SPACES = re.compile("[ \u00a0\u202f\u2009]")
GROUPED = re.compile(r"\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3})+|\d+", re.ASCII)
MONTH_NAMES = {plain(name): number for names in MONTHS.values() for number, name in enumerate(names, start=1)}


@dataclass(frozen=True, slots=True)
class Row:
    """One month's number as the table says it. `region` is "" for all regions together."""

    month: date
    region: str
    registrations: int
    source: str
    remarks: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """`code`: what is wrong (`reporting.platforms.words` says it). Line and column count from 1; 0: the whole."""

    code: str
    line: int = 0
    column: int = 0
    heading: str = ""


class Personal(Exception):
    """The table looks as if it were about people one by one: nothing of it may be kept, shown again or logged."""

    def __init__(self, column: int, heading: str, sign: Sign) -> None:
        super().__init__(sign.value)
        self.column, self.heading, self.sign = column, heading, sign


@dataclass(frozen=True, slots=True)
class Known:
    """What a table may speak of. `regions`: codes by their names, `plain`. `source`: where no column says it."""

    regions: Mapping[str, str]
    today: date
    source: str = ""


def read(text: str, known: Known) -> tuple[list[Row], list[Fault]]:
    """The rows, or else the faults. Personal, before anything else is looked at closely."""
    if len(text) > MOST_LETTERS:
        return [], [Fault("too_big")]
    lines = _lines(text.replace("\ufeff", ""))
    if isinstance(lines, Fault):
        return [], [lines]
    if not lines:
        return [], [Fault("empty")]
    _refuse_personal(lines, known.today.year)
    faults = list(_faults_of_headings(lines[0][1]))
    if len(lines) == 1:
        faults.append(Fault("no_rows"))
    if len(lines) - 1 > MOST_ROWS:
        faults.append(Fault("too_many_rows"))
    if GARBLED.search(text):
        faults.append(Fault("garbled"))
    return ([], faults) if faults else _rows(lines, known)


def _lines(text: str) -> list[tuple[int, list[str]]] | Fault:
    """Cells of each line that has any, with the number of the line."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    try:
        found = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error:
        return Fault("quotes", reader.line_num)
    return [(line, cells) for line, cells in found if any(cells)]


def _refuse_personal(lines: Sequence[tuple[int, list[str]]], year: int) -> None:
    """Headings first, then every cell whatever its column: a name may stand under "remarks" too."""
    headings = lines[0][1]
    for column, heading in enumerate(headings, start=1):
        if plain(heading) not in HEADINGS and (sign := heading_sign(heading)):
            raise Personal(column, heading, sign)
    for _line, cells in lines[1:]:
        for column, value in enumerate(cells, start=1):
            heading = headings[column - 1] if column <= len(headings) else ""
            sign = birth_sign(value, year) or (None if _is_number(value) else value_sign(value))
            if sign:
                raise Personal(column, heading, sign)


def _is_number(value: str) -> bool:
    """A number of registrations, however large: it is judged as one."""
    return len(SPACES.sub("", value)) < 8 and bool(GROUPED.fullmatch(value))


def _faults_of_headings(headings: Sequence[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for column, heading in enumerate(headings, start=1):
        name = HEADINGS.get(plain(heading))
        if name is None:
            yield Fault("unknown_column" if heading else "no_heading", 1, column, heading[:40])
        elif name in seen:
            yield Fault("column_twice", 1, column, heading)
        else:
            seen.add(name)
    for name in ("month", "registrations"):
        if name not in seen:
            yield Fault(f"no_{name}_column")


def _rows(lines: Sequence[tuple[int, list[str]]], known: Known) -> tuple[list[Row], list[Fault]]:
    headings = lines[0][1]
    places = {HEADINGS[plain(heading)]: place for place, heading in enumerate(headings)}
    rows: list[Row] = []
    faults: list[Fault] = []
    for line, cells in lines[1:]:
        found = _row(line, cells, headings, places, known)
        if isinstance(found, Row):
            rows.append(found)
        else:
            faults.extend(found)
    faults.extend(_faults_together(rows, places, headings))
    return ([], sorted(faults, key=lambda one: (one.line, one.column))) if faults else (rows, [])


def _row(
    line: int, cells: Sequence[str], headings: Sequence[str], places: Mapping[str, int], known: Known
) -> Row | list[Fault]:
    if len(cells) > len(headings):
        return [Fault("too_many_cells", line, len(headings) + 1)]
    values = {name: cells[place] if place < len(cells) else "" for name, place in places.items()}
    month, number = month_of(values["month"], known.today), number_of(values["registrations"])
    region = region_of(values.get("region", ""), known.regions)
    source = values.get("source") or known.source
    if not (isinstance(month, Fault) or isinstance(number, Fault) or isinstance(region, Fault)) and source:
        return Row(month, region, number, source, values.get("remarks", ""), line)
    found = {"month": month, "region": region, "registrations": number, "source": source or Fault("no_source")}
    wrong = [(name, one.code) for name, one in found.items() if isinstance(one, Fault)]
    return [
        Fault(code, line, places[name] + 1, headings[places[name]]) if name in places else Fault(code, line)
        for name, code in wrong
    ]


def _faults_together(rows: Sequence[Row], places: Mapping[str, int], headings: Sequence[str]) -> Iterator[Fault]:
    """A number twice, or a month both as a whole and by region: people would be counted twice."""
    seen: dict[tuple[date, str], int] = {}
    ways: dict[date, bool] = {}
    place = places["month"]
    for row in rows:
        if seen.setdefault((row.month, row.region), row.line) != row.line:
            yield Fault("twice", row.line, place + 1, headings[place])
        elif ways.setdefault(row.month, bool(row.region)) != bool(row.region):
            yield Fault("both_ways", row.line, place + 1, headings[place])


# One cell -------------------------------------------------------------------------------------------------


def month_of(text: str, today: date) -> date | Fault:
    """The first day of a month that is over: "2026-11", "11/2026", "November 2026", « novembre 2026 »."""
    found = _year_and_month(plain(text))
    if found is None:
        return Fault("no_month" if not text else "not_a_month")
    year, month = found
    if year < OLDEST_YEAR:
        return Fault("too_old")
    first = date(year, month, 1)
    return first if (year, month) < (today.year, today.month) else Fault("not_over")


def _year_and_month(text: str) -> tuple[int, int] | None:
    for pattern, year, month in ((r"(\d{4})[-/.](\d{1,2})(?:[-/.]0?1)?", 1, 2), (r"(\d{1,2})[-/.](\d{4})", 2, 1)):
        if (match := re.fullmatch(pattern, text)) and 1 <= int(match[month]) <= 12:
            return int(match[year]), int(match[month])
    if (match := re.fullmatch(r"([a-z]+)\.? (\d{4})", text)) and match[1] in MONTH_NAMES:
        return int(match[2]), MONTH_NAMES[match[1]]
    return None


def number_of(text: str) -> int | Fault:
    """A whole number, from 0; thousands may stand apart by a space."""
    if not text:
        return Fault("no_number")
    if re.fullmatch(r"[-–−]\s*[\d., \u00a0\u202f]+", text):
        return Fault("negative")
    if re.fullmatch(r"[\d \u00a0\u202f]*[.,]\d+", text):
        return Fault("not_whole")
    if not GROUPED.fullmatch(text):
        return Fault("not_a_number")
    digits = SPACES.sub("", text)
    if len(digits) > len(str(MOST_REGISTRATIONS)) or int(digits) > MOST_REGISTRATIONS:
        return Fault("too_large")
    return int(digits)


def region_of(text: str, regions: Mapping[str, str]) -> str | Fault:
    """The code of a region by its code or name in either language, "" for all together."""
    name = plain(text)
    return regions[name] if name in regions else Fault("unknown_region")
