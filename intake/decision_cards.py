"""What decisions put on the desk's front page: applications that were put off until today."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest

from intake import desk
from intake.desk_cards import SHOWN
from psp.areas import account
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.calendar_text import long_date
from psp.dashboard import Card, add_card


def to_look_at_again(request: HttpRequest) -> dict[str, Any] | None:
    """Those whose day has come, the longest due first; no card while there is none."""
    today = desk.day_of(account(request))[0].date()
    rows = desk.applications_of(account(request)).to_look_at_again(today)
    count = rows.order_by().aggregate(count=Count("pk"))["count"]
    if not count:
        return None
    first = list(rows[:SHOWN])
    audit.record_reads(first, purpose=Purpose.INTAKE)
    people = [
        {"pk": row.participant_id, "name": row.participant.user.name, "reference": row.participant.reference,
         "when": long_date(row.look_again_on, desk.language())}
        for row in first
    ]  # fmt: skip
    return {"count": count, "waits": count, "people": people}


def register() -> None:
    add_card(Card("desk", "desk/cards/look_again.html", to_look_at_again, order=6))
