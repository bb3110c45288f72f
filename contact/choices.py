"""Channels, and the life of a message."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")


class OutboxState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("message", "Waiting")
    SENDING = "sending", pgettext_lazy("message", "Being sent")
    SENT = "sent", pgettext_lazy("message", "Sent")
    UNKNOWN = "unknown", pgettext_lazy("message", "Perhaps sent: nobody knows")
    FAILED = "failed", pgettext_lazy("message", "Not sent")
    WITHHELD = "withheld", pgettext_lazy("message", "Not sent, to keep the person safe")
    EXPIRED = "expired", pgettext_lazy("message", "Too late to be useful")
    CANCELLED = "cancelled", pgettext_lazy("message", "Cancelled")


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
