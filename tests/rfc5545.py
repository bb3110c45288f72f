"""Rules of RFC 5545 that no parser insists on, checked on the bytes. Written from the document, not from our writer."""

from __future__ import annotations

import re
from collections import Counter

NAME = re.compile(r"[A-Z0-9-]+(;[A-Z-]+=[^:;,\"]+)*:")
INSTANT = re.compile(r"\d{8}T\d{6}Z")
# 3.6.1: must occur once, may occur once.
EVENT_ONCE = {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "STATUS", "CLASS", "TRANSP"}
TOLD = EVENT_ONCE | {"ORGANIZER"}
CALENDAR = {"VERSION", "PRODID", "CALSCALE", "METHOD", "NAME", "X-WR-CALNAME", "REFRESH-INTERVAL", "X-PUBLISHED-TTL"}


def problems(raw: bytes) -> list[str]:
    """Everything that is wrong with a file, as sentences."""
    return [*_of_bytes(raw), *_of_lines(unfolded(raw))]


def unfolded(raw: bytes) -> list[str]:
    """Content lines, put together again octet by octet (3.1)."""
    return raw.replace(b"\r\n ", b"").replace(b"\r\n\t", b"").decode().split("\r\n")[:-1]


def _of_bytes(raw: bytes) -> list[str]:
    found = [] if raw.endswith(b"\r\n") else ["does not end with CRLF"]
    for line in raw.split(b"\r\n"):
        if len(line) > 75:
            found.append(f"{len(line)} octets in a line: {line!r}")
        if re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", line):
            found.append(f"a control character: {line!r}")
        try:
            line.decode()
        except UnicodeDecodeError:
            found.append(f"a letter cut in two: {line!r}")
    return found


def _of_lines(lines: list[str]) -> list[str]:
    found = [f"not a content line: {line!r}" for line in lines if not NAME.match(line)]
    if lines[:1] != ["BEGIN:VCALENDAR"] or lines[-1:] != ["END:VCALENDAR"]:
        found.append("not one calendar")
    inside: list[str] | None = None
    names: list[str] = []
    for line in lines[1:-1]:
        if line == "BEGIN:VEVENT":
            inside = []
        elif line == "END:VEVENT":
            found += _of_event(inside or [])
            inside = None
        else:
            (names if inside is None else inside).append(line)
    told = Counter(re.split("[:;]", line)[0] for line in names)
    found += [f"{name} {count} times" for name, count in told.items() if count > 1]
    found += [f"unknown of a calendar: {name}" for name in told.keys() - CALENDAR]
    return found + [f"a calendar without {name}" for name in {"VERSION", "PRODID"} - told.keys()]


def _of_event(lines: list[str]) -> list[str]:
    said = {re.split("[:;]", line)[0]: line.partition(":")[2] for line in lines}
    found = [f"an event without {name}" for name in EVENT_ONCE - said.keys()]
    found += [f"an event tells too much: {name}" for name in said.keys() - TOLD]
    found += ["a line twice in an event"] if len(said) != len(lines) else []
    for name in ("DTSTAMP", "DTSTART", "DTEND"):
        if not INSTANT.fullmatch(said.get(name, "")):
            found.append(f"{name} is no instant: {said.get(name)}")
    if said.get("DTEND", "") <= said.get("DTSTART", ""):
        found.append("ends before it begins")
    if re.search(r"(?<!\\)(\\\\)*[;,]", said.get("SUMMARY", "")):
        found.append(f"not escaped: {said['SUMMARY']}")
    return found
