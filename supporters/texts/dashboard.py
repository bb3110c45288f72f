"""Where agreements and the protocol stand: a card while something waits, their links, and who has yet to read."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from psp.areas import account, holds
from psp.asking import Question, Rows
from psp.dashboard import Card, add_card
from psp.models import User
from supporters.choices import TextKind
from supporters.for_me import Link, add_link
from supporters.models import Acknowledgement, Pairing, ProgramText
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


def _versions(reader: User) -> QuerySet[Any]:
    """The team's versions, each with whether the reader agreed to it."""
    agreed = Exists(Acknowledgement.objects.filter(user=reader, text=OuterRef("pk")))
    rows = ProgramText.objects.published().filter(kind=TextKind.AGREEMENT_STAFF).annotate(agreed=agreed)
    versions: QuerySet[Any] = rows.order_by().values_list("number", "agreed")
    return versions


# The version in force, and the newest that the reader agreed to; empty where there is none.
VERSIONS = Question(_versions, of="max(number), max(number) FILTER (WHERE agreed)")


def desk_card(_request: HttpRequest, versions: Rows) -> dict[str, Any] | None:
    """As `waiting_card`, asked together with the other cards of the page."""
    in_force, agreed = versions[0]
    if in_force is None or in_force == agreed:
        return None
    return {"url": reverse("desk:agreement"), "first": in_force == 1 or agreed is None, "waits": 1}


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
    for area, context, asks in (("lead", lead_card, ()), ("care", care_card, ()), ("desk", desk_card, (VERSIONS,))):
        add_card(Card(area, "supporters/texts/card.html", context, 15, asks))
    add_card(Card("care", "supporters/texts/people_card.html", people_card, order=60))
    add_part("supporters/texts/person_part.html", to_read, order=20)
    leads = holds(*LEADING)
    add_link(Link(_("What we agreed on"), _("Your role, its limits, and what the program owes you."),
                  "lead:agreement", 60, leads))  # fmt: skip
    add_link(
        Link(_("Safety protocol"), _("What to do, step by step, and whom to call now."), "lead:protocol", 5, leads)
    )
