"""The public application. Nothing that is typed is kept before the last button, and nothing of it in a session."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from intake.elsewhere import other_services
from intake.forms import ApplicationForm
from intake.forms_asking import EligibilityForm
from intake.layout import questions
from intake.limits import spend
from intake.rules import UNANSWERED, Reason
from intake.sending import count_ineligible, submit_application
from intake.services_drafts import end_ticket, throw_away
from intake.texts import Texts, reading_period, texts_of_today
from psp.bilingual import reader_language
from psp.errors import DomainError, add_to_form
from psp.views import crisis_lines, notice


@login_not_required
@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """The form, and its arrival. The answer is the same whether the address is known or not ([security] 13)."""
    if request.method == "GET":
        return empty_page(request)
    form = ApplicationForm(request.POST)
    if form.says_no() and not form.cleaned_data.get("look_anyway"):
        return not_eligible(request, form)
    if not form.is_valid():
        return form_page(request, form)
    if not spend(request, "application"):
        form.add_error(None, _("Many applications came from your network in the last hour. Please send this again a"
                               " little later, or call us."))  # fmt: skip
        return form_page(request, form, status=429)
    try:
        submit_application(sending=form.sending())
    except DomainError as error:
        form.renew_key()
        add_to_form(form, error)
        return form_page(request, form)
    throw_away(token=request.POST.get("draft", ""))
    end_ticket(ticket=request.POST.get("keep", ""))
    return redirect("intake:sent")


def empty_page(request: HttpRequest, *, keep: str = "") -> HttpResponse:
    """The form before anything is typed: the same for everybody but for its key, so its questions are drawn once.

    `keep`: the ticket of a confirmed address, with which the form may be saved (`intake.views_drafts`).
    """
    texts = texts_of_today()
    drawn = empty_questions(reader_language(), texts, reading_period())
    hidden = {"sent_key": uuid4(), "texts": texts.names, "look_anyway": ""}
    context = {"hidden": hidden, "questions": drawn, "draft": "", "start_at": 0, "keep": keep}
    return render(request, "intake/apply.html", context)


@lru_cache(maxsize=8)
def empty_questions(language: str, texts: Texts, _period: int) -> str:
    """The question groups of the empty form, kept in this process while the texts are the same."""
    return questions(ApplicationForm(texts=texts), notice=notice(language))


def form_page(
    request: HttpRequest, form: ApplicationForm, *, status: int = 200, draft: str = "", start_at: int = 0,
    keep: str | None = "", remark: str = "",
) -> HttpResponse:  # fmt: skip
    """The form as it was typed, with what is to be mended. `draft` names the kept form from which it came.

    `keep`: as for the empty page; "" is the one that was sent, None is none. `remark` stands above the form.
    """
    hidden = {name: form[name].value() or "" for name in ("sent_key", "texts", "look_anyway")}
    context = {
        "hidden": hidden, "questions": questions(form, notice=notice()), "start_at": start_at, "remark": remark,
        "draft": draft or request.POST.get("draft", ""),
        "keep": "" if keep is None else keep or request.POST.get("keep", ""),
    }  # fmt: skip
    return render(request, "intake/apply.html", context, status=status)


def not_eligible(request: HttpRequest, form: ApplicationForm) -> HttpResponse:
    """Which criterion is not met, and who else can help. What was typed goes back to the browser and stays nowhere."""
    if "change" in request.POST:
        form.forget_errors()
        return form_page(request, form)
    if spend(request, "not_eligible"):
        count_ineligible(reasons=form.assessment().reasons)
    return render(request, "intake/not_eligible.html", refusal_words(form) | {"typed": typed_values(request, form)})


def refusal_words(form: EligibilityForm) -> dict[str, Any]:
    reasons = form.not_met()
    return {
        "words": form.not_eligible_words, "reasons": [form.reason_texts[reason] for reason in reasons],
        "codes": reasons, "services": other_services(reasons),
    }  # fmt: skip


def typed_values(request: HttpRequest, form: ApplicationForm) -> list[tuple[str, str]]:
    """Every answer as name and value, to hand back in hidden fields; which kept form it came from, and the ticket."""
    names = [*(name for name in form.fields if name != "look_anyway"), "draft", "keep"]
    return [(name, value) for name in names for value in request.POST.getlist(name)]


@login_not_required
@require_POST
def check_answers(request: HttpRequest) -> HttpResponse:
    """Looks at the answers so far while somebody fills in the form: no decision, and it keeps nothing ([PIA] rule 7).

    One criterion that is not met is said at once, so that nobody answers more than is needed.
    """
    form = EligibilityForm(request.POST)
    if not form.not_met():
        return HttpResponse(status=204)
    return render(request, "intake/check.html", refusal_words(form))


@login_not_required
@require_POST
def stop_here(request: HttpRequest) -> HttpResponse:
    """Somebody read that a criterion is not met and leaves it at that: one more in the anonymous count."""
    named = [reason for reason in Reason if reason in request.POST.getlist("reason") and reason not in UNANSWERED]
    if named and spend(request, "not_eligible"):
        count_ineligible(reasons=named)
    return redirect("intake:elsewhere")


@login_not_required
@require_GET
def elsewhere(request: HttpRequest) -> HttpResponse:
    return render(request, "intake/elsewhere.html", {"services": other_services()})


@login_not_required
@require_GET
def sent(request: HttpRequest) -> HttpResponse:
    """What happens next. The page knows nothing about anybody, so coming back to it shows nothing to anybody."""
    context = {"crisis_lines": crisis_lines(), "working_days": settings.PSP_ANSWER_WORKING_DAYS}
    return render(request, "intake/sent.html", context)
