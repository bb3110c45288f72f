"""Whom a breach concerns, and what they are told once a second person has agreed to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from privacy import log, notices
from privacy.breach import moment
from privacy.choices import DECIDERS, AffectedState
from privacy.forms_breach import ApproveForm, FindForm, NoticeForm
from privacy.models import RightsRequest
from privacy.models_breach import Affected, Breach
from privacy.models_log import LogExport
from privacy.people import labels_of
from privacy.services_breach import (
    add_affected,
    approve_notices,
    decide_affected,
    find_affected,
    prepare_notices,
)
from privacy.views_breach import breach_or_404, note_read, officers
from privacy.words import request_row
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.errors import DomainError, add_to_form
from psp.paging import first_pages

PAGE = 50
TAGS = {"found": "active", "confirmed": "success", "left_out": "neutral"}
either = requires(*DECIDERS)


@require_GET
@officers
def people(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _people(request, breach_or_404(request, pk), FindForm(zone=account(request).time_zone))


def _people(request: HttpRequest, breach: Breach, form: FindForm) -> HttpResponse:
    page = first_pages(breach.people.order_by("found_at", "id"), request.GET.get("page"), PAGE)
    audit.record_reads(page.object_list, purpose=Purpose.SECURITY)
    labels = labels_of({one.person_id for one in page})
    told = notices.states([one.pk for one in page if one.notified_at])
    rows = [
        {"id": one.pk, "reference": labels.get(one.person_id, _("Closed account")), "found": one.get_found_by_display(),
         "state": one.get_state_display(), "tag": TAGS[one.state], "told": told.get(one.pk, ""),
         "fixed": one.notified_at is not None}
        for one in page
    ]  # fmt: skip
    note_read(breach)
    waiting = breach.people.filter(state=AffectedState.FOUND).count()
    context = {"breach": breach, "page": page, "rows": rows, "form": form, "waiting": waiting}
    return render(request, "privacy/affected.html", context)


@require_POST
@officers
def find(request: HttpRequest, pk: UUID) -> HttpResponse:
    found, form = breach_or_404(request, pk), FindForm(request.POST, zone=account(request).time_zone)
    if form.is_valid():
        try:
            added = _added(found, request, form.cleaned_data)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(
                request, ngettext("%(count)s person added.", "%(count)s people added.", added) % {"count": added}
            )
            return redirect("privacy:affected", found.pk)
    return _people(request, found, form)


def _added(breach: Breach, request: HttpRequest, wanted: dict[str, Any]) -> int:
    if wanted["person"]:
        return add_affected(breach=breach, person=wanted["person"], by=account(request))
    window = {name: wanted[name] for name in ("start", "end", "actor", "model")}
    return find_affected(breach=breach, by=account(request), **window)


@require_POST
@officers
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Confirm or leave out the people that are ticked, or everybody who was not looked at yet."""
    found = breach_or_404(request, pk)
    ticked = None if "all" in request.POST else _ids(request.POST.getlist("person"))
    decided = decide_affected(breach=found, people=ticked, confirmed="confirm" in request.POST, by=account(request))
    messages.success(
        request, ngettext("%(count)s person decided.", "%(count)s people decided.", decided) % {"count": decided}
    )
    return redirect("privacy:affected", found.pk)


def _ids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


@require_http_methods(["GET", "POST"])
@officers
def prepare(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = breach_or_404(request, pk)
    form = NoticeForm(request.POST or None, initial={"notice_en": found.notice_en, "notice_fr": found.notice_fr})
    if request.method == "POST" and form.is_valid():
        try:
            prepare_notices(breach=found, by=account(request), **form.cleaned_data)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Prepared. Nothing goes out before somebody else agrees."))
            return redirect("privacy:breach", found.pk)
    note_read(found)
    return render(request, "privacy/notices.html", {"form": form, "breach": found})


# --- The second person ---


@require_GET
@either
def approvals(request: HttpRequest) -> HttpResponse:
    """What others prepared and this account may agree to."""
    waiting = list(Breach.objects.to_approve(account(request)).order_by("recorded_at"))
    me = account(request)
    asked = [
        {"export": one, "at": moment(one.asked_at, me), "narrowed": log.in_words(one.wanted)}
        for one in LogExport.objects.to_approve(me).select_related("asked_by")
    ]
    papers = list(RightsRequest.objects.to_confirm(me).select_related("recorded_by").order_by("due_on"))
    audit.record_reads(papers, purpose=Purpose.RIGHTS)
    labels = labels_of({one.person_id for one in papers})
    copies = [request_row(one, reference=labels.get(one.person_id, "")) for one in papers]
    return render(request, "privacy/approvals.html", {"breaches": waiting, "exports": asked, "copies": copies})


@require_http_methods(["GET", "POST"])
@either
def approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The words, how many will read them, and one button; nobody's name."""
    found: Breach = get_object_or_404(Breach.objects.to_approve(account(request)), pk=pk)
    form = ApproveForm(request.POST or None, initial={"revision": found.revision})
    if request.method == "POST" and form.is_valid():
        told = approve_notices(breach=found, by=account(request), **form.cleaned_data)
        messages.success(
            request, ngettext("%(count)s person is told.", "%(count)s people are told.", told) % {"count": told}
        )
        return redirect("privacy:approvals")
    note_read(found)
    count = Affected.objects.filter(breach=found).confirmed().count()
    return render(request, "privacy/approve.html", {"breach": found, "form": form, "count": count})
