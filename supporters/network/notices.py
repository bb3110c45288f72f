"""Telling somebody that another supporter would like to be in touch: without hurry, and without a trace of who.

A message is kept for long, with its key. Whoever leaves the directory leaves no trace in it, so neither key nor
context tells of a wish, and whoever asks, takes it back and asks again makes no second message.
"""

from __future__ import annotations

from django.utils import timezone
from django.utils.crypto import salted_hmac

from contact.models import OutboxMessage
from contact.registry import add_guard
from contact.services import queue_message
from supporters.network.models import DirectoryEntry, Touch
from supporters.network.querysets import ASKED_FOR

NEWS, LOOK = "no_hurry", "look"


def tell_asked(touch: Touch) -> None:
    """Once for the two in about the time for which a wish stands."""
    stretch = timezone.localdate().toordinal() // ASKED_FOR.days
    said = f"{touch.asker_id}|{touch.asked_id}|{stretch}"
    mark = salted_hmac("network.news", said, algorithm="sha256").hexdigest()
    queue_message(person=touch.asked, template=NEWS, key=f"{NEWS}|{mark}", context={LOOK: ""})


def still_asked(message: OutboxMessage) -> bool:
    """Whether any wish waits for them, and they can be found still."""
    there = DirectoryEntry.objects.shown().filter(user=message.person_id).exists()
    return there and Touch.objects.waiting_for(message.person, timezone.now()).exists()


def register() -> None:
    add_guard(NEWS, still_asked, about=LOOK)
