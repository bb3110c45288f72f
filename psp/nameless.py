"""Addresses at which nobody is anybody: whoever comes there cannot be told from the next one.

No cookie is read but the one that says that this browser has just left (`psp.leaving`), which everybody has who pressed
that button; so there is no session, no account, and nothing that notes when somebody was last seen. None is set, and
no line is logged. Without a session there is nothing that a foreign page could misuse, so these pages ask for no token.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from http.cookies import SimpleCookie

from django.conf import settings
from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]
# Where slips come back (`sessions.views_feedback`).
ADDRESSES = re.compile(r"^/[a-z]{2}/feedback/")


def is_nameless(request: HttpRequest) -> bool:
    return ADDRESSES.match(request.path_info) is not None


class NamelessMiddleware:
    """Outside everything that reads or sets a cookie."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_nameless(request):
            return self.get_response(request)
        request.META["HTTP_COOKIE"] = kept_of(request.META.get("HTTP_COOKIE", ""))
        response = self.get_response(request)
        response.cookies.clear()
        return response


def kept_of(cookies: str) -> str:
    """Of a Cookie header: that this browser has just left, and nothing else."""
    left = SimpleCookie(cookies).get(settings.LEFT_COOKIE_NAME)
    return f"{left.key}={left.coded_value}" if left else ""
