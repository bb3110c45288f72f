"""A coordinator's own times: how they meet, weekly hours, days unlike the week, and what people can book from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from intake import availability
from intake import services_booking as services
from intake.booking_rules import free_slots
from intake.choices import HoursFor
from intake.forms_booking import ExceptionForm, HoursForm, TermsForm
from intake.models import DayException, WeeklyHours
from intake.models_booking import terms_of
from psp.areas import account, requires
from psp.bilingual import reader_language
from psp.calendar_text import WEEKDAYS, long_date, time_of_day
from psp.choices import Role
from psp.errors import DomainError, add_to_form
from psp.models import User

PREVIEW_DAYS = 14
coordinators = requires(Role.COORDINATOR)


@require_http_methods(["GET", "POST"])
@coordinators
def own_times(request: HttpRequest) -> HttpResponse:
    """GET shows everything; POST saves how one meets."""
    sent = request.POST if request.method == "POST" else None
    form = TermsForm(sent, instance=terms_of(account(request)))
    if request.method == "POST" and form.is_valid():
        services.set_terms(coordinator=account(request), by=account(request), **form.cleaned_data)
        return saved(request)
    return page(request, terms=form)


def page(request: HttpRequest, **forms: BaseForm) -> HttpResponse:
    """`forms`: those that were sent, in place of fresh ones."""
    me = account(request)
    weekly, days = WeeklyHours.objects.filter(coordinator=me), DayException.objects.filter(coordinator=me)
    context: dict[str, Any] = {
        "terms": TermsForm(instance=terms_of(me)), "hours": HoursForm(), "day": ExceptionForm(),
        "weekly": [weekly_row(row) for row in weekly],
        "exceptions": [day_row(row) for row in days.filter(day__gte=timezone.localdate())],
        "preview": preview(me),
    }  # fmt: skip
    refused = any(form.is_bound for form in forms.values())
    return render(request, "desk/availability.html", context | forms, status=422 if refused else 200)


def weekly_row(row: WeeklyHours) -> dict[str, Any]:
    words = {"from": long_date(row.begins, reader_language(), article=False), "to": ""}
    if row.ends:
        words["to"] = long_date(row.ends, reader_language(), article=False)
    return {
        "pk": row.pk, "for": row.get_hours_for_display(), "day": WEEKDAYS[reader_language()][row.weekday],
        "hours": span(row.start, row.end), "span": words,
    }  # fmt: skip


def day_row(row: DayException) -> dict[str, Any]:
    hours = span(row.start, row.end) if row.start else _("all day")
    what = _("Away") if row.away else row.get_hours_for_display()
    return {"pk": row.pk, "day": long_date(row.day, reader_language(), article=False), "what": what, "hours": hours}


def span(start: Any, end: Any) -> str:
    words = {"start": time_of_day(start, reader_language()), "end": time_of_day(end, reader_language())}
    return _("%(start)s to %(end)s") % words


def preview(me: User) -> list[dict[str, Any]]:
    """The next two weeks, day by day: what people can book, and why there is nothing on a holiday."""
    now, zone = timezone.now(), ZoneInfo(terms_of(me).time_zone)
    today = now.astimezone(zone).date()
    region = {me.pk: availability.coordinators_in(None).get(me.pk, set())}
    holidays, busy = availability.holiday_names(me.pk, reader_language()), availability.taken([me.pk], now)
    days: dict[Any, dict[str, list[str]]] = {}
    for kind in HoursFor.values:
        for _terms, book in availability.published(region, kind).values():
            for slot in free_slots(book, busy.get(me.pk, ()), now):
                local = slot.starts_at.astimezone(zone)
                days.setdefault(local.date(), {}).setdefault(kind, []).append(time_of_day(local, reader_language()))
    shown = [today + timedelta(days=number) for number in range(PREVIEW_DAYS)]
    return [
        {"day": long_date(day, reader_language(), article=False), "holiday": holidays.get(day, ""),
         "meetings": days.get(day, {}).get(HoursFor.MEETING, []), "calls": days.get(day, {}).get(HoursFor.CALL, [])}
        for day in shown if day in days or day in holidays
    ]  # fmt: skip


@require_POST
@coordinators
def add_hours(request: HttpRequest) -> HttpResponse:
    form = HoursForm(request.POST)
    return added(request, form, "hours", lambda: services.add_hours(
        coordinator=account(request), by=account(request), **form.cleaned_data
    ))  # fmt: skip


@require_POST
@coordinators
def add_exception(request: HttpRequest) -> HttpResponse:
    form = ExceptionForm(request.POST)
    return added(request, form, "day", lambda: services.add_exception(
        coordinator=account(request), by=account(request), **form.values()
    ))  # fmt: skip


def added(request: HttpRequest, form: BaseForm, name: str, act: Callable[[], Any]) -> HttpResponse:
    """Do it, or show the whole page with what is to be mended."""
    if form.is_valid():
        try:
            act()
        except DomainError as error:
            add_to_form(form, error)
        else:
            return saved(request)
    return page(request, **{name: form})


@require_POST
@coordinators
def remove_hours(request: HttpRequest, pk: int) -> HttpResponse:
    hours = get_object_or_404(WeeklyHours, pk=pk, coordinator=account(request))
    services.remove_hours(hours=hours, by=account(request))
    return saved(request)


@require_POST
@coordinators
def remove_exception(request: HttpRequest, pk: int) -> HttpResponse:
    exception = get_object_or_404(DayException, pk=pk, coordinator=account(request))
    services.remove_exception(exception=exception, by=account(request))
    return saved(request)


def saved(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Saved. Below you see what people can book."))
    return redirect("desk:availability")
