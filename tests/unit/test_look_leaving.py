"""After a quick exit the browser gets a closed page, whatever it asks for, until its button is pressed."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from psp import leaving

SECRET_PAGE = "canary: about the program"


def answer(request: HttpRequest) -> str:
    page = leaving.LeftMiddleware(lambda _request: HttpResponse(SECRET_PAGE))
    return page(request).content.decode()


def asking(path: str, *, left: bool) -> HttpRequest:
    request = RequestFactory().get(path)
    if left:
        request.COOKIES[settings.LEFT_COOKIE_NAME] = "1"
    return request


@pytest.mark.parametrize("path", ["/", "/en/", "/fr/intake/", "/fr/my/", "/accounts/login/"])
def test_page_after_leaving_is_closed(path: str) -> None:
    closed = answer(asking(path, left=True))
    assert SECRET_PAGE not in closed
    assert leaving.COME_BACK in closed
    assert answer(asking(path, left=False)) == SECRET_PAGE


def test_way_out_works_after_leaving() -> None:
    assert answer(asking(reverse("quick_exit"), left=True)) == SECRET_PAGE


def test_mark_holds_nothing_and_ends_by_itself() -> None:
    response = HttpResponse()
    leaving.mark_left(response)
    cookie = response.cookies[settings.LEFT_COOKIE_NAME]
    assert (cookie.value, cookie["max-age"], cookie["httponly"]) == ("1", leaving.LEFT_FOR, True)


def test_coming_back_takes_the_mark_away() -> None:
    cookie = leaving.come_back().cookies[settings.LEFT_COOKIE_NAME]
    assert (cookie.value, cookie["max-age"]) == ("", 0)
