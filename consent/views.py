"""The person's own consents: what they signed, word for word, and the way out of each in two clicks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from consent import services
from consent.consequences import what_stays, what_stops
from consent.forms import SignForm
from consent.models import Consent, ConsentVersion
from consent.papers import facts, signed_paper
from consent.words import until_words
from psp.areas import account, for_participants
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.bilingual import reader_language
from psp.calendar_text import long_datetime
from psp.errors import DomainError, add_to_form
from psp.pdf import pdf_response


def note_own_read(request: HttpRequest, obj: Any = Consent) -> None:
    audit.record(Action.READ, obj, person=request.user.pk, purpose=Purpose.OWN)


def when(moment: Any, request: HttpRequest) -> str:
    return long_datetime(moment, account(request).time_zone, reader_language())


def text_of(purpose: str) -> ConsentVersion:
    found = services.texts_in_force().get(purpose)
    if found is None:
        raise Http404
    return found


def any_text_of(purpose: str) -> ConsentVersion:
    """The text in force, or the last one of a purpose that is not offered any more: what was signed can be ended."""
    found = ConsentVersion.objects.filter(purpose=purpose, published_at__isnull=False).order_by("-number").first()
    if found is None:
        raise Http404
    text: ConsentVersion = services.texts_in_force().get(purpose, found)
    return text


@require_GET
@for_participants
def consents(request: HttpRequest) -> HttpResponse:
    note_own_read(request)
    signed = list(Consent.objects.visible_to(request.user).select_related("version", "withdrawal", "countersignature"))
    offered = services.texts_in_force()
    rows = [_row(request, version, signed) for version in offered.values()]
    # What is not offered any more does nothing, but it was signed, and can be read and taken back.
    rest = {one.purpose: one for one in reversed(signed) if not (one.purpose in offered or hasattr(one, "withdrawal"))}
    rows += [_row(request, one.version, signed) | {"off": True} for one in rest.values()]
    past = [
        {"consent": one, "signed": when(one.signed_at, request), "ended": when(one.withdrawal.at, request)}
        for one in signed if hasattr(one, "withdrawal")
    ]  # fmt: skip
    return render(request, "consent/list.html", {"rows": rows, "past": past})


def _row(request: HttpRequest, version: ConsentVersion, signed: list[Consent]) -> dict[str, Any]:
    """One purpose: the newest standing signature, if there is one."""
    standing = next((one for one in signed if one.purpose == version.purpose and not hasattr(one, "withdrawal")), None)
    older = standing is not None and standing.version.number < version.number
    return {
        "text": version, "consent": standing, "signed": when(standing.signed_at, request) if standing else "",
        "asks_again": until_words(version) if older else None,
    }  # fmt: skip


def _own(request: HttpRequest, consent_id: UUID) -> Consent:
    rows = Consent.objects.visible_to(request.user)
    found: Consent = get_object_or_404(
        rows.select_related("version", "withdrawal", "countersignature__by"), pk=consent_id
    )
    return found


@require_GET
@for_participants
def text(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """The exact text that was signed."""
    consent = _own(request, consent_id)
    note_own_read(request, consent)
    paragraphs = [line for line in consent.text.splitlines()[2:] if line]
    said = facts(consent, account(request), reader_language())
    return render(request, "consent/text.html", {"consent": consent, "paragraphs": paragraphs, "facts": said})


@require_GET
@for_participants
def paper(request: HttpRequest, consent_id: UUID) -> HttpResponse:
    """The same as a file to keep; `?both=1` adds the other language."""
    found = _own(request, consent_id)
    audit.record(Action.EXPORT, found, person=request.user.pk, purpose=Purpose.OWN)
    return pdf_response(signed_paper(found, reader=account(request), both=request.GET.get("both") == "1"))


@require_http_methods(["GET", "POST"])
@for_participants
def sign(request: HttpRequest, purpose: str) -> HttpResponse:
    version = text_of(purpose)
    form = SignForm(request.POST or None, text=version)
    if request.method == "POST" and form.is_valid():
        try:
            services.sign(
                person=account(request), version=version, language=reader_language(), ticked=form.ticked(),
                typed_name=form.cleaned_data["typed_name"],
            )  # fmt: skip
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("You signed “%(title)s”.") % {"title": version.title})
            return redirect("consent:list")
    note_own_read(request)
    return render(request, "consent/sign.html", {"text": version, "form": form})


@require_http_methods(["GET", "POST"])
@for_participants
def withdraw(request: HttpRequest, purpose: str) -> HttpResponse:
    """What stops and what stays, then one button. No reason is asked."""
    version = any_text_of(purpose)
    if request.method == "POST":
        services.withdraw(person=account(request), purpose=purpose)
        return redirect("consent:withdrawn", purpose)
    note_own_read(request)
    return render(
        request, "consent/withdraw.html", {"text": version, "stops": what_stops(purpose), "stays": what_stays(purpose)}
    )


@require_GET
@for_participants
def withdrawn(request: HttpRequest, purpose: str) -> HttpResponse:
    """What has stopped, and what is still here and why."""
    version = any_text_of(purpose)
    note_own_read(request)
    if Consent.objects.in_force(account(request), purpose):
        return redirect("consent:list")
    return render(
        request, "consent/withdrawn.html", {"text": version, "stops": what_stops(purpose), "stays": what_stays(purpose)}
    )
