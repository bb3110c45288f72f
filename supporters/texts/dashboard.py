"""Where agreements and the protocol stand: a card while something waits, their links, and who has yet to read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from psp.areas import account, holds
from psp.dashboard import Card, add_card
from supporters.choices import TextKind
from supporters.for_me import Link, add_link
from supporters.models import Pairing
from supporters.person_parts import add_part
from supporters.texts.pages import day, waiting_card
from supporters.texts.person_part import to_read
from supporters.texts.reading import current, waiting_among
from supporters.wellbeing.permissions import LEADING

PEOPLE_SHOWN = 50


def lead_card(request: HttpRequest) -> dict[str, Any] | None:
    return _card(request, "lead")


def care_card(request: HttpRequest) -> dict[str, Any] | None:
    return _card(request, "care")


def desk_card(request: HttpRequest) -> dict[str, Any] | None:
    found = _card(request, "desk")
    return {**found, "waits": 1} if found else None


def _card(request: HttpRequest, area: str) -> dict[str, Any] | None:
    return waiting_card(account(request), area)


def people_card(request: HttpRequest) -> dict[str, Any] | None:
    """Whom among a supervisor's people a version has not reached yet. Names alone: there may be any reason.

    The list of these people on the same page notes that they were shown.
    """
    text = current(TextKind.AGREEMENT_SUPPORTER)
    pairs = Pairing.objects.standing().filter(supervisor=account(request), user__is_active=True)
    people = {pair.user_id: pair for pair in pairs.select_related("user")}
    waiting = waiting_among(people, TextKind.AGREEMENT_SUPPORTER)
    if text is None or not waiting:
        return None
    names = sorted((str(people[key].user.name) for key in waiting), key=str.casefold)
    return {"names": names[:PEOPLE_SHOWN], "number": text.number, "since": day(text.published_at)}


def register() -> None:
    for area, context in (("lead", lead_card), ("care", care_card), ("desk", desk_card)):
        add_card(Card(area, "supporters/texts/card.html", context, order=15))
    add_card(Card("care", "supporters/texts/people_card.html", people_card, order=60))
    add_part("supporters/texts/person_part.html", to_read, order=20)
    leads = holds(*LEADING)
    add_link(Link(_("What we agreed on"), _("Your role, its limits, and what the program owes you."),
                  "lead:agreement", 60, leads))  # fmt: skip
    add_link(
        Link(_("Safety protocol"), _("What to do, step by step, and whom to call now."), "lead:protocol", 5, leads)
    )
