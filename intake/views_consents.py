"""A person's consents on the desk: one that was read aloud or signed on paper, and signatures as PDFs."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_http_methods

from consent.choices import ConsentPurpose
from consent.consequences import what_stays, what_stops
from consent.forms_entered import EnterForm
from consent.models import Consent, ConsentVersion
from consent.papers import signed_paper
from consent.services import texts_in_force, withdraw
from consent.services_entered import TextOfItsDay, enter_signature, texts_of_their_days
from consent.words import days_words
from intake import trail
from intake.models import Participant
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.bilingual import in_language
from psp.choices import Language, Role
from psp.errors import DomainError, add_to_form
from psp.pdf import pdf_response

coordinators = requires(Role.COORDINATOR)


@require_GET
@coordinators
def paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The signature as a PDF, to be handed over; `?both=1` adds the other language. It is never mailed."""
    rows = Consent.objects.select_related("version", "withdrawal", "countersignature__by", "person")
    consent = get_object_or_404(rows, pk=pk)
    if not Participant.objects.in_regions_of(account(request)).filter(user_id=consent.person_id).exists():
        raise Http404
    audit.record(Action.EXPORT, consent, person=consent.person_id, purpose=Purpose.CONSENT)
    return pdf_response(signed_paper(consent, reader=account(request), both=request.GET.get("both") == "1"))


@require_http_methods(["GET", "POST"])
@coordinators
def enter(request: HttpRequest, pk: UUID, purpose: str) -> HttpResponse:
    """The text in the person's language, or `?language=`; `?version=` is an earlier one that a paper carries."""
    rows = Participant.objects.in_regions_of(account(request)).select_related("user")
    participant = get_object_or_404(rows, pk=pk)
    text, earlier = _texts(purpose, request.GET.get("version", ""))
    chosen = next((one for one in earlier if one.version == text), None)
    asked = request.GET.get("language", "")
    language = Language(asked if asked in Language else participant.user.language)
    form = EnterForm(request.POST or None, text=text, language=language.value, only_paper=chosen is not None)
    if request.method == "POST" and form.is_valid() and _entered(request, participant, form):
        messages.success(request, _("It is kept, with your name and the date beside it."))
        return redirect(trail.file_url(request, participant.pk))
    audit.record(
        Action.READ, Consent, person=participant.user_id, purpose=Purpose.CONSENT, fields=("name", text.purpose)
    )
    context = {
        "form": form, "text": text, "participant": participant, "person": participant.user,
        "file_url": trail.file_url(request, participant.pk), "chosen": days_words(chosen) if chosen else None,
        "earlier": [days_words(one) for one in earlier if one.version != text],
        "language": language, "other": next(one for one in Language if one != language),
        "title": in_language(text, "title", language), "summary": in_language(text, "summary", language),
    }  # fmt: skip
    return render(request, "desk/consent_enter.html", context)


@require_http_methods(["GET", "POST"])
@coordinators
def end(request: HttpRequest, pk: UUID, purpose: str) -> HttpResponse:
    """For somebody who says so by phone: what stops and what stays, in their language; then one button, no reason."""
    rows = Participant.objects.in_regions_of(account(request)).select_related("user")
    participant = get_object_or_404(rows, pk=pk)
    person, file_url = participant.user, trail.file_url(request, participant.pk)
    if purpose not in ConsentPurpose:
        raise Http404
    if request.method == "POST":
        withdraw(person=person, purpose=purpose, by=account(request))
        messages.success(request, _("Taken back. It took effect at once, everywhere."))
        return redirect(file_url)
    audit.record(Action.READ, Consent, person=person.pk, purpose=Purpose.CONSENT, fields=("name", purpose))
    with override(person.language):
        words = {"stops": what_stops(purpose), "stays": what_stays(purpose)}
    context = {
        "participant": participant, "person": person, "file_url": file_url,
        "purpose": ConsentPurpose(purpose).label, **words,
    }  # fmt: skip
    return render(request, "desk/consent_end.html", context)


def _texts(purpose: str, number: str) -> tuple[ConsentVersion, list[TextOfItsDay]]:
    """The text of the page, and the earlier ones that a paper may carry."""
    in_force = texts_in_force().get(purpose)
    if in_force is None:
        raise Http404
    earlier = [one for one in texts_of_their_days(purpose) if one.version != in_force]
    text = next((one.version for one in earlier if str(one.version.number) == number), None)
    if number and text is None:
        raise Http404
    return text or in_force, earlier


def _entered(request: HttpRequest, participant: Participant, form: EnterForm) -> bool:
    said = form.cleaned_data
    try:
        enter_signature(
            person=participant.user, by=account(request), version=form.text, language=form.language,
            ticked=form.ticked(), typed_name=said["typed_name"], manner=said["manner"], signed_on=said["signed_on"],
        )  # fmt: skip
    except DomainError as error:
        add_to_form(form, error)
        return False
    return True
