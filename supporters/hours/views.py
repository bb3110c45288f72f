"""One's own hours, on a phone in one hand: take what the calendar proposes, add, send, see what came back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from psp.areas import View, account
from psp.errors import DomainError, add_to_form, require
from supporters.hours.forms import CorrectionForm, LineForm, PeriodForm
from supporters.hours.pages import asked_period, own_page, period_for
from supporters.hours.permissions import can_note_hours
from supporters.hours.rules import Period
from supporters.hours.services import (
    add_line,
    change_line,
    correct_line,
    remove_line,
    submit_hours,
    take_back_hours,
    take_proposals,
    today_of,
)
from supporters.hours.words import shown
from supporters.models import HoursLine, Pairing

# Pages of one row need no role: a row of somebody else is not found by anybody. Who has ended the role is still paid.
P = ParamSpec("P")


def own_hours(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Refuse (403) everybody whose hours are not kept here."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        me = account(request)
        require(can_note_hours(me, me), "area_closed")
        return view(request, *args, **kwargs)

    return guarded


UNDO = "hours_undo"


@require_GET
@own_hours
def hours(request: HttpRequest) -> HttpResponse:
    """One pay period: what the calendar proposes, what is noted, what it comes to."""
    me = account(request)
    context = own_page(me, asked_period(me, request.GET.get("from", "")))
    paired = Pairing.objects.current().filter(user=me).exists()
    undo = request.session.pop(UNDO, None)
    return render(request, "supporters/hours/mine.html", context | {"paired": paired, "undo": undo})


@require_POST
@own_hours
def take(request: HttpRequest) -> HttpResponse:
    """One proposal, or all of the period."""
    me, period = account(request), _period(request)
    keys = None if request.POST.get("all") else request.POST.getlist("key")
    try:
        made = take_proposals(user=me, by=me, period=period, keys=keys)
    except DomainError as error:
        messages.error(request, error.message)
        return _back(period)
    if made:  # none is, at the second press
        said = ngettext("%(count)d line is among your hours.", "%(count)d lines are among your hours.", len(made))
        messages.success(request, said % {"count": len(made)})
    return _back(period)


@require_http_methods(["GET", "POST"])
@own_hours
def add(request: HttpRequest) -> HttpResponse:
    me = account(request)
    form = LineForm(request.POST or None, day=today_of(me))
    if request.method == "POST" and form.is_valid() and form.cleaned_data["key"]:
        try:
            line = add_line(user=me, by=me, key=form.cleaned_data["key"], **form.changes())
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("The line is among your hours."))
            return _back(period_for(line.day))
    return render(request, "supporters/hours/line.html", {"form": form, "line": None})


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, line_id: UUID) -> HttpResponse:
    me = account(request)
    line = get_object_or_404(HoursLine.objects.of_own(me).select_related("user"), pk=line_id)
    form = LineForm(request.POST or None, line=line)
    if request.method == "POST" and form.is_valid():
        try:
            changed = change_line(line=line, by=me, **form.changes())
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("The line is changed."))
            return _back(period_for(changed.day))
    return render(request, "supporters/hours/line.html", {"form": form, "line": shown(line)})


@require_POST
def remove(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """At once; the next page offers to have it back."""
    me = account(request)
    if not HoursLine.objects.filter(pk=line_id).exists():
        return redirect("lead:hours")  # the second press
    line = get_object_or_404(HoursLine.objects.of_own(me).select_related("user"), pk=line_id)
    period, undo = period_for(line.day), _way_back(line)
    try:
        remove_line(line=line, by=me)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        request.session[UNDO] = undo
    return _back(period)


def _way_back(line: HoursLine) -> dict[str, Any]:
    """What "undo" sends: the proposal again, or the same line."""
    text, period = _("The line is removed."), period_for(line.day)
    if line.about is not None and line.corrects_id is None:
        key = f"{line.kind}.{line.about}.{line.day:%Y%m%d}"
        fields = {"key": key, "first": period.first.isoformat(), "last": period.last.isoformat()}
        return {"text": text, "undo_url": reverse("lead:hours_take"), "fields": _fields(fields)}
    if line.corrects_id is not None:
        return {"text": text}
    form = LineForm(line=line)
    said = {name: form.initial.get(name) for name in ("kind", "day", "begin", "end", "hours", "minutes")}
    return {"text": text, "undo_url": reverse("lead:hours_add"), "fields": _fields({"key": line.pk, **said})}


def _fields(values: dict[str, Any]) -> list[dict[str, str]]:
    return [{"name": name, "value": str(value)} for name, value in values.items() if value is not None]


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """A line that was handed to pay: the difference comes with the next period."""
    me = account(request)
    line = get_object_or_404(HoursLine.objects.of_own(me).select_related("user"), pk=line_id)
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            minutes = form.length()
            key = form.cleaned_data["key"]
            correct_line(line=line, by=me, key=key, minutes=-1 if minutes is None else minutes)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("The difference is a new line. Send it, and it is paid with the next period."))
            return _back(period_for(line.day))
    return render(request, "supporters/hours/correct.html", {"form": form, "line": shown(line)})


@require_POST
@own_hours
def send(request: HttpRequest) -> HttpResponse:
    me, period = account(request), _period(request)
    count = submit_hours(user=me, by=me, period=period)
    if count:
        said = ngettext("%(count)d line is sent.", "%(count)d lines are sent.", count) % {"count": count}
        kept = {"first": period.first.isoformat(), "last": period.last.isoformat()}
        request.session[UNDO] = {"text": said, "undo_url": reverse("lead:hours_take_back"), "fields": _fields(kept)}
    return _back(period)


@require_POST
@own_hours
def take_back(request: HttpRequest) -> HttpResponse:
    me, period = account(request), _period(request)
    if take_back_hours(user=me, by=me, period=period):
        messages.success(request, _("You have these hours back. Change them, and send them again."))
    else:
        messages.info(request, _("Nothing was waiting any more. Look at what became of it below."))
    return _back(period)


def _period(request: HttpRequest) -> Period:
    """The days that the pressed button was about; the present period where it says none."""
    form = PeriodForm(request.POST)
    me = account(request)
    return form.period() if form.is_valid() else asked_period(me, "")


def _back(period: Period) -> HttpResponse:
    return redirect(f"{reverse('lead:hours')}?from={period.first.isoformat()}")
