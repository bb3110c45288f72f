"""The file for pay: who worked how long at what, one row for each person. The same lines give the same bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import override

from psp.cells import safe_cell
from supporters.hours.choices import HoursKind
from supporters.hours.rules import Period, decimal_hours, totals

# So that spreadsheets read the accents of names.
BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Worked:
    """One line: how the person is called in the file, when, at what, how long (a correction: the difference)."""

    key: str
    day: date
    kind: str
    minutes: int


def build(lines: Iterable[Worked], period: Period, language: str) -> bytes:
    """Rows by key. "Earlier": what in the total is of days before the period, late hours and corrections."""
    people: dict[str, list[Worked]] = {}
    for line in lines:
        people.setdefault(line.key, []).append(line)
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    with override(language):
        table.writerow([_("Person"), _("From"), _("To"), *(str(kind.label) for kind in HoursKind), _("Total"),
                        _("of which earlier days")])  # fmt: skip
    for key in sorted(people):
        table.writerow([safe_cell(key), period.first.isoformat(), period.last.isoformat(), *_sums(people[key], period)])
    return (BOM + text.getvalue()).encode()


def _sums(lines: list[Worked], period: Period) -> list[str]:
    """Numbers, in hours: never text that somebody wrote."""
    kinds: Mapping[str, int] = totals((line.kind, line.minutes) for line in lines)
    earlier = sum(line.minutes for line in lines if line.day < period.first)
    minutes = [*(kinds.get(kind, 0) for kind in HoursKind), sum(kinds.values()), earlier]
    return [decimal_hours(number) for number in minutes]


def file_name(period: Period) -> str:
    """Says nothing of the program."""
    return f"hours-{period.first.isoformat()}.csv"
