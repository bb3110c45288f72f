"""The waiting list on the desk: its queues, and who comes first for a while."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from intake import services_waiting, waiting
from intake.choices import Service
from intake.forms_waiting import PriorityForm, WaitingForm
from intake.models import WaitingPlace
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import DomainError, add_to_form

PAGE = 25
coordinators = requires(Role.COORDINATOR)


@require_GET
@coordinators
def queue(request: HttpRequest) -> HttpResponse:
    """One queue in its order, and how many wait for what, where and in which language."""
    form = WaitingForm(request.GET, reader=account(request))
    chosen = form.chosen()
    page = Paginator(waiting.queue(account(request), **chosen), PAGE).get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    audit.record_reads(page.object_list, purpose=Purpose.GROUPS)
    context = {
        "page": page, "rows": [waiting.row_of(row, number) for number, row in enumerate(page, page.start_index())],
        "form": WaitingForm(initial=chosen, reader=account(request)), "service": Service(chosen["service"]).label,
        "chips": _chips(form, chosen), "query": urlencode(_narrowing(chosen)),
        "counts": waiting.counts(account(request)),
    }  # fmt: skip
    return render(request, "desk/waiting.html", context)


def _narrowing(chosen: dict[str, str], without: str = "") -> dict[str, str]:
    return {name: value for name, value in chosen.items() if value and name != without}


def _chips(form: WaitingForm, chosen: dict[str, str]) -> list[dict[str, str]]:
    found = []
    for name in ("language", "region", "modality"):
        if chosen[name]:
            label = dict(form.fields[name].choices)[chosen[name]]  # type: ignore[attr-defined]
            words = _("%(filter)s: %(choice)s") % {"filter": form.fields[name].label, "choice": label}
            found.append({"label": words, "remove_url": f"?{urlencode(_narrowing(chosen, name))}"})
    return found


def place_or_404(request: HttpRequest, pk: UUID) -> WaitingPlace:
    rows = WaitingPlace.objects.in_regions_of(account(request)).select_related("participant__user")
    found: WaitingPlace = get_object_or_404(rows, pk=pk)
    return found


def _back(place: WaitingPlace) -> HttpResponse:
    response = redirect("desk:waiting")
    response["Location"] += f"?service={place.service}"
    return response


@require_http_methods(["GET", "POST"])
@coordinators
def priority(request: HttpRequest, pk: UUID) -> HttpResponse:
    place = place_or_404(request, pk)
    form = PriorityForm(request.POST or None, initial={"reason": place.priority, "until": place.priority_until})
    if request.method == "POST" and form.is_valid():
        try:
            services_waiting.give_priority(place=place, by=account(request), **form.cleaned_data)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Noted. The list shows the reason and who gave it."))
            return _back(place)
    audit.record(Action.READ, place, person=place.person_id, purpose=Purpose.GROUPS)
    context: dict[str, Any] = {"place": place, "person": place.participant, "form": form}
    return render(request, "desk/priority.html", context)


@require_POST
@coordinators
def end_priority(request: HttpRequest, pk: UUID) -> HttpResponse:
    place = place_or_404(request, pk)
    services_waiting.end_priority(place=place, by=account(request))
    messages.success(request, _("The waiting time decides again."))
    return _back(place)
