"""A check-in as it is kept, and what an answer calls for. Pure.

What somebody says is kept as one text of always the same length, so that even the sealed text says nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

# Sealed texts are as long as what they hold: everything is filled up to a multiple of this, in characters.
BLOCK = 1024
# So many "not really" are a hard week whatever the colour.
NOT_REALLY_IS_HARD = 2
EVERY = timedelta(days=7)


class Colour(StrEnum):
    """How it is, in three steps. Shown with a word and a shape, never as a colour alone."""

    GOOD = "good"
    MIXED = "mixed"
    HARD = "hard"


class Answer(StrEnum):
    YES = "yes"
    PARTLY = "partly"
    NOT_REALLY = "no"


@dataclass(frozen=True, slots=True)
class Said:
    """One check-in. `answers`: code of a question → answer; whatever was left out is not there."""

    colour: str = ""
    word: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.colour or self.word or self.answers)


def pack(said: Said) -> str:
    """As text for sealing, filled up with spaces."""
    text = json.dumps({"colour": said.colour, "word": said.word, "answers": dict(said.answers)}, sort_keys=True)
    return text.ljust(-(-len(text) // BLOCK) * BLOCK)


def unpack(text: str) -> Said:
    """The reverse of `pack`; a text whose key was destroyed reads as nothing said."""
    if not text.strip():
        return Said()
    found = json.loads(text)
    return Said(found["colour"], found["word"], found["answers"])


def is_hard(said: Said) -> bool:
    """Whether help belongs on the page at once."""
    not_really = sum(answer == Answer.NOT_REALLY for answer in said.answers.values())
    return said.colour == Colour.HARD or not_really >= NOT_REALLY_IS_HARD


def is_asked(today: date, *, wanted: bool, last: date | None, away_until: date | None) -> bool:
    """Whether the card is on the first page: once a week, never after it was put away for a while."""
    due = last is None or today >= last + EVERY
    return wanted and due and (away_until is None or today >= away_until)


def months_to_count(days: Iterable[date], counted: Iterable[date], today: date) -> list[date]:
    """First days of the months that are over, in which somebody checked in, and that are not counted yet."""
    over = {day.replace(day=1) for day in days} - {today.replace(day=1)}
    return sorted(month for month in over - set(counted) if month < today)


def tally(latest: Iterable[str], threshold: int) -> dict[str, int] | None:
    """How many people were at each colour; None where too few said one for anything to be kept."""
    colours = [colour for colour in latest if colour in set(Colour)]
    if len(colours) < threshold:
        return None
    return {colour: colours.count(colour) for colour in Colour}
