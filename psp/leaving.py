"""After a quick exit: for a while every page is a neutral one, whatever the Back button asks for."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

GetResponse = Callable[[HttpRequest], HttpResponse]
# Seconds. The script of the quick exit sets the same cookie itself, so that a slow network changes nothing.
LEFT_FOR = 30 * 60
COME_BACK = "back"


def mark_left(response: HttpResponse) -> None:
    """From now on this browser is shown the neutral page."""
    _set(response, "1", LEFT_FOR)


def come_back() -> HttpResponse:
    """The first page again, for whoever pressed the neutral page's button."""
    response = HttpResponseRedirect("/")
    _set(response, "", 0)
    return response


def _set(response: HttpResponse, value: str, seconds: int) -> None:
    # Also to take it away: a __Host- cookie gives way only to one that is Secure as well.
    response.set_cookie(
        settings.LEFT_COOKIE_NAME, value, max_age=seconds, secure=settings.LEFT_COOKIE_SECURE, httponly=True,
        samesite="Lax",
    )  # fmt: skip


class LeftMiddleware:
    """Shows the neutral page instead of any other to a browser that has just left."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        way_out = reverse("quick_exit")
        if settings.LEFT_COOKIE_NAME not in request.COOKIES or request.path == way_out:
            return self.get_response(request)
        return render(request, "psp/left.html", {"continue_url": way_out, "field": COME_BACK})
