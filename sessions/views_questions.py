"""The questions before and after a group, on the person's own pages."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from psp.areas import account, for_participants
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError, add_to_form
from sessions import services_questions as services
from sessions.forms_survey import SurveyForm
from sessions.models import AnswerSheet


@require_http_methods(["GET", "POST"])
@for_participants
def questions(request: HttpRequest, pk: UUID, moment: str) -> HttpResponse:
    me = account(request)
    offer = services.offer_of(me, pk, moment)
    if offer is None:
        raise Http404
    said = services.answers_of(offer.sheet) if offer.sheet else {}
    form = SurveyForm(request.POST or None, questions=offer.questionnaire.form, said=said)
    if request.method == "POST":
        if "forget" in request.POST:
            return _forgotten(request, pk, moment)
        if form.is_valid() and _kept(request, form, pk, moment):
            return redirect("my_sessions:mine")
    audit.record(Action.READ, AnswerSheet, person=me.pk, purpose=Purpose.OWN)
    return render(request, "sessions/questions.html", {"form": form, "offer": offer, "group": offer.group.name})


def _kept(request: HttpRequest, form: SurveyForm, pk: UUID, moment: str) -> bool:
    send = "later" not in request.POST
    try:
        services.save_answers(by=account(request), group=pk, moment=moment, said=form.said(), send=send)
    except DomainError as error:
        add_to_form(form, error)
        return False
    sent, later = _("Thank you. Your answers have arrived."), _("Your answers are saved. You can go on another time.")
    messages.success(request, sent if send else later)
    return True


def _forgotten(request: HttpRequest, pk: UUID, moment: str) -> HttpResponse:
    services.take_back(by=account(request), group=pk, moment=moment)
    messages.success(request, _("Your answers are deleted."))
    return redirect("my_sessions:mine")
