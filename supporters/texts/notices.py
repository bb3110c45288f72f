"""Telling everybody concerned that a new version waits to be read: in one statement, and once for each version.

Not to whoever pauses: nothing is asked of them meanwhile. It stands on their page when they are back.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from contact.models import OutboxMessage
from contact.registry import add_guard_of_many
from contact.services import queue_for_all
from psp.models import User
from supporters.models import Pause, ProgramText
from supporters.texts.permissions import ASKED
from supporters.texts.reading import concerned, current, waiting_among

NEWS, TEXT = "page_news", "text"


def to_tell(kind: str) -> QuerySet[User]:
    """Nobody about the protocol, which is there to be used and asks for nothing."""
    pausing = Pause.objects.filter(user=OuterRef("pk"), ended_at__isnull=True)
    return concerned(kind).filter(~Exists(pausing)) if kind in ASKED else User.objects.none()


def tell_new_version(text: ProgramText, *, by: User) -> None:
    """Everybody but whoever published it."""
    people = to_tell(text.kind).exclude(pk=by.pk)
    queue_for_all(people=people, template=NEWS, key=f"{NEWS}|{TEXT}|{text.pk}", context={TEXT: str(text.pk)})


def still_to_read(messages: Sequence[OutboxMessage]) -> Collection[UUID]:
    """Of this version, if none is newer, and to those who are asked and have not agreed: a few queries a version."""
    found: set[UUID] = set()
    for text, group in groupby(sorted(messages, key=_text), key=_text):
        some = {message.person_id: message.pk for message in group}
        version = ProgramText.objects.filter(pk=text).first()
        if version is not None and version == current(version.kind):
            asked = set(to_tell(version.kind).filter(pk__in=some).values_list("pk", flat=True))
            found |= {some[person] for person in waiting_among(asked, version.kind)}
    return found


def _text(message: OutboxMessage) -> str:
    return str(message.context[TEXT])


def register() -> None:
    add_guard_of_many(NEWS, still_to_read, about=TEXT)
