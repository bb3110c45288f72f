"""The front page of supervisors: what waits, and the people at whose side they are. No ranking, no scores."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from psp.areas import requires
from psp.choices import Role
from psp.dashboard import cards_for

supervisors_only = requires(Role.SUPERVISOR)


@require_GET
@supervisors_only
def home(request: HttpRequest) -> HttpResponse:
    """Cards of the area "care"; one with something in "waits" waits for somebody to act."""
    cards = cards_for(request, "care")
    nothing_waits = not any(card.get("waits") for card in cards)
    return render(request, "care/home.html", {"cards": cards, "nothing_waits": nothing_waits})
