"""Save and finish later: an address, its code, and only then the answers leave the page and are kept.

With a script the form asks for address and code itself, through parts of pages, and sends the answers with the ticket
that the right code gave. Without one, address and code come first, on pages of their own, and the form that opens then
has the ticket in it. Every answer is the same whether the address is known or not ([security] 13).
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from intake import services_drafts as drafts
from intake.forms import ApplicationForm
from intake.forms_drafts import AddressForm, CodeForm
from intake.limits import spend, spend_for_address
from intake.models_drafts import AddressCode, Draft
from intake.services_drafts import Answer
from intake.views import empty_page, form_page
from psp.bilingual import reader_language
from psp.crypto.fields import digest_for

MOST_STEPS = 50


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Whose address it is was shown by a code."""

    email: str
    ticket: str


@login_not_required
@require_http_methods(["GET", "POST"])
def save(request: HttpRequest) -> HttpResponse:
    """From an address to the right to keep a form for it. Whatever else is sent here is not looked at."""
    if request.method == "GET":
        return address_page(request, AddressForm(), "save")
    confirmed = confirm(request, "save")
    if isinstance(confirmed, HttpResponse):
        return confirmed
    if wants_part(request):
        return render(request, "intake/parts/draft_ticket.html", {"ticket": confirmed.ticket})
    draft = drafts.draft_of(email=confirmed.email)
    return filled_in(request, draft, confirmed) if draft else empty_page(request, keep=confirmed.ticket)


@login_not_required
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """The answers, with the ticket that says for which address. If it is over, they go back to the page."""
    answers, step = drafts.answers_in(request.POST), step_in(request.POST)
    if drafts.save_draft(ticket=request.POST.get("keep", ""), answers=answers, step=step):
        return redirect("intake:kept")
    form = ApplicationForm(request.POST)
    form.forget_errors()
    return form_page(request, form, start_at=step, keep=None, remark=_(
        "Your address has to be confirmed once more before this form can be saved. Nothing is lost: your answers are"
        " on this page, and nothing of them is kept here."))  # fmt: skip


@login_not_required
@require_http_methods(["GET", "POST"])
def resume(request: HttpRequest) -> HttpResponse:
    """From an address to the form as it was left."""
    if request.method == "GET":
        return address_page(request, AddressForm(), "resume")
    confirmed = confirm(request, "resume")
    if isinstance(confirmed, HttpResponse):
        return confirmed
    draft = drafts.draft_of(email=confirmed.email)
    return filled_in(request, draft, confirmed) if draft else render(request, "intake/draft_none.html")


def filled_in(request: HttpRequest, draft: Draft, confirmed: Confirmed) -> HttpResponse:
    """The form with what was kept, in the texts of today; whatever is signed is signed anew."""
    data = QueryDict(mutable=True)
    for name, value in drafts.answers_of(draft):
        data.appendlist(name, value)
    form = ApplicationForm(data)
    data["sent_key"], data["texts"] = str(uuid4()), form.shown.names
    form.forget_errors()
    return form_page(request, form, draft=drafts.token_of(draft), start_at=draft.step, keep=confirmed.ticket)


def confirm(request: HttpRequest, where: str) -> Confirmed | HttpResponse:
    """The address, once its code is right; until then the page to show."""
    if "draft_code" not in request.POST:
        return send_code(request, where)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return code_page(request, form, where)
    if not spend(request, "code_tried"):
        form.add_error(None, too_many())
        return code_page(request, form, where, status=429)
    email, asked = form.cleaned_data["draft_email"], form.cleaned_data["draft_asked"]
    answer = drafts.check_code(asked=asked, email=email, code=form.cleaned_data["draft_code"])
    if answer == Answer.RIGHT:
        return Confirmed(email, drafts.ticket_of(asked))
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
    asked = drafts.ask_code(email=email, language=reader_language(), held_back=enough)
    return code_page(request, CodeForm(initial={"draft_email": email, "draft_asked": asked.pk}), where)


def refusal(answer: Answer) -> str:
    if answer == Answer.OVER:
        return _("This code does not work any more. Ask for a new one. Nothing is lost.")
    return _("This is not the code that we sent. Please look at the message again. Nothing is lost.")


def too_many() -> str:
    return _(
        "Many codes were asked for in the last hour. Please try again a little later. Nothing on this page is lost."
    )


def wants_part(request: HttpRequest) -> bool:
    """A script puts the answer into the page of the form, where the answers wait."""
    return request.headers.get("X-Requested-With") == "fetch"


def address_page(request: HttpRequest, form: AddressForm, where: str, *, status: int = 200) -> HttpResponse:
    return page_or_part(request, "draft_address.html", form, where, status)


def code_page(request: HttpRequest, form: CodeForm, where: str, *, status: int = 200) -> HttpResponse:
    return page_or_part(request, "draft_code.html", form, where, status)


def page_or_part(
    request: HttpRequest, name: str, form: AddressForm | CodeForm, where: str, status: int
) -> HttpResponse:
    part = wants_part(request)
    context = {
        "form": form, "action": reverse(f"intake:{where}"), "saving": where == "save", "part": part,
        "address": request.POST.get("draft_email", ""), "level": "h2" if part else "h1",
        "under": "h3" if part else "h2",
    }  # fmt: skip
    return render(request, f"intake/parts/{name}" if part else f"intake/{name}", context, status=status)


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
