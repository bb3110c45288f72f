"""Calendar files as RFC 5545 has them. Pure: dates in, bytes out, no clock and no setting.

What is written tells a stranger as little as a calendar can: a title, two instants, nothing that a person typed unless
the title is theirs to choose. No place, link, description, attendee or alarm has a way in here ([domain] rule 25).
Written by hand: a feed is fetched several times a day by everybody's calendar, and a general library needs sixty
times as long for the same dozen lines. Two parsers that are not ours read every line in the tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

CONTENT_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//Rendez-vous//Appointments//EN"
# Octets in one line, without its end (RFC 5545, 3.1).
LINE = 75
# After a comma, a semicolon or a line's end a text would be read as something else (3.3.11).
ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})
# Other control characters may not stand in a file at all.
CONTROL = dict.fromkeys(
    [code for code in range(32) if code not in (10, 13)] + [127],
)


class Method(StrEnum):
    """What a single file is for. A subscribed calendar has none."""

    PUBLISH = "PUBLISH"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Event:
    """One appointment. `sequence` grows with every change; `changed_at`: when it was last changed.

    All moments must be aware (ValueError when written).
    """

    uid: str
    starts_at: datetime
    ends_at: datetime
    title: str
    sequence: int
    changed_at: datetime
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Subscription:
    """How a calendar that is fetched again and again calls itself, and how often that makes sense."""

    name: str
    every: timedelta = timedelta(hours=2)


def uid_of(row: UUID, domain: str) -> str:
    """The same for every file about this row, and no key of ours."""
    return f"{uuid5(row, 'calendar')}@{domain}"


def single(event: Event, organizer: str) -> bytes:
    """One appointment, or its cancellation: same UID, a later SEQUENCE, so that a calendar replaces or removes it.

    `organizer`: the neutral sender of every message; a calendar needs one to accept a cancellation (RFC 5546).
    """
    method = Method.CANCEL if event.cancelled else Method.PUBLISH
    return _file([f"METHOD:{method}", *_event(event, f"ORGANIZER:mailto:{organizer}")])


def feed(events: Iterable[Event], about: Subscription) -> bytes:
    """Everything at once. What is missing from it, a calendar that subscribes to it takes away."""
    hours = int(about.every.total_seconds() // 3600)
    name = escaped(about.name)
    lines = [
        f"NAME:{name}", f"X-WR-CALNAME:{name}", f"REFRESH-INTERVAL;VALUE=DURATION:PT{hours}H",
        f"X-PUBLISHED-TTL:PT{hours}H",
    ]  # fmt: skip
    for event in events:
        lines += _event(event)
    return _file(lines)


def _file(lines: Iterable[str]) -> bytes:
    whole = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", *lines, "END:VCALENDAR"]
    return b"".join(folded(line) for line in whole)


def _event(event: Event, *more: str) -> list[str]:
    return [
        "BEGIN:VEVENT", f"UID:{event.uid}", f"SEQUENCE:{event.sequence}", f"DTSTAMP:{utc(event.changed_at)}",
        f"DTSTART:{utc(event.starts_at)}", f"DTEND:{utc(event.ends_at)}", f"SUMMARY:{escaped(event.title)}", *more,
        f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}", "CLASS:PRIVATE",
        f"TRANSP:{'TRANSPARENT' if event.cancelled else 'OPAQUE'}", "END:VEVENT",
    ]  # fmt: skip


def utc(moment: datetime) -> str:
    """As in "20261209T000000Z": an instant is the same for every calendar, whatever zones it knows."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    return text.translate(CONTROL).translate(ESCAPED)


def folded(line: str) -> bytes:
    """The line with its end, in pieces of at most 75 octets; no letter is cut in two."""
    raw = line.encode()
    return b"\r\n ".join(_pieces(raw)) + b"\r\n" if len(raw) > LINE else raw + b"\r\n"


def _pieces(raw: bytes) -> Iterator[bytes]:
    start, room = 0, LINE
    while start < len(raw):
        end = min(start + room, len(raw))
        # A byte 10xxxxxx goes on with the letter before it.
        while end < len(raw) and raw[end] & 0xC0 == 0x80:
            end -= 1
        yield raw[start:end]
        start, room = end, LINE - 1  # the space at the beginning of what follows counts
