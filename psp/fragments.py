"""A part of a page that htmx puts in its place: from the same address, and only as an answer to its request.

Without scripts the same address gives the whole page, so every action works either way. What is not marked as a part
(a sign-in page, an error) is never put into a page: `static/js/in-place.js` opens it as a page of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

MARK = "X-Fragment"


def wants_part(request: HttpRequest) -> bool:
    htmx = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.history_restore_request  # type: ignore[union-attr]


def page_or_part(
    request: HttpRequest, page: str, part: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """The whole page, or its part for a request by htmx."""
    if not wants_part(request):
        answer = render(request, page, dict(context), status=status)
        patch_vary_headers(answer, ["HX-Request"])
        return answer
    return part_only(request, part, context, status=status)


def part_only(request: HttpRequest, part: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    answer = render(request, part, dict(context), status=status)
    answer[MARK] = "1"
    patch_vary_headers(answer, ["HX-Request"])
    return answer
