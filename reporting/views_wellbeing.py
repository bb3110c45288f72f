"""For analysts: how those who lead are, as protected figures by month. No name, no region, no day."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from psp.areas import requires
from psp.bilingual import reader_language
from psp.calendar_text import MONTHS
from psp.choices import Role
from reporting import wellbeing
from reporting.disclosure import ALL
from reporting.present import protected, shown
from supporters.wellbeing.rules_checkin import Colour
from supporters.wellbeing.words import COLOURS


@require_GET
@requires(Role.ANALYST)
def by_month(request: HttpRequest) -> HttpResponse:
    months = wellbeing.months()
    context = {
        "columns": [str(COLOURS[colour]) for colour in Colour], "rows": [_row(month) for month in months],
        "threshold": settings.PSP_SUPPRESSION_THRESHOLD,
    }  # fmt: skip
    return render(request, "reports/wellbeing.html", context)


def _row(month: wellbeing.Month) -> dict[str, Any]:
    """Name of the month, figures by colour and their total; no figures where nothing was kept."""
    names = MONTHS[reader_language()]
    name = f"{names[month.first.month - 1]} {month.first.year}"
    if month.table is None:
        return {"name": name, "figures": None}
    table = protected(month.table)
    wanted = [*(colour.value for colour in Colour), ALL]
    return {"name": name, "figures": [shown(table.value(colour=colour)) for colour in wanted]}
