"""The desk: what became of reminders, and what may be done about one that did not arrive."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from contact.forms_reminders import FilterForm
from contact.models import OutboxMessage
from contact.reminders_desk import WITH, listed, rows_of, shown_to
from contact.services_reminders import retry_reminder, tell_by_phone
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Role
from psp.errors import DomainError
from psp.paging import first_pages

PAGE = 25


@require_GET
@requires(Role.COORDINATOR)
def reminders(request: HttpRequest) -> HttpResponse:
    """What went, what waits, what did not arrive."""
    me, form = account(request), FilterForm(request.GET or None)
    page = first_pages(listed(me, form, timezone.now()), request.GET.get("page"), PAGE)
    audit.record_reads(page, purpose=Purpose.CONTACT)
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "rows": rows_of(page, me), "page": page, "form": form, "query": asked.urlencode(),
        "here": request.get_full_path(),
    }  # fmt: skip
    return render(request, "contact/desk_reminders.html", context)


@require_POST
@requires(Role.COORDINATOR)
def retry(request: HttpRequest, message_id: UUID) -> HttpResponse:
    message = _message(request, message_id)
    try:
        retry_reminder(message=message, by=account(request), now=timezone.now())
    except DomainError as error:
        notes.error(request, str(error.message))
    else:
        notes.success(request, _("It is sent again now. If it does not leave again, it comes back to the call list."))
    return _back(request)


@require_POST
@requires(Role.COORDINATOR)
def tell(request: HttpRequest, message_id: UUID) -> HttpResponse:
    message = _message(request, message_id)
    try:
        task = tell_by_phone(message=message, by=account(request), now=timezone.now())
    except DomainError as error:
        notes.error(request, str(error.message))
        return _back(request)
    return redirect("desk:call", task_id=task.pk)


def _message(request: HttpRequest, message_id: UUID) -> OutboxMessage:
    found: OutboxMessage = get_object_or_404(shown_to(account(request)).select_related(*WITH), pk=message_id)
    return found


def _back(request: HttpRequest) -> HttpResponse:
    """To the list or the session from which this was done."""
    there = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(there, {request.get_host()}, require_https=request.is_secure())
    return redirect(there if safe else "desk:reminders")
