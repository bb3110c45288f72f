"""The groups' places and cards on the desk, and their part of a person's file."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from groups import conflicts, desk
from groups.choices import GroupState
from groups.models import PeerGroup
from intake.file_parts import FilePart, Tab, add_part
from psp.areas import account, holds
from psp.asking import Question, Rows
from psp.choices import Role
from psp.dashboard import Card, Place, add_card, add_place
from psp.models import User


def _forming(reader: User) -> QuerySet[Any]:
    groups = PeerGroup.objects.in_regions_of(reader).filter(state=GroupState.FORMING).with_counts()
    return groups.order_by().values_list("members", "min_size")


FORMING = Question(_forming, of="count(*), count(*) FILTER (WHERE members >= min_size)")


def forming(_request: HttpRequest, counts: Rows) -> dict[str, Any]:
    """How many groups are being formed, and how many of them have enough people. Who waits is on a card beside."""
    ((count, ready),) = counts
    return {"count": count, "ready": ready}


PAIRS = Question(conflicts.pairs)


def to_mend(request: HttpRequest, pairs: Rows) -> dict[str, Any] | None:
    """Only while there is one: nobody is to sit in a group with whom they must not meet."""
    found = conflicts.conflicts_of(pairs)
    rows = [desk.conflict_row(one, account(request)) for one in found]
    return {"rows": rows, "waits": len(rows)} if rows else None


def register() -> None:
    allowed = holds(Role.COORDINATOR)
    add_place(Place("desk", _("Groups"), "people", "desk:groups", allowed, order=40, key="g"))
    add_card(Card("desk", "groups/apart_card.html", to_mend, 1, (PAIRS,)))
    add_card(Card("desk", "groups/card.html", forming, 30, (FORMING,)))
    add_part(FilePart("groups/file_part.html", desk.places_of, Tab.GROUPS, order=10))
