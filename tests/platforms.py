"""Numbers of other platforms, for tests."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from psp.models import User
from reporting.models import Platform
from reporting.platforms.file import Row
from reporting.platforms.services import keep_figures


def months_ago(count: int) -> date:
    """The first day of the month so many months before this one."""
    first = timezone.localdate().replace(day=1)
    for _number in range(count):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


def a_platform(name: str = "Quiet Room", **fields) -> Platform:
    return Platform.objects.create(code=name.lower().replace(" ", "-"), name=name, **fields)


def a_row(registrations: int = 41, *, months: int = 1, region: str = "QC", remarks: str = "") -> Row:
    return Row(months_ago(months), region, registrations, "monthly report", remarks)


def a_platform_with_numbers(by: User) -> Platform:
    """The one that every database begins with."""
    platform = Platform.objects.get(code="togetherall")
    keep_figures(platform=platform, rows=[a_row(), a_row(57, region="ON")], by=by)
    return platform


def platform_month(platform: Platform) -> tuple[int, str]:
    """What names its newest month in an address."""
    newest = platform.figures.order_by("-month").values_list("month", flat=True)[0]
    return platform.pk, f"{newest:%Y-%m}"
