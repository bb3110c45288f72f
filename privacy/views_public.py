"""Public pages, made from what the program itself declares: what is held, and how the program answers for it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from privacy import assurances
from privacy.datamap_words import headings, places
from privacy.models_retention import RetentionRule
from privacy.rules import DAYS_TO_ANSWER
from psp.dashboard import public_figures
from psp.views import notice


@login_not_required
@require_GET
def what_we_hold(request: HttpRequest) -> HttpResponse:
    """Every kind of record, in plain words, from the data map."""
    listed = headings()
    context = {
        "headings": [one for one in listed if not one["team"]], "team": [one for one in listed if one["team"]],
        "places": places(), "days": DAYS_TO_ANSWER,
    }  # fmt: skip
    return render(request, "privacy/public/what_we_hold.html", context)


@login_not_required
@require_GET
def transparency(request: HttpRequest) -> HttpResponse:
    """What, why, who, how long, how protected, how to complain; and what stands against the four assessed risks."""
    context = {
        "headings": [one for one in headings() if not one["team"]], "sees": assurances.WHO_SEES,
        "protection": assurances.answers(assurances.PROTECTION), "risks": assurances.risks(),
        "rules": len(assurances.properties()), "source": settings.PSP_SOURCE_URL, "contact": contact(),
        "figures": public_figures("transparency"), "kept": rules_of_keeping(), "days": DAYS_TO_ANSWER,
    }  # fmt: skip
    return render(request, "privacy/public/transparency.html", context)


def rules_of_keeping() -> list[dict[str, Any]]:
    """The rules in force on how long records are kept: [{"what", "least", "most"}], as spans of time in words."""
    return [
        {"what": rule.get_record_type_display(), "least": span(rule.months), "most": span(rule.ceiling_months)}
        for rule in RetentionRule.objects.in_force()
    ]


def span(months: int) -> str:
    years, rest = divmod(months, 12)
    if rest:
        return ngettext("%(count)s month", "%(count)s months", months) % {"count": months}
    return ngettext("%(count)s year", "%(count)s years", years) % {"count": years}


def contact() -> dict[str, Any]:
    """Who answers, as the notice in force says it; the settings come first where they name somebody."""
    current = notice()
    email, phone = settings.PSP_PRIVACY_EMAIL, settings.PSP_PRIVACY_PHONE
    return {
        "notice": current, "email": email or current["privacy_email"],
        "phone": phone or current["privacy_phone"],
        "phone_href": f"tel:{''.join(sign for sign in phone if sign in '+0123456789')}" if phone
        else current["privacy_phone_href"],
    }  # fmt: skip
