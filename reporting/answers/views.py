"""What people said, as protected figures of periods that are over. For analysts, and for coordinators and the privacy
officer, who learn nothing here that the reports do not tell everybody."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from psp.areas import requires
from psp.bilingual import capital
from psp.choices import Role
from reporting.answers import page as answers_page
from reporting.forms import period_name
from reporting.freezing.background import in_background
from reporting.views import being_counted

NO_SUCH = _("Choose a period from the list.")


@require_GET
@requires(Role.ANALYST, Role.COORDINATOR, Role.PRIVACY_OFFICER)
def said(request: HttpRequest) -> HttpResponse:
    offered = answers_page.periods()
    asked = request.GET.get("period")
    chosen = next((one for one in offered if one.code == asked), None)
    unknown = asked is not None and chosen is None
    period = chosen or (offered[0] if offered else None)
    if period and (left := in_background((one, period) for one in answers_page.wanted(period))):
        return being_counted(request, left)
    found = answers_page.sections(period) if period else []
    context = {
        "period": period, "period_name": period_name(period) if period else "",
        "periods": [(one.code, capital(period_name(one))) for one in offered], "sections": found,
        "threshold": settings.PSP_SUPPRESSION_THRESHOLD, "refused": NO_SUCH if unknown else "",
        "changes": any(question.get("change") for one in found for question in one.get("questions", ())),
    }  # fmt: skip
    return render(request, "reports/answers/said.html", context, status=400 if unknown else 200)
