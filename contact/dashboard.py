"""The places of this app: the person's choices and messages, and the desk's list of troubled ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from psp.areas import holds, is_participant
from psp.choices import Role
from psp.dashboard import Card, Place, add_card, add_place


def register() -> None:
    add_place(Place("my", _("Contact"), "phone", "contact:safe_contact", is_participant, order=60))
    add_place(Place("my", _("Messages to me"), "mail", "contact:messages", is_participant, order=70))
    add_place(Place("desk", _("Messages"), "mail", "desk:messages", holds(Role.COORDINATOR), order=80, key="m"))
    add_place(Place("desk", _("Call list"), "phone", "desk:calls", holds(Role.COORDINATOR), order=75, key="l"))
    add_card(Card("desk", "contact/calls_card.html", calls_card, order=35))
    add_card(Card("desk", "contact/rechecks_card.html", rechecks_card, order=75))
    add_card(Card("desk", "contact/desk_card.html", troubled_card, order=80))


def troubled_card(request: HttpRequest) -> dict[str, Any] | None:
    """How many messages need a look; no card when none does."""
    from contact.models import OutboxMessage

    count = OutboxMessage.objects.in_regions_of(request.user).troubled().count()
    return {"count": count, "waits": count} if count else None


def calls_card(request: HttpRequest) -> dict[str, Any] | None:
    """How many people have to be told something; no card when nobody has."""
    from contact.models import CallTask

    count = CallTask.objects.visible_to(request.user).to_do(timezone.now()).count()
    return {"count": count, "waits": count} if count else None


def rechecks_card(request: HttpRequest) -> dict[str, Any] | None:
    """Whose choices hold no longer, or not for long; no card when nobody's do."""
    from contact.models import SafeContact
    from contact.rechecks import DAYS_AHEAD

    today = timezone.localdate()
    held = SafeContact.objects.in_regions_of(request.user).to_confirm(today + timedelta(days=DAYS_AHEAD))
    counts = held.order_by().aggregate(count=Count("pk"), passed=Count("pk", filter=Q(recheck_on__lt=today)))
    return {**counts, "waits": counts["passed"]} if counts["count"] else None
