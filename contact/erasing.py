"""What goes with a person: how to reach them, every message and every call."""

from __future__ import annotations

from collections import Counter

from django.db.models import Q
from django.utils.translation import gettext as _

from contact.choices import OutboxState
from contact.models import CallTask, OutboxMessage, ReminderChoice, SafeContact
from contact.services import cancel_messages
from privacy.erasing import Eraser, add_closer, add_eraser, delete_rows
from psp.errors import Conflict
from psp.models import User

OURS = frozenset({"contact.calltask", "contact.outboxmessage", "contact.reminderchoice", "contact.safecontact"})


def close(person: User, _by: User) -> None:
    """Nothing more leaves for this person, not even a code that they asked for."""
    cancel_messages(person=person, reason="erased", asked_for=True)


def erase(person: User) -> Counter[str]:
    """Conflict `sending` while a message is on its way: how that ends is noted first, and the next try finds it."""
    mine = OutboxMessage.objects.filter(person=person)
    states = list(mine.select_for_update(of=("self",)).values_list("state", flat=True))
    if OutboxState.SENDING in states:
        raise Conflict(_("A message to this person is leaving. This goes on in a few minutes."), code="sending")
    done = delete_rows(CallTask.objects.filter(Q(person=person) | Q(message__person=person)))
    done += delete_rows(mine)
    done += delete_rows(ReminderChoice.objects.filter(person=person))
    return done + delete_rows(SafeContact.objects.filter(person=person))


def register() -> None:
    add_closer(close)
    add_eraser(Eraser("contact", OURS, erase, order=40))
