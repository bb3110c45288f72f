"""Openings from another region on the privacy officer's pages: read, close at once, note what was found."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from privacy import glass
from privacy.choices import GlassReview
from privacy.models_glass import GlassGrant
from privacy.services_glass import end_glass, review_glass
from psp.areas import account, requires
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Role

officers = requires(Role.PRIVACY_OFFICER)


@require_GET
@officers
def openings(request: HttpRequest) -> HttpResponse:
    found, rows = glass.listed(account(request))
    audit.record_reads(found, purpose=Purpose.SECURITY)
    return render(request, "privacy/glass.html", {"rows": rows, "choices": GlassReview.choices})


@require_POST
@officers
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    end_glass(grant=get_object_or_404(GlassGrant.objects.of_office(account(request)), pk=pk), by=account(request))
    messages.success(request, _("Closed. The file cannot be read from there any more."))
    return redirect("privacy:glass")


@require_POST
@officers
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    grant: GlassGrant = get_object_or_404(GlassGrant.objects.of_office(account(request)), pk=pk)
    if (chosen := request.POST.get("review", "")) in GlassReview:
        review_glass(grant=grant, review=chosen, by=account(request))
        if chosen == GlassReview.BREACH:
            messages.success(request, _("Noted. Record the breach here, as far as it is known."))
            return redirect("privacy:breach_record")
        messages.success(request, _("Noted."))
    return redirect("privacy:glass")
