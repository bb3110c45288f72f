"""The desk: the call list, choices that run out, and messages that may not have arrived."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages as notes
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contact.call_pages import call_context, call_row, recheck_row
from contact.calls import mark_dealt_with, note_call
from contact.forms_calls import CallForm
from contact.models import CallTask, OutboxMessage, SafeContact
from contact.rechecks import DAYS_AHEAD
from contact.services import safe_contact_of
from contact.summary import message_row
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import DomainError, add_to_form
from psp.fragments import part_only, wants_part

PAGE = 25
OUTCOME = "contact/call_outcome.html"
WITH_PERSON = ("message__template", "person__participant")


@require_GET
@requires(Role.COORDINATOR)
def calls(request: HttpRequest) -> HttpResponse:
    """Who is to be told something by telephone or by letter, what can be done first at the top."""
    todo = CallTask.objects.visible_to(request.user).to_do(timezone.now()).select_related(*WITH_PERSON)
    page = Paginator(todo, PAGE).get_page(request.GET.get("page"))
    audit.record_reads(page, purpose=Purpose.CONTACT)
    rows = [call_row(task, account(request)) for task in page]
    return render(request, "contact/calls.html", {"rows": rows, "page": page})


@require_http_methods(["GET", "POST"])
@requires(Role.COORDINATOR)
def call(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """One call: whether it may be made now, what may be said, and how it ended."""
    task = get_object_or_404(CallTask.objects.visible_to(request.user).select_related(*WITH_PERSON), pk=task_id)
    form = CallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = note_call(task=task, by=account(request), outcome=form.cleaned_data["outcome"], now=timezone.now())
        except DomainError as error:
            add_to_form(form, error)
        else:
            if wants_part(request):
                return part_only(
                    request, OUTCOME, {"task": kept, "noted": True, "next_call": _next_call(request, kept)}
                )
            notes.success(request, _("Noted. Thank you."))
            return redirect("desk:calls")
    if wants_part(request):
        return part_only(request, OUTCOME, {"task": task, "form": form, "over": False})
    choices = safe_contact_of(task.person)
    for read in (task, choices):
        audit.record(Action.READ, read, person=task.person_id, purpose=Purpose.CONTACT)
    context = call_context(task, choices, account(request), timezone.now())
    return render(request, "contact/call.html", {**context, "form": form})


def _next_call(request: HttpRequest, kept: CallTask) -> UUID | None:
    """Whose turn it is now; nothing is shown of them before their call is opened."""
    others = CallTask.objects.visible_to(request.user).to_do(timezone.now()).exclude(pk=kept.pk)
    found: UUID | None = others.filter(not_before__lte=timezone.now()).values_list("pk", flat=True).first()
    return found


@require_GET
@requires(Role.COORDINATOR)
def rechecks(request: HttpRequest) -> HttpResponse:
    """Whose choices hold no longer, or not for long: nothing is sent after that day until they confirm."""
    until = timezone.localdate() + timedelta(days=DAYS_AHEAD)
    held = SafeContact.objects.in_regions_of(request.user).to_confirm(until).select_related("person__participant")
    page = Paginator(held, PAGE).get_page(request.GET.get("page"))
    audit.record_reads(page, purpose=Purpose.CONTACT)
    rows = [recheck_row(choices) for choices in page]
    return render(request, "contact/rechecks.html", {"rows": rows, "page": page})


@require_GET
@requires(Role.COORDINATOR)
def troubled_messages(request: HttpRequest) -> HttpResponse:
    """Messages that did not arrive for sure, until somebody says that they are dealt with."""
    troubled = OutboxMessage.objects.in_regions_of(request.user).troubled()
    found = troubled.select_related("template", "person__participant", "call")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    audit.record_reads(page, purpose=Purpose.CONTACT)
    rows: list[dict[str, Any]] = [
        {**message_row(message, request.user), "call": getattr(message, "call", None)} for message in page
    ]
    return render(request, "contact/troubled.html", {"rows": rows, "page": page})


@require_POST
@requires(Role.COORDINATOR)
def message_dealt(request: HttpRequest, message_id: UUID) -> HttpResponse:
    message = get_object_or_404(OutboxMessage.objects.in_regions_of(request.user), pk=message_id)
    mark_dealt_with(message=message, by=account(request), now=timezone.now())
    sentence = _("Marked as dealt with.")
    if wants_part(request):
        about = message.person.participant.reference
        return part_only(request, "components/row_done.html", {"sentence": sentence, "columns": 6, "about": about})
    notes.success(request, sentence)
    return redirect("desk:messages")
