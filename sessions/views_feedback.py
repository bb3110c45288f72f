"""Feedback without a name: a slip on the person's own page, and an address where whoever holds one answers.

The two know nothing of each other but the slip, which goes in the body, never in an address.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from psp import feedback_rules, slip_sources
from psp.areas import account, for_participants
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError
from psp.feedback_rules import Back
from sessions import services_feedback, words
from sessions.forms_survey import SlipForm, SurveyForm
from sessions.models import GroupSession


@require_http_methods(["GET", "POST"])
@for_participants
def slip(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The person's own page. A look at it is noted as one at their sessions; that a slip was taken, nowhere."""
    me = account(request)
    session = get_object_or_404(services_feedback.open_sessions(me), pk=session_id)
    context = {
        "session": words.line(session, me.time_zone), "nonce": feedback_rules.new_nonce().hex(),
        "until": words.day(session.feedback_box.closes_at, me.time_zone),
    }  # fmt: skip
    if request.method == "GET":
        audit.record(Action.READ, GroupSession, person=me.pk, purpose=Purpose.OWN)
        return render(request, "sessions/slip.html", context)
    try:
        made = services_feedback.hand_slip(
            session=session, by=me, nonce=feedback_rules.nonce_of(request.POST.get("nonce", ""))
        )
    except DomainError as error:
        return render(request, "sessions/slip.html", context | {"refused": error.message}, status=error.status)
    return render(request, "sessions/slip.html", context | {"slip": str(made)})


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest) -> HttpResponse:
    """A slip opens its form; the form drops the answers. Nobody is asked for anything else."""
    typed = SlipForm(request.POST or None)
    if not typed.is_valid():
        return render(request, "feedback/slip.html", {"form": typed})
    held = typed.slip()
    shown = slip_sources.look_at(held)
    if shown.back != Back.GOOD:
        return _no_form(request, typed, shown.back)
    form = SurveyForm(request.POST if "send" in request.POST else None, questions=shown.form)
    if not form.is_bound or not _complete(form):
        return render(request, "feedback/form.html", {"form": form, "slip": str(held)})
    back = slip_sources.take_answers(held, form.said())
    return redirect("feedback:thanks") if back == Back.GOOD else _no_form(request, typed, back)


def _complete(form: SurveyForm) -> bool:
    if form.is_valid() and not form.said():
        message = _("You have not answered anything yet. Answer one question, or close the page: both are fine.")
        form.add_error(None, message)
    return form.is_valid()


def _no_form(request: HttpRequest, typed: SlipForm, back: Back) -> HttpResponse:
    if back in (Back.USED, Back.OVER):
        return render(request, "feedback/done.html", {"used": back == Back.USED})
    typed.add_error("code", _("This code does not work. Compare it with what you wrote down, letter by letter."))
    return render(request, "feedback/slip.html", {"form": typed})


@login_not_required
@require_GET
def thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "feedback/thanks.html")
