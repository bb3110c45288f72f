"""Text messages: which provider hands them over, and what can go wrong in the same words as for e-mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from django.conf import settings

from contact.carrier import Gate, TextMessage
from contact.gc_notify import GCNotify
from contact.local_sms import LocalMailbox

NONE, LOCAL, GC_NOTIFY = "none", "local", "gc_notify"


class Provider(Protocol):
    def send(self, message: TextMessage, gate: Gate) -> None:
        """Hand the message over through the gate. NotTakenError or OutcomeUnknownError where that fails."""


@dataclass(frozen=True, slots=True)
class NoProvider:
    """Where no provider is set up nothing is sent; `is_available` keeps messages from getting here."""

    def send(self, message: TextMessage, gate: Gate) -> None:
        raise RuntimeError("no provider for text messages is set up")


def is_available() -> bool:
    """Whether text messages can be sent from here at all."""
    return bool(settings.PSP_SMS != NONE)


def provider() -> Provider:
    """The provider that the settings name."""
    if settings.PSP_SMS == GC_NOTIFY:
        return _gc_notify()
    return LocalMailbox(settings.PSP_DATA / "mail") if settings.PSP_SMS == LOCAL else NoProvider()


def did_not_arrive() -> list[str]:
    """References of text messages that were taken and not delivered. NotTakenError where that cannot be learned."""
    return _gc_notify().failed() if settings.PSP_SMS == GC_NOTIFY else []


def _gc_notify() -> GCNotify:
    return GCNotify(
        address=settings.GC_NOTIFY_URL, key=settings.GC_NOTIFY_API_KEY, template=settings.GC_NOTIFY_TEMPLATE_ID,
        seconds=settings.GC_NOTIFY_TIMEOUT,
    )  # fmt: skip
