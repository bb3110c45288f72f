"""The place "For me" of those who lead, and what is on it and on the first pages about how they are."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from psp.areas import account, holds
from psp.choices import Role
from psp.dashboard import Card, Place, add_card, add_place
from psp.sight import sight_of
from supporters.for_me import Link, add_link
from supporters.models import CheckIn
from supporters.wellbeing.permissions import LEADING
from supporters.wellbeing.services_checkin import is_asked_now
from supporters.wellbeing.services_pause import standing_pause


def register() -> None:
    add_place(Place("lead", _("For me"), "heart", "lead:me", holds(*LEADING), order=30))
    add_link(
        Link(
            _("How I am"), _("A colour and a word, if you like. Seen by you, and by whomever you choose."),
            "lead:wellbeing", 10, holds(Role.SUPPORTER),
        )
    )  # fmt: skip
    add_link(
        Link(
            _("Pause my role"), _("At once, for as long as you like. Nobody asks why."), "lead:pause", 20,
            holds(*LEADING),
        )
    )  # fmt: skip
    add_card(Card("lead", "supporters/wellbeing/paused_card.html", paused, order=5))
    add_card(Card("lead", "supporters/wellbeing/ask_card.html", asks_how_it_is, order=60))
    add_card(Card("care", "supporters/wellbeing/care_card.html", shown_to_me, order=50))


def paused(request: HttpRequest) -> dict[str, Any] | None:
    return {} if standing_pause(account(request)) is not None else None


def asks_how_it_is(request: HttpRequest) -> dict[str, Any] | None:
    """Once a week, gently; never while the role is paused, unless they go there themselves."""
    me = account(request)
    if not sight_of(me).has(Role.SUPPORTER) or standing_pause(me) is not None:
        return None
    return {} if is_asked_now(me) else None


def shown_to_me(request: HttpRequest) -> dict[str, Any] | None:
    """How many check-ins people show this supervisor; it asks for nothing to be done."""
    me = account(request)
    count = CheckIn.objects.visible_to(me).shared_with(me).count()
    return {"count": count} if count else None
