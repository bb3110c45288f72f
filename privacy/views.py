"""The privacy officer's pages: who opened what, what was refused, and what people ask about their information."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from privacy import log
from privacy.forms import LogForm
from privacy.models import RightsRequest
from privacy.people import labels_of
from privacy.words import request_row
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.audit.models import Entry
from psp.choices import Role
from psp.dashboard import cards_for


@require_GET
@requires(Role.PRIVACY_OFFICER)
def office(request: HttpRequest) -> HttpResponse:
    """Today's work: one card for each thing that apps keep for the privacy officer."""
    cards = cards_for(request, "privacy")
    nothing_waits = not any(card.get("waits") for card in cards)
    return render(request, "privacy/office.html", {"cards": cards, "nothing_waits": nothing_waits})


@require_GET
@requires(Role.PRIVACY_OFFICER)
def access_log(request: HttpRequest) -> HttpResponse:
    """Reading the log is itself one entry, about the person it was narrowed to, if to one."""
    form = LogForm(request.GET)
    entries: list[Entry] = []
    older = None
    if form.is_valid():
        entries, older = log.page_of(log.narrowed(form.cleaned_data), request.GET.get("before", ""))
        audit.record(Action.READ, Entry, person=form.cleaned_data["person"], purpose=Purpose.SECURITY)
    query = request.GET.copy()
    query.pop("before", None)
    context = {
        "form": form, "rows": log.described(entries, account(request)), "older": older, "query": query.urlencode(),
        "later": "before" in request.GET, "narrowed": [(name, request.GET.get(name, "")) for name in form.fields],
    }  # fmt: skip
    return render(request, "privacy/log.html", context, status=400 if form.errors else 200)


@require_GET
@requires(Role.PRIVACY_OFFICER)
def rights_requests(request: HttpRequest) -> HttpResponse:
    """Every open request by its last day: references and dates, no words of anybody."""
    found = list(RightsRequest.objects.of_office(account(request)).open().order_by("due_on", "asked_at"))
    audit.record_reads(found, purpose=Purpose.RIGHTS)
    labels = labels_of({one.person_id for one in found})
    rows = [request_row(one, reference=labels.get(one.person_id, "")) for one in found]
    return render(request, "privacy/requests.html", {"rows": rows})
