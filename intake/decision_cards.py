"""What decisions put on the desk's front page: applications that were put off until today, and who waits."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from intake import apart, desk, portal, waiting
from intake.desk_cards import SHOWN
from intake.desk_figures import figures
from intake.file_parts import FilePart, Tab, add_part
from psp.areas import account, holds
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.calendar_text import long_date
from psp.choices import Role
from psp.dashboard import Card, Place, add_card, add_place


def to_look_at_again(request: HttpRequest) -> dict[str, Any] | None:
    """Those whose day has come, the longest due first; no card while there is none."""
    count = figures(request).again
    if not count:
        return None
    today = desk.day_of(account(request))[0].date()
    found: Any = desk.applications_of(account(request))
    first = list(found.to_look_at_again(today)[:SHOWN])
    audit.record_reads(first, purpose=Purpose.INTAKE)
    people = [
        {"pk": row.participant_id, "name": row.participant.user.name, "reference": row.participant.reference,
         "when": long_date(row.look_again_on, portal.language())}
        for row in first
    ]  # fmt: skip
    return {"count": count, "waits": count, "people": people}


def waiting_list(request: HttpRequest) -> dict[str, Any]:
    """How many wait for each service; no names."""
    return {"services": waiting.totals(account(request))}


def matches(request: HttpRequest) -> dict[str, Any] | None:
    """How many names are to be looked at; no card while there is none."""
    count = apart.to_decide(account(request)).order_by().count()
    return {"count": count, "waits": count} if count else None


def register() -> None:
    allowed = holds(Role.COORDINATOR)
    add_place(Place("desk", _("Waiting list"), "list", "desk:waiting", allowed, order=30, key="w"))
    add_card(Card("desk", "desk/cards/matches.html", matches, order=7))
    add_part(FilePart("desk/file_apart.html", apart.file_part, Tab.NOW, order=40))
    add_card(Card("desk", "desk/cards/waiting.html", waiting_list, order=29))
    add_card(Card("desk", "desk/cards/look_again.html", to_look_at_again, order=6))
