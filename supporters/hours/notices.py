"""Telling somebody that hours came back with a question: neutral words, and nothing once they were sent again."""

from __future__ import annotations

from contact.models import OutboxMessage
from contact.registry import add_guard
from contact.services import queue_message
from supporters.hours.choices import HoursState
from supporters.models import HoursLine, HoursReturn

NEWS, RETURNED = "page_news", "returned"


def tell_returned(back: HoursReturn) -> None:
    """What to look at stands on their page. Also during a pause: it is about their pay."""
    queue_message(person=back.user, template=NEWS, key=f"{NEWS}|{RETURNED}|{back.pk}", context={RETURNED: str(back.pk)})


def still_returned(message: OutboxMessage) -> bool:
    found = HoursLine.objects.filter(returned=message.context[RETURNED], user=message.person_id)
    return bool(found.filter(state=HoursState.RETURNED).exists())


def register() -> None:
    add_guard(NEWS, still_returned, about=RETURNED)
