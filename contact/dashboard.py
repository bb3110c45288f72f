"""The places of this app: the person's choices and messages, and the desk's list of troubled ones."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from psp.areas import holds, is_participant
from psp.choices import Role
from psp.dashboard import Card, Place, add_card, add_place


def register() -> None:
    add_place(Place("my", _("Contact"), "phone", "contact:safe_contact", is_participant, order=60))
    add_place(Place("my", _("Messages to me"), "mail", "contact:messages", is_participant, order=70))
    add_place(Place("desk", _("Messages"), "mail", "desk:messages", holds(Role.COORDINATOR), order=80, key="m"))
    add_card(Card("desk", "contact/desk_card.html", troubled_card, order=80))


def troubled_card(request: HttpRequest) -> dict[str, Any] | None:
    """How many messages need a look; no card when none does."""
    from contact.models import OutboxMessage

    count = OutboxMessage.objects.in_regions_of(request.user).troubled().count()
    return {"count": count, "waits": count} if count else None
