"""Channels, and the life of a message."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consent.choices import ConsentPurpose


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")
    PHONE = "phone", _("Call")
    POST = "post", _("Letter")


# The consent that each way of reaching somebody needs (`contact.rules.Channel`, which has the voicemail too).
CONSENT_FOR = {
    "email": ConsentPurpose.CONTACT_EMAIL, "sms": ConsentPurpose.CONTACT_SMS, "phone": ConsentPurpose.CONTACT_PHONE,
    "voicemail": ConsentPurpose.CONTACT_PHONE, "post": ConsentPurpose.CONTACT_POST,
}  # fmt: skip


class OutboxState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("message", "Waiting")
    SENDING = "sending", pgettext_lazy("message", "Being sent")
    SENT = "sent", pgettext_lazy("message", "Sent")
    UNKNOWN = "unknown", pgettext_lazy("message", "Perhaps sent: nobody knows")
    FAILED = "failed", pgettext_lazy("message", "Not sent")
    WITHHELD = "withheld", pgettext_lazy("message", "Not sent, to keep the person safe")
    EXPIRED = "expired", pgettext_lazy("message", "Too late to be useful")
    CANCELLED = "cancelled", pgettext_lazy("message", "Cancelled")
    TO_CALL = "to_call", pgettext_lazy("message", "A team member calls or writes instead")


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
            OutboxState.TO_CALL,
        }
    ),
    OutboxState.SENT: frozenset(),
    OutboxState.UNKNOWN: frozenset(),
    # It certainly did not leave: a coordinator may have it tried again while it is of use.
    OutboxState.FAILED: frozenset({OutboxState.WAITING}),
    OutboxState.WITHHELD: frozenset(),
    OutboxState.EXPIRED: frozenset(),
    OutboxState.CANCELLED: frozenset(),
    OutboxState.TO_CALL: frozenset(),
}


class CallState(models.TextChoices):
    OPEN = "open", pgettext_lazy("call", "To do")
    REACHED = "reached", pgettext_lazy("call", "Reached")
    LETTER_SENT = "letter", pgettext_lazy("call", "Letter sent")
    WRONG_NUMBER = "wrong_number", pgettext_lazy("call", "Wrong number")
    NOT_SAFE = "not_safe", pgettext_lazy("call", "Not safe")
    CLOSED = "closed", pgettext_lazy("call", "Dealt with in another way")
    OVERTAKEN = "overtaken", pgettext_lazy("call", "No longer needed")


class CallOutcome(models.TextChoices):
    """What a coordinator says about a try."""

    REACHED = "reached", _("I reached the person")
    NO_ANSWER = "no_answer", _("No answer: try later")
    LETTER = "letter", _("I sent a letter")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    NOT_SAFE = "not_safe", _("A call is not safe")
    CLOSED = "closed", _("Dealt with in another way")


CALL_TRANSITIONS: dict[CallState, frozenset[CallState]] = {
    **{state: frozenset() for state in CallState},
    CallState.OPEN: frozenset(CallState) - {CallState.OPEN},
    # Its message was tried again, and did not leave again.
    CallState.OVERTAKEN: frozenset({CallState.OPEN}),
}
