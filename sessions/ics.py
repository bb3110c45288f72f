"""Sessions as a calendar has them: one of them as a file, or somebody’s own as a feed. Pure.

Titles are neutral in the reader's language; only who chose so reads the name of their group there ([domain] rule 25).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from psp import ics

# How long what is past, or does not take place, stays in a calendar: long enough for one that was away to hear of it.
KEPT_FOR = timedelta(days=30)
TITLES = {"en": "Appointment", "fr": "Rendez-vous"}
NAMES = {"en": "Appointments", "fr": "Rendez-vous"}
FILE_NAMES = {"en": "appointment.ics", "fr": "rendez-vous.ics"}


class Entry(NamedTuple):
    """What a calendar needs of a session. `name_en`, `name_fr`: of its group."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    revision: int
    changed_at: datetime
    name_en: str
    name_fr: str


def event(entry: Entry, *, language: str, domain: str, shows_name: bool = False) -> ics.Event:
    title = (entry.name_fr if language == "fr" else entry.name_en) if shows_name else TITLES[language]
    return ics.Event(
        uid=ics.uid_of(entry.id, domain), starts_at=entry.starts_at, ends_at=entry.ends_at, title=title,
        sequence=entry.revision, changed_at=entry.changed_at, cancelled=entry.cancelled,
    )  # fmt: skip


def single(entry: Entry, *, language: str, organizer: str) -> bytes:
    """One session, or its cancellation. Always neutral: a file is handed on more easily than an address."""
    return ics.single(event(entry, language=language, domain=organizer.rpartition("@")[2]), organizer)


def feed(entries: Iterable[Entry], *, language: str, domain: str, shows_names: bool = False) -> bytes:
    events = (event(entry, language=language, domain=domain, shows_name=shows_names) for entry in entries)
    return ics.feed(events, ics.Subscription(NAMES[language]))
