"""The person's rights: a copy, a correction, deletion. Each answers at once, or says by when."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from privacy import copies, services
from privacy.choices import RequestKind, RequestState
from privacy.copies_page import drawn
from privacy.copies_words import as_words
from privacy.forms_rights import CorrectionForm, DetailsForm, ErasureForm, NoteForm
from privacy.models import RightsRequest
from privacy.permissions import can_take_back_request
from privacy.quick_changes import quick_changes
from privacy.rules import DAYS_TO_ANSWER, due_on
from privacy.words import day, request_row
from psp.areas import account, for_participants
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.bilingual import reader_language
from psp.errors import DomainError, add_to_form


def note_own_read(request: HttpRequest, obj: Any = RightsRequest) -> None:
    audit.record(Action.READ, obj, person=request.user.pk, purpose=Purpose.OWN)


def own_request(request: HttpRequest, request_id: UUID) -> RightsRequest:
    found: RightsRequest = get_object_or_404(RightsRequest.objects.visible_to(request.user), pk=request_id)
    return found


@require_GET
@for_participants
def overview(request: HttpRequest) -> HttpResponse:
    note_own_read(request)
    rows = [request_row(one) for one in RightsRequest.objects.visible_to(request.user)]
    return render(request, "privacy/my/overview.html", {"rows": rows, "days": DAYS_TO_ANSWER})


# --- A copy ---


@require_GET
@for_participants
def copy(request: HttpRequest) -> HttpResponse:
    me = account(request)
    whole = drawn(as_words(copies.taken(me), me))
    return render(request, "privacy/my/copy.html", {"copy": whole, "made": day(timezone.localdate())})


@require_GET
@for_participants
def copy_json(request: HttpRequest) -> HttpResponse:
    """The same for other programs."""
    return as_file("json", copies.as_json(copies.taken(account(request))).encode())


@require_GET
@for_participants
def copy_pdf(request: HttpRequest) -> HttpResponse:
    """The same as a paper that everybody can read."""
    me = account(request)
    return as_file("pdf", copies.as_pdf(copies.taken(me), me))


@require_GET
@for_participants
def copy_all(request: HttpRequest) -> HttpResponse:
    """Every form of it in one file."""
    me = account(request)
    return as_file("zip", copies.as_zip(copies.taken(me), me))


def as_file(kind: str, content: bytes) -> HttpResponse:
    """The file's name tells nothing."""
    answer = HttpResponse(content, content_type=copies.TYPES[kind])
    answer["Content-Disposition"] = f'attachment; filename="{copies.file_name(kind)}"'
    return answer


# --- Corrections ---


@require_http_methods(["GET", "POST"])
@for_participants
def details(request: HttpRequest) -> HttpResponse:
    """The chosen name and the language, changed at once."""
    me = account(request)
    form = DetailsForm(request.POST or None, initial={"name": me.name, "language": me.language})
    if request.method == "POST" and form.is_valid():
        services.change_own_details(person=me, by=me, **form.cleaned_data)
        messages.success(request, _("Changed. It holds from now on."))
        return redirect("rights:overview")
    note_own_read(request, me)
    return render(request, "privacy/my/details.html", {"form": form})


@require_http_methods(["GET", "POST"])
@for_participants
def correct(request: HttpRequest) -> HttpResponse:
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        me = account(request)
        try:
            asked = services.ask_correction(person=me, by=me, **form.cleaned_data)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Sent. A coordinator will answer you by %(day)s.") % {"day": day(asked.due_on)})
            return redirect("rights:request", asked.pk)
    note_own_read(request)
    context = {"form": form, "changes": quick_changes(), "due": day(due_on(timezone.localdate()))}
    return render(request, "privacy/my/correct.html", context)


@require_http_methods(["GET", "POST"])
@for_participants
def one(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One request with its answer. A refusal can have the person's note beside it."""
    found = own_request(request, request_id)
    form = NoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.annotate_refusal(request=found, by=account(request), **form.cleaned_data)
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Your note is kept beside the answer."))
            return redirect("rights:request", found.pk)
    note_own_read(request, found)
    may_note = found.state == RequestState.REFUSED and not found.note
    may_take_back = found.state == RequestState.OPEN and can_take_back_request(account(request), found)
    context = {"row": request_row(found), "form": form if may_note else None, "may_take_back": may_take_back}
    return render(request, "privacy/my/request.html", context)


@require_POST
@for_participants
def take_back(request: HttpRequest, request_id: UUID) -> HttpResponse:
    services.take_back_request(request=own_request(request, request_id), by=account(request))
    messages.success(request, _("You took your request back. Nothing changes."))
    return redirect("rights:overview")


# --- Deletion ---


@require_http_methods(["GET", "POST"])
@for_participants
def delete(request: HttpRequest) -> HttpResponse:
    """What deletion means and when, then one box and one button. It can be taken back while it is open."""
    form = ErasureForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        me, language = account(request), reader_language()
        asked = services.ask_erasure(person=me, by=me, disposal_text=form.agreed_text(), language=language)
        return redirect("rights:request", asked.pk)
    note_own_read(request)
    standing = RightsRequest.objects.visible_to(request.user).open().filter(kind=RequestKind.ERASURE).first()
    context = {"form": form, "standing": request_row(standing) if standing else None,
               "due": day(due_on(timezone.localdate())), "days": DAYS_TO_ANSWER}  # fmt: skip
    return render(request, "privacy/my/delete.html", context)
