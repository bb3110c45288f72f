"""The analysts' page: protected figures, and nothing else about anybody."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from psp.areas import requires
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.calendar_text import long_date
from psp.choices import Role
from reporting import present
from reporting.disclosure import ALL
from reporting.forms import PeriodForm, period_name
from reporting.indicators import report


@require_GET
@requires(Role.ANALYST)
def overview(request: HttpRequest) -> HttpResponse:
    form = PeriodForm(request.GET)
    period = form.chosen()
    figures = report(period)
    today = timezone.localdate()
    context = {
        "form": form, "report": figures, "period_name": period_name(period), "period": period,
        "total": present.values(figures, ALL), "hidden": present.hidden_count(figures),
        "so_far": period.after > today, "today": long_date(today, get_language() or "en", article=False),
        "threshold": settings.PSP_SUPPRESSION_THRESHOLD,
    }  # fmt: skip
    return render(request, "reports/overview.html", context, status=400 if form.errors else 200)


@require_GET
@requires(Role.ANALYST)
def overview_csv(request: HttpRequest) -> HttpResponse:
    form = PeriodForm(request.GET)
    period = form.chosen()
    if form.errors:
        return render(request, "errors/400.html", {"message": ""}, status=400)
    audit.record(Action.EXPORT, purpose=Purpose.REPORTING, fields=(period.code,))
    response = HttpResponse(present.report_csv(report(period)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="table-{period.code}.csv"'
    return response
