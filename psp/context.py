"""What every page needs to know (see the base templates)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from psp.bilingual import reader_language
from psp.dashboard import places_for

LANGUAGE_NAMES = {"en": "English", "fr": "Français"}


def other_language_url(request: HttpRequest, other: str) -> str:
    """The same page in the other language; pages without a language in their address switch by cookie."""
    parts = request.path.split("/", 2)
    if parts[1] in LANGUAGE_NAMES and len(parts) > 2:
        # As it came: a query that cannot be read must not break the page that says so.
        query = request.META.get("QUERY_STRING", "")
        return f"/{other}/{parts[2]}{'?' * bool(query)}{query}"
    return f"/{other}/language/?next={request.path}"


def page(request: HttpRequest) -> dict[str, Any]:
    language = reader_language()
    other = "en" if language == "fr" else "fr"
    return {
        "site_name": _("Appointments"),
        "other_language_url": other_language_url(request, other),
        "other_language_code": other,
        "other_language_name": LANGUAGE_NAMES[other],
        "demo": settings.PSP_DEMO,
        "quick_exit_url": settings.PSP_QUICK_EXIT_URL,
        "quick_exit_cookie": settings.LEFT_COOKIE_NAME,
        "body_class": "",
        "places": places_for(request),
    }
