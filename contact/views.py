"""The person's own pages about contact, and the desk's list of messages that need a look."""

from __future__ import annotations

from django.contrib import messages as notes
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from contact.choices import OutboxState
from contact.forms import SafeContactForm
from contact.models import OutboxMessage
from contact.services import safe_contact_of, set_safe_contact
from contact.summary import choice_rows, message_row
from psp.areas import account, for_participants, requires
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import DomainError, add_to_form

PAGE = 25


@require_GET
@for_participants
def safe_contact(request: HttpRequest) -> HttpResponse:
    choices = safe_contact_of(account(request))
    audit.record(Action.READ, choices, person=request.user.pk, purpose=Purpose.OWN)
    today = timezone.localdate()
    context = {
        "rows": choice_rows(choices),
        "nothing_chosen": choices._state.adding,
        "look_again": choices.recheck_on is not None and choices.recheck_on < today,
    }
    return render(request, "contact/safe_contact.html", context)


@require_http_methods(["GET", "POST"])
@for_participants
def change_safe_contact(request: HttpRequest) -> HttpResponse:
    choices = safe_contact_of(account(request))
    form = SafeContactForm(request.POST or None, choices=choices)
    if request.method == "POST" and form.is_valid():
        try:
            set_safe_contact(person=account(request), by=account(request), **form.wishes())
        except DomainError as error:
            add_to_form(form, error)
        else:
            notes.success(request, _("Your choices are saved. They hold from now on."))
            return redirect("contact:safe_contact")
    audit.record(Action.READ, choices, person=request.user.pk, purpose=Purpose.OWN)
    return render(request, "contact/change.html", {"form": form})


@require_GET
@for_participants
def own_messages(request: HttpRequest) -> HttpResponse:
    """What was sent to the person, exactly as it went; and what was held back, so that nothing is hidden."""
    done = OutboxMessage.objects.visible_to(request.user).filter(state__in=SHOWN_TO_THE_PERSON)
    page = Paginator(done.select_related("template", "person"), PAGE).get_page(request.GET.get("page"))
    audit.record_reads(page, purpose=Purpose.OWN)
    rows = [message_row(message, request.user) for message in page]
    return render(request, "contact/messages.html", {"rows": rows, "page": page})


SHOWN_TO_THE_PERSON = (OutboxState.SENT, OutboxState.UNKNOWN, OutboxState.FAILED, OutboxState.WITHHELD)


@require_GET
@requires(Role.COORDINATOR)
def troubled_messages(request: HttpRequest) -> HttpResponse:
    """Messages of the last 30 days that did not arrive for sure: somebody should call these people."""
    troubled = OutboxMessage.objects.in_regions_of(request.user).troubled()
    found = troubled.select_related("template", "person__participant")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    audit.record_reads(page, purpose=Purpose.CONTACT)
    rows = [message_row(message, request.user) for message in page]
    return render(request, "contact/troubled.html", {"rows": rows, "page": page})
