"""Save and finish later: address, code, then the answers are kept; address, code, then they are back on the page.

Until the code is right the answers live in the page: they go from one page to the next as hidden fields, and nothing
of them is written here. Every answer is the same whether the address is known or not ([security] 13).
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from intake import services_drafts as drafts
from intake.forms import ApplicationForm
from intake.forms_drafts import AddressForm, CodeForm
from intake.limits import spend, spend_for_address
from intake.models_drafts import AddressCode, Draft
from intake.services_drafts import Answer
from intake.views import form_page
from psp.crypto.fields import digest_for

MOST_STEPS = 50


@login_not_required
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """From "Save and finish later" to the answers being kept."""
    if "draft_email" not in request.POST:
        return address_page(request, AddressForm(initial={"draft_email": likely_address(request.POST)}), "save")
    confirmed = confirm(request, "save")
    if isinstance(confirmed, HttpResponse):
        return confirmed
    drafts.save_draft(email=confirmed, answers=drafts.answers_in(request.POST), step=step_in(request.POST))
    return redirect("intake:kept")


@login_not_required
@require_http_methods(["GET", "POST"])
def resume(request: HttpRequest) -> HttpResponse:
    """From an address to the form as it was left."""
    if request.method == "GET":
        return address_page(request, AddressForm(), "resume")
    confirmed = confirm(request, "resume")
    if isinstance(confirmed, HttpResponse):
        return confirmed
    draft = drafts.draft_of(email=confirmed)
    return filled_in(request, draft) if draft else render(request, "intake/draft_none.html")


def filled_in(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The form with what was kept, in the texts of today; whatever is signed is signed anew."""
    data = QueryDict(mutable=True)
    for name, value in drafts.answers_of(draft):
        data.appendlist(name, value)
    form = ApplicationForm(data)
    data["sent_key"], data["texts"] = str(uuid4()), form.shown.names
    form.forget_errors()
    return form_page(request, form, draft=drafts.token_of(draft), start_at=draft.step)


def confirm(request: HttpRequest, where: str) -> str | HttpResponse:
    """The address, once its code is right; until then the page to show."""
    if "draft_code" not in request.POST:
        return send_code(request, where)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return code_page(request, form, where)
    if not spend(request, "code_tried"):
        form.add_error(None, too_many())
        return code_page(request, form, where, status=429)
    email: str = form.cleaned_data["draft_email"]
    answer = drafts.check_code(
        asked=form.cleaned_data["draft_asked"], email=email, code=form.cleaned_data["draft_code"]
    )
    if answer == Answer.RIGHT:
        return email
    form.add_error("draft_code", refusal(answer))
    form.forget_code()
    return code_page(request, form, where)


def send_code(request: HttpRequest, where: str) -> HttpResponse:
    form = AddressForm(request.POST)
    if not form.is_valid():
        return address_page(request, form, where)
    email = form.cleaned_data["draft_email"]
    if not spend(request, "code_asked"):
        form.add_error(None, too_many())
        return address_page(request, form, where, status=429)
    # An address that had enough for this hour gets no message, and nobody is told: it would say that somebody else
    # asked for codes with it.
    enough = not spend_for_address(digest_for(AddressCode, "index", email))
    asked = drafts.ask_code(email=email, language=(get_language() or "en")[:2], held_back=enough)
    return code_page(request, CodeForm(initial={"draft_email": email, "draft_asked": asked.pk}), where)


def refusal(answer: Answer) -> str:
    if answer == Answer.OVER:
        return _("This code does not work any more. Ask for a new one. Nothing is lost.")
    return _("This is not the code that we sent. Please look at the message again. Nothing is lost.")


def too_many() -> str:
    return _(
        "Many codes were asked for in the last hour. Please try again a little later. Nothing on this page is lost."
    )


def address_page(request: HttpRequest, form: AddressForm, where: str, *, status: int = 200) -> HttpResponse:
    return render(request, "intake/draft_address.html", page_of(request, form, where), status=status)


def code_page(request: HttpRequest, form: CodeForm, where: str, *, status: int = 200) -> HttpResponse:
    return render(request, "intake/draft_code.html", page_of(request, form, where), status=status)


def page_of(request: HttpRequest, form: AddressForm | CodeForm, where: str) -> dict[str, Any]:
    """`carried`: the answers, which wait in the page until they may be kept."""
    saving = where == "save"
    carried = [*drafts.answers_in(request.POST), ("at_step", str(step_in(request.POST)))] if saving else []
    address = request.POST.get("draft_email", "")
    return {"form": form, "action": reverse(f"intake:{where}"), "carried": carried, "saving": saving,
            "address": address}  # fmt: skip


def likely_address(data: QueryDict) -> str:
    """The address of the form, where the person said that it is safe."""
    return data.get("email", "") if data.get("email_safe") == "yes" else ""


def step_in(data: QueryDict) -> int:
    text = data.get("at_step", "")
    return min(int(text), MOST_STEPS) if text.isascii() and text.isdigit() and len(text) < 4 else 0


@login_not_required
@require_POST
def throw_away(request: HttpRequest) -> HttpResponse:
    """The kept form is destroyed at once."""
    drafts.throw_away(token=request.POST.get("draft", ""))
    return redirect("intake:gone")


@login_not_required
@require_GET
def kept(request: HttpRequest) -> HttpResponse:
    return render(request, "intake/draft_kept.html")


@login_not_required
@require_GET
def gone(request: HttpRequest) -> HttpResponse:
    return render(request, "intake/draft_gone.html")
