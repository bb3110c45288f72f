"""Numbers of other platforms: typed by the month, or pasted as a table that is shown before it is kept.

A number that was entered is shown to whoever enters it, and to nobody afterwards: as every other figure it comes back
protected, once its period is closed.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from psp.areas import account, requires
from psp.choices import Role
from psp.errors import DomainError, add_to_form
from psp.models import ProgramRegion
from reporting.models import Platform
from reporting.platforms.file import Row
from reporting.platforms.forms import ALL_REGIONS, MonthForm, PasteForm, month_name, period_of
from reporting.platforms.services import keep_figures, months_out, regions_entered, remove_month
from reporting.wording import number

analysts_only = requires(Role.ANALYST)


@require_GET
@analysts_only
def platforms(request: HttpRequest) -> HttpResponse:
    """Which months were entered, without their numbers."""
    shown = [{"platform": one, "months": _months(one)} for one in Platform.objects.all()]
    return render(request, "reports/platforms/list.html", {"platforms": shown})


def _months(platform: Platform) -> list[dict[str, Any]]:
    entered = regions_entered(platform)
    out = months_out([month for month, _count, _all in entered])
    return [
        {
            "name": month_name(month), "out": month in out,
            "how": ALL_REGIONS if together else ngettext("%(count)d region", "%(count)d regions", count)
            % {"count": count},
            "remove_url": reverse("reports:platform_remove", args=[platform.pk, f"{month:%Y-%m}"]),
        }
        for month, count, together in entered
    ]  # fmt: skip


@require_http_methods(["GET", "POST"])
@analysts_only
def month(request: HttpRequest, platform_id: int) -> HttpResponse:
    platform = _open_platform(platform_id)
    form = MonthForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        row = form.row()
        try:
            keep_figures(platform=platform, rows=[row], by=account(request))
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _said(row))
            return redirect("reports:platforms")
    status = 400 if form.errors else 200
    return render(request, "reports/platforms/month.html", {"form": form, "platform": platform}, status=status)


def _said(row: Row) -> str:
    words = {"number": number(row.registrations), "month": month_name(row.month)}
    if not row.region:
        return _("Kept for %(month)s, all regions together: %(number)s.") % words
    return _("Kept for %(month)s, %(region)s: %(number)s.") % (words | {"region": _region_names()[row.region]})


def _region_names() -> dict[str, str]:
    return {region.code: str(region) for region in ProgramRegion.objects.all()} | {"": str(ALL_REGIONS)}


@require_http_methods(["GET", "POST"])
@analysts_only
def table(request: HttpRequest, platform_id: int) -> HttpResponse:
    """Paste, look, keep. What is looked at comes back with the form and is read again: nothing is stored before."""
    platform = _open_platform(platform_id)
    form = PasteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if "keep" not in request.POST:
            return render(request, "reports/platforms/look.html", _to_look_at(platform, form))
        try:
            kept = keep_figures(platform=platform, rows=form.rows, by=account(request))
        except DomainError as error:
            form.add_error("table", error.message)
        else:
            count = kept.new + kept.replaced
            words = ngettext("%(count)d number is kept.", "%(count)d numbers are kept.", count)
            messages.success(request, words % {"count": count})
            return redirect("reports:platforms")
    context = {"form": form, "platform": platform, "regions": ProgramRegion.objects.all()}
    return render(request, "reports/platforms/table.html", context, status=400 if form.errors else 200)


def _to_look_at(platform: Platform, form: PasteForm) -> dict[str, Any]:
    names, out = _region_names(), months_out({row.month for row in form.rows})
    there = {month for month, _count, _all in regions_entered(platform)}
    rows = [
        {"month": month_name(row.month), "region": names[row.region], "registrations": number(row.registrations),
         "source": row.source, "remarks": row.remarks, "out": row.month in out, "again": row.month in there}
        for row in form.rows
    ]  # fmt: skip
    return {"platform": platform, "form": form, "rows": rows, "out": bool(out),
            "again": any(row["again"] and not row["out"] for row in rows)}  # fmt: skip


@require_http_methods(["GET", "POST"])
@analysts_only
def remove(request: HttpRequest, platform_id: int, month: str) -> HttpResponse:
    platform, period = get_object_or_404(Platform, pk=platform_id), period_of(month)
    if period is None or not platform.figures.filter(month=period.first).exists():
        if request.method == "POST" and period is not None:
            messages.info(request, _("Nothing of that month was left to remove."))
            return redirect("reports:platforms")
        raise Http404
    if request.method == "GET":
        context = {"platform": platform, "name": month_name(period.first)}
        return render(request, "reports/platforms/remove.html", context)
    try:
        remove_month(platform=platform, month=period.first, by=account(request))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The numbers of %(month)s are removed.") % {"month": month_name(period.first)})
    return redirect("reports:platforms")


def _open_platform(platform_id: int) -> Platform:
    return get_object_or_404(Platform, pk=platform_id)
