"""The places of this app: the person's choices and messages, and the desk's list of troubled ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact.models import CallTask, OutboxMessage, SafeContact
from contact.rechecks import DAYS_AHEAD
from psp.areas import holds, is_participant
from psp.asking import Question, Rows
from psp.choices import Role
from psp.dashboard import Card, Place, add_card, add_place


def register() -> None:
    add_place(Place("my", _("Contact"), "phone", "contact:safe_contact", is_participant, order=60))
    add_place(Place("my", _("Messages to me"), "mail", "contact:messages", is_participant, order=70))
    add_place(Place("desk", _("Messages"), "mail", "desk:messages", holds(Role.COORDINATOR), order=80, key="m"))
    add_place(Place("desk", _("Call list"), "phone", "desk:calls", holds(Role.COORDINATOR), order=75, key="l"))
    add_place(Place("desk", _("Reminders"), "bell", "desk:reminders", holds(Role.COORDINATOR), order=77))
    add_card(Card("desk", "contact/calls_card.html", calls_card, 35, (TO_CALL,)))
    add_card(Card("desk", "contact/rechecks_card.html", rechecks_card, 75, (TO_CONFIRM,)))
    add_card(Card("desk", "contact/desk_card.html", troubled_card, 80, (TROUBLED,)))


TROUBLED = Question(
    lambda reader: OutboxMessage.objects.in_regions_of(reader).troubled().order_by().values_list("pk"), of="count(*)"
)
TO_CALL = Question(
    lambda reader, now: CallTask.objects.visible_to(reader).to_do(now).order_by().values_list("pk"),
    lambda _reader: {"now": timezone.now()}, of="count(*)",
)  # fmt: skip
TO_CONFIRM = Question(
    lambda reader, until, today: (
        SafeContact.objects.in_regions_of(reader).to_confirm(until).order_by().values_list("recheck_on")
    ),
    lambda _reader: {"today": timezone.localdate(), "until": timezone.localdate() + timedelta(days=DAYS_AHEAD)},
    of="count(*), count(*) FILTER (WHERE recheck_on < %(today)s)",
)


def troubled_card(_request: HttpRequest, answer: Rows) -> dict[str, Any] | None:
    """How many messages need a look; no card when none does."""
    ((count,),) = answer
    return {"count": count, "waits": count} if count else None


def calls_card(_request: HttpRequest, answer: Rows) -> dict[str, Any] | None:
    """How many people have to be told something; no card when nobody has."""
    ((count,),) = answer
    return {"count": count, "waits": count} if count else None


def rechecks_card(_request: HttpRequest, answer: Rows) -> dict[str, Any] | None:
    """Whose choices hold no longer, or not for long; no card when nobody's do."""
    ((count, passed),) = answer
    return {"count": count, "passed": passed, "waits": passed} if count else None
