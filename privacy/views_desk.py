"""Corrections on the desk of the person's region: what is asked, by when, and the answer."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from privacy.correcting import corrector_of, place_of
from privacy.forms_rights import AnswerForm
from privacy.models import RightsRequest
from privacy.people import labels_of
from privacy.services import answer_correction
from privacy.words import request_row
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import DomainError, add_to_form


@require_GET
@requires(Role.COORDINATOR)
def corrections(request: HttpRequest) -> HttpResponse:
    """Open ones, the most urgent first. A list shows references, no words of anybody."""
    found = list(RightsRequest.objects.on_desk_of(account(request)).open().order_by("due_on", "asked_at"))
    audit.record_reads(found, purpose=Purpose.RIGHTS)
    labels = labels_of({one.person_id for one in found})
    rows = [request_row(one, reference=labels.get(one.person_id, "")) for one in found]
    return render(request, "privacy/desk/corrections.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@requires(Role.COORDINATOR)
def correction(request: HttpRequest, request_id: UUID) -> HttpResponse:
    rows = RightsRequest.objects.on_desk_of(account(request)).select_related("person__participant")
    found: RightsRequest = get_object_or_404(rows, pk=request_id)
    corrector = corrector_of(found.item)
    corrected = corrector.field(found.person) if corrector and corrector.field else None
    form = AnswerForm(request.POST or None, initial={"revision": found.revision}, corrected=corrected)
    if request.method == "POST" and form.is_valid():
        try:
            answer_correction(
                request=found, accepted="accept" in request.POST, by=account(request), **form.cleaned_data
            )
        except DomainError as error:
            add_to_form(form, error)
        else:
            messages.success(request, _("Answered. The person can read it in their space."))
            return redirect("desk:corrections")
    audit.record(Action.READ, found, person=found.person_id, purpose=Purpose.RIGHTS)
    context = {"row": request_row(found), "participant": found.person.participant, "form": form,
               "place": place_of(found.item, found.person)}  # fmt: skip
    return render(request, "privacy/desk/correction.html", context)
