"""The register of breaches: record, weigh, report in time, close."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from privacy import breach as pages
from privacy.choices import BreachState
from privacy.forms_breach import BreachForm, ChangeForm
from privacy.models_breach import Breach
from privacy.services_breach import change_breach, move_breach, record_breach
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import DomainError, add_to_form
from psp.paging import first_pages
from psp.pdf import pdf_response

officers = requires(Role.PRIVACY_OFFICER)
PAGE = 25
SAID = ("happened_from", "happened_until", "discovered_at", "place", "kinds", "affected", "what", "measures")


def breach_or_404(request: HttpRequest, pk: UUID) -> Breach:
    found: Breach = get_object_or_404(Breach.objects.of_office(account(request)), pk=pk)
    return found


def note_read(breach: Breach | type[Breach], action: Action = Action.READ) -> None:
    audit.record(action, breach, purpose=Purpose.SECURITY)


@require_GET
@officers
def breaches(request: HttpRequest) -> HttpResponse:
    page = first_pages(Breach.objects.of_office(account(request)), request.GET.get("page"), PAGE)
    note_read(Breach)
    rows = [pages.row(one, account(request)) for one in page]
    return render(request, "privacy/breaches.html", {"page": page, "rows": rows})


@require_http_methods(["GET", "POST"])
@officers
def record(request: HttpRequest) -> HttpResponse:
    form = BreachForm(request.POST or None, zone=account(request).time_zone)
    if request.method == "POST" and form.is_valid():
        try:
            made = record_breach(by=account(request), **{name: form.cleaned_data[name] for name in SAID})
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Recorded. Now say whether it is material."))
            return redirect("privacy:breach", made.pk)
    return render(request, "privacy/breach_form.html", {"form": form})


@require_GET
@officers
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = breach_or_404(request, pk)
    note_read(found)
    return render(request, "privacy/breach.html", pages.shown(found, account(request)))


@require_http_methods(["GET", "POST"])
@officers
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    found, zone = breach_or_404(request, pk), account(request).time_zone
    initial: dict[str, Any] = {name: getattr(found, name) for name in (*SAID, "revision")}
    form = ChangeForm(request.POST or None, initial=initial, zone=zone)
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in (*SAID, "revision")}
        try:
            change_breach(breach=found, by=account(request), **said)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Kept."))
            return redirect("privacy:breach", found.pk)
    note_read(found)
    return render(request, "privacy/breach_form.html", {"form": form, "breach": found})


@require_POST
@officers
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = breach_or_404(request, pk)
    if (to := request.POST.get("to", "")) in BreachState:
        move_breach(breach=found, to=to, by=account(request))
        messages.success(request, _("Noted."))
    return redirect("privacy:breach", found.pk)


@require_GET
@officers
def paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = breach_or_404(request, pk)
    note_read(found, Action.EXPORT)
    return pdf_response(pages.paper(found, account(request)))
