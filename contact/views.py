"""The person's own pages about contact."""

from __future__ import annotations

from django.contrib import messages as notes
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from contact.choices import OutboxState
from contact.forms import ConfirmForm, SafeContactForm
from contact.models import OutboxMessage
from contact.services import confirm_safe_contact, safe_contact_of, set_safe_contact
from contact.summary import choice_rows, message_row, missing_consents
from psp.accounts.lately import signed_in_lately
from psp.areas import account, for_participants
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError, add_to_form

PAGE = 25
SIGN_IN_AGAIN = gettext_lazy(
    "Codes to sign in can come to this number. So that nobody else who holds your device can have them sent to"
    " themselves, sign out, sign in again, and make this change within fifteen minutes. Nothing was changed."
)


@require_GET
@for_participants
def safe_contact(request: HttpRequest) -> HttpResponse:
    choices = safe_contact_of(account(request))
    audit.record(Action.READ, choices, person=request.user.pk, purpose=Purpose.OWN)
    today = timezone.localdate()
    context = {
        "rows": choice_rows(choices),
        "nothing_chosen": choices._state.adding,
        "missing": missing_consents(choices),
        "look_again": choices.recheck_on is not None and choices.recheck_on < today,
    }
    return render(request, "contact/safe_contact.html", context)


@require_http_methods(["GET", "POST"])
@for_participants
def confirm(request: HttpRequest) -> HttpResponse:
    """Do the choices still hold? One click says yes, until another day."""
    choices = safe_contact_of(account(request))
    form = ConfirmForm(request.POST or None, initial={"months": "6"})
    if request.method == "POST" and form.is_valid():
        until = form.recheck_on(timezone.localdate())
        confirm_safe_contact(person=account(request), by=account(request), recheck_on=until)
        notes.success(request, _("Thank you. Your choices stay as they are."))
        return redirect("contact:safe_contact")
    audit.record(Action.READ, choices, person=request.user.pk, purpose=Purpose.OWN)
    return render(request, "contact/confirm.html", {"rows": choice_rows(choices), "form": form})


@require_http_methods(["GET", "POST"])
@for_participants
def change_safe_contact(request: HttpRequest) -> HttpResponse:
    choices = safe_contact_of(account(request))
    form = SafeContactForm(request.POST or None, choices=choices)
    if request.method == "POST" and form.is_valid() and form.turns_codes() and not signed_in_lately(request):
        form.add_error("phone", SIGN_IN_AGAIN)
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


SHOWN_TO_THE_PERSON = (
    OutboxState.SENT, OutboxState.UNKNOWN, OutboxState.FAILED, OutboxState.WITHHELD, OutboxState.EXPIRED,
    OutboxState.TO_CALL,
)  # fmt: skip
