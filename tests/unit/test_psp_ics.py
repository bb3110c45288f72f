"""Calendar files, read by two parsers that are not ours, and by the rules of RFC 5545."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from psp.ics import Event, Subscription, feed, folded, single, uid_of, utc
from tests.rfc5545 import problems, unfolded

SEVEN = datetime(2026, 12, 9, 0, 0, tzinfo=UTC)
NEUTRAL = Subscription("Appointments")
# What a title may be: letters of any kind; a calendar has one line for it.
TITLES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=120)


def event(title: str = "Appointment", **fields) -> Event:
    values = {
        "uid": "a@example.org", "starts_at": SEVEN, "ends_at": SEVEN + timedelta(minutes=90), "title": title,
        "sequence": 0, "changed_at": SEVEN - timedelta(days=9),
    } | fields  # fmt: skip
    return Event(**values)


@given(st.lists(TITLES, max_size=4))
def test_feed_keeps_the_rules_and_two_parsers_read_the_same(titles: list[str]) -> None:
    raw = feed([event(title, uid=f"{number}@example.org") for number, title in enumerate(titles)], NEUTRAL)
    assert problems(raw) == []
    theirs = Calendar.from_ical(raw)
    assert [str(one["SUMMARY"]) for one in theirs.walk("VEVENT")] == titles
    other = next(vobject.readComponents(raw.decode()))
    assert [one.summary.value for one in other.contents.get("vevent", [])] == titles


def test_instants_are_utc_and_what_a_parser_reads_is_what_was_meant() -> None:
    for starts in (SEVEN, datetime.fromisoformat("2026-11-01T01:30:00-04:00")):
        raw = feed([event(starts_at=starts, ends_at=starts + timedelta(minutes=90))], NEUTRAL)
        (one,) = Calendar.from_ical(raw).walk("VEVENT")
        assert one.decoded("DTSTART") == starts
        assert one.decoded("DTEND") - one.decoded("DTSTART") == timedelta(minutes=90)
        assert next(vobject.readComponents(raw.decode())).vevent.dtstart.value == starts
    with pytest.raises(ValueError, match="time zone"):
        utc(datetime(2026, 12, 9))  # noqa: DTZ001


def test_single_file_publishes_or_cancels() -> None:
    texts = [single(event(sequence=2 + gone, cancelled=gone), "us@example.org") for gone in (False, True)]
    assert [problems(raw) for raw in texts] == [[], []]
    files = [Calendar.from_ical(raw) for raw in texts]
    events = [file.walk("VEVENT")[0] for file in files]
    assert [(str(file["METHOD"]), str(one["STATUS"])) for file, one in zip(files, events, strict=True)] == [
        ("PUBLISH", "CONFIRMED"), ("CANCEL", "CANCELLED")
    ]  # fmt: skip
    assert [one["SEQUENCE"] for one in events] == [2, 3]
    assert len({str(one["UID"]) for one in events}) == 1
    assert str(events[1]["ORGANIZER"]) == "mailto:us@example.org"


def test_nothing_but_a_title_and_two_instants_is_told() -> None:
    (one,) = Calendar.from_ical(feed([event()], NEUTRAL)).walk("VEVENT")
    assert set(one) == {"UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS", "CLASS", "TRANSP"}
    assert one.subcomponents == []
    assert str(one["CLASS"]) == "PRIVATE"


@pytest.mark.parametrize("length", [74, 75, 76, 148, 149, 150, 300])
@pytest.mark.parametrize("letter", ["a", "é", "€", "𝄞"])
def test_long_lines_are_folded_between_letters(letter: str, length: int) -> None:
    raw = folded(f"SUMMARY:{letter * length}")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert [line.decode() for line in raw.split(b"\r\n ")]
    assert unfolded(raw) == [f"SUMMARY:{letter * length}"]


def test_control_characters_cannot_begin_a_line_of_their_own() -> None:
    raw = feed([event("Tea\r\nDESCRIPTION:x\x07, cake; and \\ more\nAfter")], NEUTRAL)
    assert problems(raw) == []
    (one,) = Calendar.from_ical(raw).walk("VEVENT")
    assert "DESCRIPTION" not in one
    assert str(one["SUMMARY"]) == "Tea\nDESCRIPTION:x, cake; and \\ more\nAfter"


def test_uid_is_the_same_for_ever_and_tells_no_key() -> None:
    row = UUID("0f7f3a0e-9c3e-4d93-8e5e-0a5f7d0f6c11")
    assert uid_of(row, "example.org") == uid_of(row, "example.org")
    assert row.hex not in uid_of(row, "example.org").replace("-", "")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"BEGIN:VCALENDAR\nEND:VCALENDAR\n", "CRLF"),
        (b"BEGIN:VCALENDAR\r\nX-" + b"A" * 80 + b":1\r\nEND:VCALENDAR\r\n", "octets"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDESCRIPTION:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", "too much"),
        (feed([event(ends_at=SEVEN)], NEUTRAL), "ends before"),
        (feed([event()], NEUTRAL).replace(b"SUMMARY:Appointment", b"SUMMARY:Tea, cake"), "not escaped"),
    ],
)
def test_our_checks_find_what_is_wrong(raw: bytes, said: str) -> None:
    assert any(said in one for one in problems(raw))
