"""The places of this app: the person's choices and messages, and the desk's list of troubled ones."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from psp.areas import account, holds, is_participant
from psp.choices import Role
from psp.dashboard import Card, Place, add_card, add_place


def register() -> None:
    add_place(Place("my", _("Contact"), "phone", "contact:safe_contact", is_participant, order=60))
    add_place(Place("my", _("Messages to me"), "mail", "contact:messages", is_participant, order=70))
    add_place(Place("desk", _("Messages"), "mail", "desk:messages", holds(Role.COORDINATOR), order=80, key="m"))
    add_card(Card("desk", "contact/desk_card.html", troubled_card, order=80))
    add_card(Card("my", "contact/my_card.html", look_again_card, order=5))


def troubled_card(request: HttpRequest) -> dict[str, Any] | None:
    """How many messages need a look; no card when none does."""
    from contact.models import OutboxMessage

    count = OutboxMessage.objects.in_regions_of(request.user).troubled().count()
    return {"count": count, "waits": count} if count else None


def look_again_card(request: HttpRequest) -> dict[str, Any] | None:
    """When the date of a person's choices has passed, nothing is sent any more: they should know."""
    from contact.services import safe_contact_of

    choices = safe_contact_of(account(request))
    passed = choices.recheck_on is not None and choices.recheck_on < timezone.localdate()
    return {"recheck_on": choices.recheck_on} if passed else None
