"""Pages that say that something is not possible: what happened, what is safe, what to do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

TEMPLATES = {400: "errors/400.html", 403: "errors/403.html", 404: "errors/404.html", 429: "errors/429.html",
             500: "errors/500.html"}  # fmt: skip


def problem(request: HttpRequest, status: int, *, message: Any = "") -> HttpResponse:
    """An error page; `message` is the reader's own sentence from a DomainError."""
    template = TEMPLATES.get(status, "errors/problem.html")
    return render(request, template, {"message": message, "status": status}, status=status)
