"""Agreeing to work by a text, each in their own area; and the safety protocol, at hand on a phone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from psp.areas import account, requires
from psp.bilingual import reader_language
from psp.choices import Role
from psp.errors import DomainError, add_to_form
from psp.sight import sight_of
from supporters.areas import requires_or_joining
from supporters.choices import TextKind
from supporters.models import Acknowledgement, ProgramText
from supporters.network import calling
from supporters.texts import pages as texts_pages
from supporters.texts.forms import AgreeForm
from supporters.texts.reading import current
from supporters.texts.services import acknowledge

leads_only = requires(Role.SUPPORTER, Role.CLINICIAN)
# The agreement is read before the first group: also by who is on the way to it.
leads_or_joining = requires_or_joining(Role.SUPPORTER, Role.CLINICIAN)
desk_only = requires(Role.COORDINATOR)
care_only = requires(Role.SUPERVISOR)


# --- Agreeing ---


def _agreement(request: HttpRequest, area: str) -> HttpResponse:
    me = account(request)
    text = texts_pages.text_for(me, area)
    if text is None:
        raise Http404
    form = AgreeForm(request.POST or None, text=text)
    if request.method == "POST" and form.is_valid() and _agreed(form, request, text):
        messages.success(request, _("Thank you. What you agreed to is kept here, word for word."))
        return redirect(f"{area}:agreement")
    ask = texts_pages.address("lead:talk") if area == "lead" and sight_of(me).has(Role.SUPPORTER) else ""
    return _page(request, area, "agreement", {**texts_pages.agreement(me, text), "form": form, "ask_url": ask})


def _agreed(form: AgreeForm, request: HttpRequest, text: ProgramText) -> bool:
    """Whether the word is kept; a version that came out meanwhile is shown instead, with why."""
    me = account(request)
    read = ProgramText.objects.filter(kind=text.kind, number=form.cleaned_data["number"]).first() or text
    try:
        acknowledge(user=me, text=read, by=me, language=reader_language())
    except DomainError as error:
        add_to_form(form, error)
        form.show_version(text)
        return False
    return True


def _agreed_version(request: HttpRequest, area: str, said: UUID) -> HttpResponse:
    """The version that somebody agreed to, in the language in which they read it; whose it is not finds nothing."""
    row = get_object_or_404(Acknowledgement.objects.filter(user=account(request)).select_related("text"), pk=said)
    context = {"row": row, "on": texts_pages.day(row.at), "sections": row.text.read_in(row.language)}
    return _page(request, area, "agreed", context)


def _protocol(request: HttpRequest, area: str) -> HttpResponse:
    me, now, code = account(request), timezone.now(), reader_language()
    text = current(TextKind.PROTOCOL)
    if text is None:
        raise Http404
    regions = calling.regions_of(me)
    context = {
        "text": text, "sections": text.read_in(code), "published": texts_pages.day(text.published_at),
        "doors": calling.doors(me, now, me.time_zone, code) if area == "lead" else [],
        "talk_url": texts_pages.address("lead:talk") if area == "lead" else "",
        "report_url": texts_pages.address("lead:incident_report") if area == "lead" else "",
        "coordination": calling.coordination(regions), "crisis_lines": calling.lines_for(regions, code, now),
    }  # fmt: skip
    return _page(request, area, "protocol", context)


def _page(request: HttpRequest, area: str, name: str, context: dict[str, Any]) -> HttpResponse:
    frame = "base_lead.html" if area == "lead" else "base_desk.html"
    return render(request, f"supporters/texts/{name}.html", {**context, "area": area, "frame": frame})


@require_http_methods(["GET", "POST"])
@leads_or_joining
def lead_agreement(request: HttpRequest) -> HttpResponse:
    return _agreement(request, "lead")


@require_GET
def lead_agreed(request: HttpRequest, said: UUID) -> HttpResponse:
    return _agreed_version(request, "lead", said)


@require_GET
@leads_only
def lead_protocol(request: HttpRequest) -> HttpResponse:
    return _protocol(request, "lead")


@require_http_methods(["GET", "POST"])
@desk_only
def desk_agreement(request: HttpRequest) -> HttpResponse:
    return _agreement(request, "desk")


@require_GET
def desk_agreed(request: HttpRequest, said: UUID) -> HttpResponse:
    return _agreed_version(request, "desk", said)


@require_GET
@desk_only
def desk_protocol(request: HttpRequest) -> HttpResponse:
    return _protocol(request, "desk")


@require_http_methods(["GET", "POST"])
@care_only
def care_agreement(request: HttpRequest) -> HttpResponse:
    return _agreement(request, "care")


@require_GET
def care_agreed(request: HttpRequest, said: UUID) -> HttpResponse:
    return _agreed_version(request, "care", said)


@require_GET
@care_only
def care_protocol(request: HttpRequest) -> HttpResponse:
    return _protocol(request, "care")
