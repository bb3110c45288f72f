"""Where hours, leave, limits and pay are found."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from privacy.choices import DECIDERS
from psp.areas import account, holds
from psp.choices import Role
from psp.dashboard import Card, Place, add_card, add_place
from supporters.for_me import Link, add_link
from supporters.hours.choices import HOURS_ROLES, LeaveState, NeedState
from supporters.hours.person_part import to_approve
from supporters.models import Accommodation, HoursLine, Leave
from supporters.person_parts import add_part


def register() -> None:
    leads = holds(*HOURS_ROLES)
    add_link(Link(_("My hours"), _("What you worked, what is approved and paid."), "lead:hours", 30, leads))
    away = _("Days away, and what makes the work possible.")
    add_link(Link(_("Leave, and what I need"), away, "lead:leave", 35, leads))
    lower = _("Your own limits: they can be lower than the program’s.")
    add_link(Link(_("How much I carry"), lower, "lead:limits", 40, leads))
    add_place(Place("care", _("Hours and leave"), "clock", "care:hours", holds(Role.SUPERVISOR), order=40))
    add_place(Place("desk", _("Pay"), "list", "desk:pay", holds(*DECIDERS), order=95))
    add_card(Card("care", "supporters/hours/card.html", waits, 40))
    add_part("supporters/hours/person_part.html", to_approve, order=50)


def waits(request: HttpRequest) -> dict[str, Any] | None:
    """How many people's hours, and how many questions, wait; no card when nothing does."""
    me = account(request)
    people = HoursLine.objects.looked_after(me).submitted().order_by().values("user").distinct()
    counts = {
        "hours": people.count(),
        "leave": Leave.objects.looked_after(me).filter(state=LeaveState.ASKED).count(),
        "needs": Accommodation.objects.looked_after(me).filter(state=NeedState.ASKED).count(),
    }
    waiting = sum(counts.values())
    return {**counts, "waits": waiting} if waiting else None
