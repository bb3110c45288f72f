"""The page on which a coordinator enters an application during a call."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from intake.forms_entering import EnteringForm
from intake.layout import questions
from intake.services_entering import ADDRESS_KNOWN, enter_application, owner_of
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Role
from psp.errors import DomainError, add_to_form
from psp.views import notice


@require_http_methods(["GET", "POST"])
@requires(Role.COORDINATOR)
def enter(request: HttpRequest) -> HttpResponse:
    by = account(request)
    if request.method == "GET":
        return page(request, EnteringForm(by=by))
    form = EnteringForm(request.POST, by=by)
    if form.says_no() and not form.cleaned_data.get("look_anyway"):
        return refused(request, form)
    if not form.is_valid():
        return page(request, form)
    try:
        application = enter_application(sending=form.sending(), by=by)
    except DomainError as error:
        if error.code == ADDRESS_KNOWN:
            note_known(form.sending().contact.email)
        form.renew_key()
        add_to_form(form, error)
        return page(request, form)
    reference = application.participant.reference
    messages.success(request, _("It is entered. Say the reference number aloud: %(number)s") % {"number": reference})
    return redirect("desk:file", application.participant_id)


def note_known(email: str) -> None:
    """The answer tells that a file with this address is somewhere in the program: the person's log keeps who asked."""
    audit.record_denial("desk:enter", "", person=owner_of(email), purpose=Purpose.INTAKE)


def refused(request: HttpRequest, form: EnteringForm) -> HttpResponse:
    """A criterion is not met: its words to read aloud, and nothing is kept unless the person wants it looked at."""
    reasons = [form.reason_texts[reason] for reason in form.assessment().reasons]
    form.forget_errors()
    return page(request, form, reasons=reasons)


def page(request: HttpRequest, form: EnteringForm, *, reasons: list[str] | None = None) -> HttpResponse:
    hidden = {name: form[name].value() or "" for name in ("sent_key", "texts", "look_anyway")}
    context = {"hidden": hidden, "questions": questions(form, notice=notice()), "reasons": reasons or []}
    return render(request, "desk/enter.html", context)
