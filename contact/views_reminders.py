"""The page on which somebody chooses which reminders they want: in the portal, and for those who lead."""

from __future__ import annotations

from django.contrib import messages as notes
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contact.choosing import standing_choice
from contact.forms_reminders import RemindersForm
from contact.models import ReminderChoice
from contact.services import CHOICES, safe_contact_of, set_safe_contact
from contact.services_reminders import set_reminders
from psp.areas import account, for_participants, requires
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import DomainError, add_to_form
from psp.models import User


@require_http_methods(["GET", "POST"])
@for_participants
def own_reminders(request: HttpRequest) -> HttpResponse:
    choices = standing_choice(safe_contact_of(account(request)))
    reachable = not choices.do_not_contact and bool(choices.safe_channels & choices.consented_channels)
    return _page(request, "contact/reminders.html", "contact:reminders", reachable=reachable)


@require_http_methods(["GET", "POST"])
@requires(Role.SUPPORTER, Role.CLINICIAN)
def lead_reminders(request: HttpRequest) -> HttpResponse:
    return _page(request, "lead/reminders.html", "lead:reminders", reachable=True)


def _page(request: HttpRequest, template: str, itself: str, *, reachable: bool) -> HttpResponse:
    me = account(request)
    form = RemindersForm(request.POST or None, person=me)
    if request.method == "POST" and form.is_valid():
        try:
            _save(me, form)
        except DomainError as error:
            add_to_form(form, error)
        else:
            notes.success(request, _("Your reminders are saved. They hold from now on."))
            return redirect(itself)
    audit.record(Action.READ, ReminderChoice, person=me.pk, purpose=Purpose.OWN)
    return render(request, template, {"form": form, "reachable": reachable})


@transaction.atomic
def _save(me: User, form: RemindersForm) -> None:
    if "email_safe" in form.fields:
        choices = safe_contact_of(me)
        kept = {name: getattr(choices, name) for name in CHOICES} | {
            "email_safe": form.cleaned_data["email_safe"] == "yes"
        }
        set_safe_contact(person=me, by=me, **kept)
    set_reminders(person=me, by=me, wanted=form.wanted(), none=form.cleaned_data["none"])
