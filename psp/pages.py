"""Pages that say that something is not possible: what happened, what is safe, what to do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone

from psp import crisis
from psp.areas import is_participant
from psp.bilingual import reader_language
from psp.logs import get_logger

log = get_logger(__name__)
TEMPLATES = {
    400: "errors/400.html", 403: "errors/403.html", 404: "errors/404.html", 413: "errors/400.html",
    415: "errors/400.html", 429: "errors/429.html", 500: "errors/500.html",
}  # fmt: skip


def problem(request: HttpRequest, status: int, *, message: Any = "") -> HttpResponse:
    """An error page; `message` is the reader's own sentence from a DomainError."""
    template = TEMPLATES.get(status, "errors/problem.html")
    context = {"message": message, "status": status, "crisis_lines": _for_somebody_inside(request)}
    return render(request, template, context, status=status)


def _for_somebody_inside(request: HttpRequest) -> list[dict[str, Any]]:
    """Whom to call now, for participants who are signed in. A page that anybody can reach says nothing of the kind."""
    if not is_participant(getattr(request, "user", None)):
        return []
    code, now = reader_language(), timezone.now()
    return [crisis.shown(line, code, now) for line in crisis.offered()]


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The answer to many tries in a short time."""
    return problem(request, 429)


def out_of_order(request: HttpRequest) -> HttpResponse:
    """The page for a fault of ours. It comes even when nothing behind it answers: no database, no session."""
    try:
        return problem(request, 500)
    except Exception as error:  # whatever is broken, somebody must see a page
        log.error("error_page_broken", error=type(error).__name__)
        return HttpResponse(render_to_string("errors/500.html"), status=500)
