"""Requests that came on paper or by phone: recorded, counted, extended, answered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST

from privacy import copies
from privacy.choices import DECIDERS, RequestKind, RequestState
from privacy.forms_paper import CloseForm, ExtendForm, PaperForm
from privacy.models import Hold, RightsRequest
from privacy.people import labels_of
from privacy.services_paper import check_identity, close_request, extend_request, record_request
from privacy.words import day, request_row
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import DomainError, add_to_form
from psp.models import User

officers = requires(Role.PRIVACY_OFFICER)


def request_or_404(request: HttpRequest, pk: UUID) -> RightsRequest:
    rows = RightsRequest.objects.of_office(account(request)).select_related("person", "recorded_by", "extended_by")
    found: RightsRequest = get_object_or_404(rows, pk=pk)
    return found


@require_http_methods(["GET", "POST"])
@officers
def record(request: HttpRequest) -> HttpResponse:
    form = PaperForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = get_object_or_404(User, pk=form.cleaned_data["person"])
        said = {name: form.cleaned_data[name] for name in ("kind", "channel", "received_on", "item", "text")}
        with override(person.language):
            agreed = form.agreed_text()
        try:
            made = record_request(person=person, by=account(request), disposal_text=agreed, **said)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Recorded. The answer is due by %(day)s.") % {"day": day(made.due_on)})
            return redirect("privacy:request", made.pk)
    return render(request, "privacy/paper.html", {"form": form})


@require_http_methods(["GET", "POST"])
@officers
def one(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A request with its last day, what holds the information, and how it ended."""
    found = request_or_404(request, pk)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            close_request(request=found, by=account(request), **form.cleaned_data)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Closed. Nothing holds the information back for it any more."))
            return redirect("privacy:request", found.pk)
    audit.record(Action.READ, found, person=found.person_id, purpose=Purpose.RIGHTS)
    return render(request, "privacy/request.html", shown(found, form, ExtendForm(), account(request)))


def shown(found: RightsRequest, form: Any, extending: Any, reader: User) -> dict[str, Any]:
    return {
        "may_confirm": RightsRequest.objects.to_confirm(reader).filter(pk=found.pk).exists(),
        "row": request_row(found, reference=labels_of({found.person_id}).get(found.person_id, "")),
        "first_due": day(found.first_due_on) if found.first_due_on else "",
        "form": form, "extending": extending, "is_access": found.kind == RequestKind.ACCESS,
        "is_deletion": found.kind == RequestKind.ERASURE,
        "is_open": found.state == RequestState.OPEN, "held": Hold.objects.standing().filter(matter=found.pk).exists(),
    }  # fmt: skip


@require_POST
@officers
def extend(request: HttpRequest, pk: UUID) -> HttpResponse:
    found, form = request_or_404(request, pk), ExtendForm(request.POST)
    if form.is_valid():
        try:
            extend_request(request=found, by=account(request), **form.cleaned_data)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Extended. Tell the person the new last day and the reason."))
            return redirect("privacy:request", found.pk)
    audit.record(Action.READ, found, person=found.person_id, purpose=Purpose.RIGHTS)
    return render(request, "privacy/request.html", shown(found, CloseForm(), form, account(request)))


@require_POST
@requires(*DECIDERS)
def identity(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The second person: whoever wrote the request down does not find it here."""
    found: RightsRequest = get_object_or_404(RightsRequest.objects.to_confirm(account(request)), pk=pk)
    check_identity(request=found, by=account(request))
    messages.success(request, _("Noted. A privacy officer can make the copy now."))
    return redirect("privacy:approvals")


@require_POST
@officers
def copy(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same copy that people take themselves, in the person's language, to print and hand over."""
    found = request_or_404(request, pk)
    ready = found.kind == RequestKind.ACCESS and found.state == RequestState.OPEN
    if not (ready and found.identity_checked_at):
        raise DomainError(_("First make sure that whoever asks is the person."), code="identity")
    with override(found.person.language):
        page = copies.as_page(copies.taken(found.person), found.person)
    answer = HttpResponse(page, content_type="text/html; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{copies.file_name("html")}"'
    return answer
