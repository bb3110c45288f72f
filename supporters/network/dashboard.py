"""Where the network stands: a link for those who lead, a place for supervisors, and cards while something waits."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from psp.areas import account, holds
from psp.choices import Role
from psp.dashboard import Card, Place, add_card, add_place
from supporters import hooks
from supporters.for_me import Link, add_link
from supporters.network.models import Resource, Touch
from supporters.network.services import forget_in_network
from supporters.wellbeing.permissions import LEADING


def wishes_card(request: HttpRequest) -> dict[str, Any] | None:
    number = Touch.objects.waiting_for(account(request), timezone.now()).count()
    return {"number": number} if number else None


def due_card(request: HttpRequest) -> dict[str, Any] | None:
    number = Resource.objects.to_look_at(timezone.localdate()).count()
    return {"number": number} if number else None


def forget(user: Any, *, by: Any) -> None:
    forget_in_network(user)


def register() -> None:
    hooks.on_ended(forget)
    add_place(Place("care", _("Meetings and library"), "people", "care:network", holds(Role.SUPERVISOR), order=70))
    add_card(Card("lead", "supporters/network/wishes_card.html", wishes_card, order=40))
    add_card(Card("care", "supporters/network/due_card.html", due_card, order=80))
    add_link(Link(_("Other peer supporters"), _("Find each other, if you both wish it; and meetings across regions."),
                  "lead:network", 70, holds(Role.SUPPORTER)))  # fmt: skip
    add_link(Link(_("Library"), _("Pages that help, by topic and language."), "lead:library", 75, holds(*LEADING)))
