"""The places and cards of joining: a quiet line in the portal, what waits for supervisors, somebody's own way."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from psp.areas import account, holds
from psp.asking import Question, Rows
from psp.choices import Role
from psp.dashboard import Card, Place, add_card, add_place
from psp.models import User
from supporters.cooling import has_past
from supporters.for_me import Link, add_link
from supporters.models import Interest, Readiness, Supporter
from supporters.permissions_joining import is_on_the_way


def quiet_line(request: HttpRequest) -> dict[str, Any] | None:
    """Only once a group is behind somebody: before that, the group is there for them."""
    return {} if has_past(account(request).pk) else None


def _interests(reader: User) -> QuerySet[Any]:
    return Interest.objects.visible_to(reader).open().exclude(user=reader).order_by().values_list("pk")


def _again(reader: User, *, today: date) -> QuerySet[Any]:
    mine = Supporter.objects.visible_to(reader).exclude(pk=reader.pk).values("pk")
    return Readiness.objects.to_look_again(today).filter(user__in=mine).order_by().values_list("pk")


INTERESTS = Question(_interests, of="count(*)")
AGAIN = Question(_again, lambda _reader: {"today": timezone.localdate()}, of="count(*)")


def waiting(_request: HttpRequest, interests: Rows, again: Rows) -> dict[str, Any] | None:
    counts = {"interests": interests[0][0], "again": again[0][0]}
    waits = sum(counts.values())
    return {**counts, "waits": waits} if waits else None


def register() -> None:
    add_card(Card("my", "supporters/joining/my_card.html", quiet_line, order=95))
    add_place(Place("care", _("Joining"), "people", "care:joining", holds(Role.SUPERVISOR), order=30))
    add_card(Card("care", "supporters/joining/care_card.html", waiting, 40, (INTERESTS, AGAIN)))
    add_place(Place("lead", _("My way"), "home", "lead:joining", is_on_the_way, order=5))
    hint = _("Conversations about being ready, your comments, and how to stop.")
    add_link(Link(_("My way"), hint, "lead:joining", 80, holds(Role.SUPPORTER)))
