"""The places and cards of joining: a quiet line in the portal, what waits for supervisors, somebody's own way."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from psp.areas import account, holds
from psp.choices import Role
from psp.dashboard import Card, Place, add_card, add_place
from supporters.for_me import Link, add_link
from supporters.joining.cooling import has_past
from supporters.joining.permissions import is_on_the_way
from supporters.joining.person_part import look_again
from supporters.models import Interest, Readiness, Supporter
from supporters.person_parts import add_part


def quiet_line(request: HttpRequest) -> dict[str, Any] | None:
    """Only once a group is behind somebody: before that, the group is there for them."""
    return {} if has_past(account(request).pk) else None


def waiting(request: HttpRequest) -> dict[str, Any] | None:
    """How many interests are open, and with how many people it is time to look again; no card without any."""
    me = account(request)
    mine = Supporter.objects.visible_to(me).exclude(pk=me.pk).values("pk")
    counts = {
        "interests": Interest.objects.visible_to(me).open().exclude(user=me).count(),
        "again": Readiness.objects.to_look_again(timezone.localdate()).filter(user__in=mine).count(),
    }
    waits = sum(counts.values())
    return {**counts, "waits": waits} if waits else None


def register() -> None:
    add_card(Card("my", "supporters/joining/my_card.html", quiet_line, order=95))
    add_place(Place("care", _("Joining"), "people", "care:joining", holds(Role.SUPERVISOR), order=30))
    add_card(Card("care", "supporters/joining/care_card.html", waiting, 40))
    add_part("supporters/joining/person_part.html", look_again, order=30)
    add_place(Place("lead", _("My way"), "home", "lead:joining", is_on_the_way, order=5))
    hint = _("Conversations about being ready, your comments, and how to stop.")
    add_link(Link(_("My way"), hint, "lead:joining", 80, holds(Role.SUPPORTER)))
