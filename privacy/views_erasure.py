"""Deletions as the office sees them: asked for, prepared by one, approved by another. And the certificate."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from privacy import disposal_words as words
from privacy.choices import DECIDERS, ErasureState, RequestKind
from privacy.erasing import identities_of
from privacy.forms_erasure import NumberForm
from privacy.models import Erasure, RightsRequest
from privacy.people import labels_of
from privacy.permissions import can_approve_erasure
from privacy.services_erasure import approve_erasure, prepare_erasure, stop_erasure
from privacy.words import request_row
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.bilingual import reader_language
from psp.errors import DomainError
from psp.pdf import pdf_response

SHOWN = 50


def note(obj: Any, person: UUID) -> None:
    audit.record(Action.READ, obj, person=person, purpose=Purpose.RIGHTS)


@require_GET
@requires(*DECIDERS)
def erasures(request: HttpRequest) -> HttpResponse:
    """What waits to be prepared or approved, and what was done: numbers and days, nobody's words."""
    standing = list(Erasure.objects.of_office(account(request)).standing().order_by("prepared_at"))
    ended = list(Erasure.objects.of_office(account(request)).exclude(ended_at=None).order_by("-ended_at")[:SHOWN])
    taken_up = {one for erasure in standing for one in (erasure.person, *erasure.also)}
    asked = RightsRequest.objects.filter(kind=RequestKind.ERASURE).open().exclude(person__in=taken_up)
    waiting = list(asked.order_by("due_on", "asked_at"))
    audit.record_reads(waiting, purpose=Purpose.RIGHTS)
    audit.record_reads([*standing, *ended], purpose=Purpose.RIGHTS, person="person")
    labels = labels_of({one.person_id for one in waiting} | taken_up)
    context = {
        "asked": [request_row(one, reference=labels.get(one.person_id, "")) for one in waiting],
        "standing": [words.erasure_row(one) | {"about": labels.get(one.person, "")} for one in standing],
        "ended": [words.erasure_row(one) for one in ended],
    }  # fmt: skip
    return render(request, "privacy/erasures.html", context)


@require_http_methods(["GET", "POST"])
@requires(*DECIDERS)
def prepare(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """What will go, what stays, what stands against it; then one button."""
    rows = RightsRequest.objects.filter(kind=RequestKind.ERASURE).open().select_related("person")
    asked = get_object_or_404(rows, pk=request_id)
    problem = None
    if request.method == "POST":
        try:
            erasure = prepare_erasure(request=asked, by=account(request))
        except DomainError as error:
            problem = error.message
        else:
            messages.success(request, _("Prepared. Somebody else decides now."))
            return redirect("privacy:erasure", erasure.pk)
    note(asked, asked.person_id)
    accounts = identities_of(asked.person)
    context = {
        "row": request_row(asked, reference=labels_of(accounts).get(asked.person_id, "")), "problem": problem,
        "goes": words.what_goes(accounts), "stays": words.what_stays(), "holds": words.holds_of(accounts),
    }  # fmt: skip
    return render(request, "privacy/erasure_prepare.html", context, status=409 if problem else 200)


@require_http_methods(["GET", "POST"])
@requires(*DECIDERS)
def erasure(request: HttpRequest, erasure_id: UUID) -> HttpResponse:
    """One deletion. Whoever did not prepare it can approve it; afterwards nothing leads back."""
    me = account(request)
    found = get_object_or_404(Erasure.objects.of_office(me), pk=erasure_id)
    problem = None
    if request.method == "POST":
        try:
            approve_erasure(erasure=found, by=me)
        except DomainError as error:
            problem = error.message
        else:
            messages.success(request, _("Approved. It is being carried out; this page says when it is done."))
            return redirect("privacy:erasure", found.pk)
    note(found, found.person)
    accounts = [found.person, *found.also]
    prepared = found.state == ErasureState.PREPARED
    context = {
        "row": words.erasure_row(found), "problem": problem, "may_approve": prepared and can_approve_erasure(me, found),
        "prepared": prepared, "about": labels_of(accounts).get(found.person, "") if prepared else "",
        "goes": words.what_goes(accounts) if prepared else [], "stays": words.what_stays(),
        "holds": words.holds_of(accounts), "done": found.state == ErasureState.DONE,
    }  # fmt: skip
    return render(request, "privacy/erasure.html", context, status=409 if problem else 200)


@require_POST
@requires(*DECIDERS)
def stop(request: HttpRequest, erasure_id: UUID) -> HttpResponse:
    found = get_object_or_404(Erasure.objects.of_office(account(request)), pk=erasure_id)
    stop_erasure(erasure=found, by=account(request))
    messages.success(request, _("Stopped. Nothing is deleted; the request stays open."))
    return redirect("privacy:erasures")


# --- The certificate ---


@login_not_required
@require_http_methods(["GET", "POST"])
def certificate(request: HttpRequest) -> HttpResponse:
    """By its number, which the person had from the day they asked. Numbers that never were and that are not done yet
    get the same answer; no address and no history of a browser ever holds one."""
    form = NumberForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="certificate"):
            form.add_error(None, _("Many numbers were tried from your network. Please try again in an hour."))
            return render(request, "privacy/certificate_number.html", {"form": form}, status=429)
        found = Erasure.objects.filter(reference=form.cleaned_data["number"], state=ErasureState.DONE).first()
        if found is not None and "file" in request.POST:
            return pdf_response(words.certificate_pdf(found, reader_language()))
        if found is not None:
            context = {"paper": words.certificate(found), "number": found.reference, "today": timezone.localdate()}
            return render(request, "privacy/certificate.html", context)
        form.add_error("number", _("There is nothing to show under this number. Look at it again, or wait a little."))
    return render(request, "privacy/certificate_number.html", {"form": form})
