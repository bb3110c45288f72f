"""How protected figures are shown: rows of a page's table, and a CSV file. Takes protected tables only."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from psp.cells import safe_cell
from psp.models import ProgramRegion
from reporting.disclosure import ALL, ProtectedTable
from reporting.indicators import Report


def protected(table: object) -> ProtectedTable:
    """The table itself; TypeError for anything that `disclosure.protect` did not make."""
    if not isinstance(table, ProtectedTable):
        raise TypeError("only protected tables are shown")
    return table


def columns() -> list[str]:
    return [_("Region"), _("People who took part"), _("Sessions held"), _("Attendances")]


def values(report: Report, region: str) -> list[int | None]:
    """The published figures of one region ("*" for all of them), in the order of `columns`."""
    return [protected(table).value(region=region) for table in (report.people, report.sessions, report.attendance)]


def rows(report: Report) -> list[tuple[str, list[int | None]]]:
    """Name and figures of every program region, then of all together."""
    named = [(str(region), values(report, region.code)) for region in ProgramRegion.objects.all()]
    return [*named, (_("All regions"), values(report, ALL))]


def hidden_count(report: Report) -> int:
    """How many figures of the page are hidden."""
    return sum(value is None for _name, figures in rows(report) for value in figures)


def shown(value: int | None) -> str:
    """A figure as people read it: spaces in thousands in French, commas in English."""
    from django.utils.formats import number_format

    return _("hidden") if value is None else number_format(value, use_l10n=True, force_grouping=True)


def to_csv(header: Sequence[Any], lines: Iterable[Sequence[Any]]) -> str:
    """A CSV text with a byte-order mark, so that spreadsheets read accents."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_MINIMAL)
    writer.writerow([safe_cell(cell) for cell in header])
    for line in lines:
        writer.writerow([safe_cell(cell) for cell in line])
    return "\ufeff" + buffer.getvalue()


def report_csv(report: Report) -> str:
    """The page's table as a file: the same figures, the same hidden ones."""
    lines = [[name, *(_("hidden") if value is None else value for value in figures)] for name, figures in rows(report)]
    return to_csv(columns(), lines)
