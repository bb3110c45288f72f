"""Channels, and the life of a message."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")


class OutboxState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    UNKNOWN = "unknown", _("Perhaps sent: nobody knows")
    FAILED = "failed", _("Not sent")
    WITHHELD = "withheld", _("Not sent, to keep the person safe")
    EXPIRED = "expired", _("Too late to be useful")
    CANCELLED = "cancelled", _("Cancelled")


TRANSITIONS: dict[OutboxState, frozenset[OutboxState]] = {
    OutboxState.WAITING: frozenset(
        {OutboxState.SENDING, OutboxState.WITHHELD, OutboxState.EXPIRED, OutboxState.CANCELLED}
    ),
    # A claimed message whose sender died is never sent again by itself: nobody knows whether it went.
    OutboxState.SENDING: frozenset(
        {
            OutboxState.SENT,
            OutboxState.UNKNOWN,
            OutboxState.FAILED,
            OutboxState.WAITING,
            OutboxState.WITHHELD,
            OutboxState.EXPIRED,
            OutboxState.CANCELLED,
        }
    ),
    OutboxState.SENT: frozenset(),
    OutboxState.UNKNOWN: frozenset(),
    OutboxState.FAILED: frozenset(),
    OutboxState.WITHHELD: frozenset(),
    OutboxState.EXPIRED: frozenset(),
    OutboxState.CANCELLED: frozenset(),
}
