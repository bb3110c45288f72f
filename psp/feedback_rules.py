"""Anonymous feedback, the pure part: slips, what a session's box holds, and when boxes are emptied together.

`sessions.services_feedback` says against whom this must hold, and what remains. Nothing here knows a clock's hour: days
only, and only of sessions, never of answers.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from psp.survey import Form, Sheet

# --- Slips: what is handed out ---

# No I, L, O or U: whoever reads a slip aloud or types it is not misled, and no word comes about.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MEANT = str.maketrans("OIL", "011")
REF_BYTES, NONCE_BYTES = 3, 12
SLIP_LETTERS = (REF_BYTES + NONCE_BYTES) * 8 // 5
BETWEEN = " -\u2010\u2011\u2012\u2013\u2014\u00a0"


@dataclass(frozen=True, slots=True)
class Slip:
    """`ref`: which box; `nonce`: 96 random bits that nobody has but whoever holds the slip."""

    ref: str
    nonce: bytes

    def __str__(self) -> str:
        """Six groups of four letters, to be typed on another device."""
        number = int.from_bytes(bytes.fromhex(self.ref) + self.nonce)
        text = "".join(LETTERS[number >> 5 * place & 31] for place in reversed(range(SLIP_LETTERS)))
        return "-".join(text[at : at + 4] for at in range(0, SLIP_LETTERS, 4))


def new_ref() -> str:
    return secrets.token_hex(REF_BYTES)


def new_nonce() -> bytes:
    return secrets.token_bytes(NONCE_BYTES)


def nonce_of(text: str) -> bytes:
    """The random number that the page was drawn with, so that two clicks get one slip; a new one for anything else."""
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        raw = b""
    return raw if len(raw) == NONCE_BYTES else new_nonce()


def slip_of(typed: str) -> Slip | None:
    """The slip that was typed, in whatever spelling; None for what cannot be one."""
    text = "".join(char for char in typed.upper() if char not in BETWEEN).translate(MEANT)
    if len(text) != SLIP_LETTERS or any(char not in LETTERS for char in text):
        return None
    number = 0
    for char in text:
        number = number << 5 | LETTERS.index(char)
    raw = number.to_bytes(REF_BYTES + NONCE_BYTES)
    return Slip(raw[:REF_BYTES].hex(), raw[REF_BYTES:])


def digest(key: bytes, what: str, value: bytes) -> str:
    """Keyed by the box: equal values in two boxes cannot be linked, and without the key nothing can."""
    return hmac.digest(key, what.encode() + b"\x1f" + value, hashlib.sha256)[:12].hex()


def mark_of(key: bytes, person: bytes) -> str:
    return digest(key, "handed", person)


def trace_of(key: bytes, nonce: bytes) -> str:
    return digest(key, "slip", nonce)


# --- The box of one session ---

# However little is in it, a box is as long as this: its length tells nothing before a group of a hundred answered.
LENGTH = 16_384


@dataclass(frozen=True, slots=True)
class Content:
    """Four heaps that know nothing of one another.

    `handed`: marks of the people who took a slip. `slips`: traces of the slips that are out. `used`: those that came
    back. `sheets`: what was said.
    """

    handed: frozenset[str] = frozenset()
    slips: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()
    sheets: tuple[Sheet, ...] = ()


def hand_out(content: Content, *, mark: str, trace: str) -> Content | None:
    """With one slip more; unchanged for the same slip asked for once more (two clicks); None if it is another one."""
    if mark in content.handed:
        return content if trace in content.slips | content.used else None
    return replace(content, handed=content.handed | {mark}, slips=content.slips | {trace})


def take_in(content: Content, *, trace: str, sheet: Sheet) -> Content:
    """With the answers of a slip that is out (KeyError otherwise)."""
    if trace not in content.slips:
        raise KeyError("no such slip")
    return replace(content, slips=content.slips - {trace}, used=content.used | {trace}, sheets=(*content.sheets, sheet))


def without_slips(content: Content) -> Content:
    """As it is once the time to answer is over: who took a slip, and which came back, is nobody's business any more."""
    return Content(sheets=content.sheets)


def to_text(content: Content) -> str:
    """Each heap in the order of what is in it, which says nothing about when it came; always of the same length."""
    heaps = [
        sorted(content.handed), sorted(content.slips), sorted(content.used),
        sorted(sorted(sheet.items()) for sheet in content.sheets),
    ]  # fmt: skip
    text = json.dumps(heaps, separators=(",", ":"))
    return text.ljust(-(-len(text) // LENGTH) * LENGTH)


def from_text(text: str) -> Content:
    handed, slips, used, sheets = json.loads(text)
    return Content(frozenset(handed), frozenset(slips), frozenset(used), tuple(dict(sheet) for sheet in sheets))


# --- What a slip that comes back is worth ---


class Back(StrEnum):
    GOOD = "good"
    UNKNOWN = "unknown"
    USED = "used"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Shown:
    """`form`: empty unless the slip is good."""

    back: Back
    form: Form = ()


# --- Emptying boxes together ---

FLOOR = 5


@dataclass(frozen=True, slots=True)
class Box:
    """A box that is closed. `form`: the version that was asked; `kind`: of group; `day`: the one by whose quarter and
    year it is counted, on which the time to answer ended: nothing is added to a quarter that is over."""

    id: str
    form: int
    kind: str
    day: date
    closed_on: date
    sheets: int


@dataclass(frozen=True, slots=True)
class Limits:
    """`threshold`: fewest answers of a batch. After `merge_days` a box that waits may go into a coarser batch, after
    twice as many into the coarsest; both at once when its fiscal year is over, since nothing more can come in.
    After `drop_days` it is thrown away.
    """

    threshold: int
    merge_days: int
    drop_days: int


@dataclass(frozen=True, slots=True)
class Batch:
    """`kind`: "" for all kinds together. `period`: "2026-Q4" of the calendar, or a whole fiscal year, "2026-27"."""

    form: int
    kind: str
    period: str
    boxes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    batches: tuple[Batch, ...]
    dropped: tuple[str, ...]


def quarter(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def fiscal_year(day: date) -> str:
    """From April: "2026-27"."""
    first = day.year - (day.month < 4)
    return f"{first}-{(first + 1) % 100:02}"


def _scope(box: Box, level: int) -> tuple[int, str, str]:
    """The batch that a box belongs to: kind and quarter, kind and year, year."""
    return (box.form, box.kind if level < 2 else "", quarter(box.day) if level < 1 else fiscal_year(box.day))


def plan(boxes: Sequence[Box], today: date, limits: Limits) -> Plan:
    """Which boxes are emptied today, and into which batches; whole boxes only, the finest batch first.

    Boxes without an answer and those that waited too long are thrown away. The others wait.
    """
    threshold = max(limits.threshold, FLOOR)
    waiting = [box for box in boxes if box.sheets]
    batches: list[Batch] = []
    for level in range(3):
        for scope, found in _by_scope(waiting, level).items():
            oldest = max((today - box.closed_on).days for box in found)
            ripe = oldest >= level * limits.merge_days or all(_year_over(box, today) for box in found)
            if ripe and sum(box.sheets for box in found) >= threshold:
                batches.append(Batch(*scope, tuple(sorted(box.id for box in found))))
                waiting = [box for box in waiting if box not in found]
    late = [box.id for box in waiting if (today - box.closed_on).days >= limits.drop_days]
    return Plan(tuple(batches), tuple(sorted([*late, *(box.id for box in boxes if not box.sheets)])))


def _year_over(box: Box, today: date) -> bool:
    return fiscal_year(box.day) != fiscal_year(today)


def _by_scope(boxes: Iterable[Box], level: int) -> dict[tuple[int, str, str], list[Box]]:
    found: dict[tuple[int, str, str], list[Box]] = defaultdict(list)
    for box in boxes:
        found[_scope(box, level)].append(box)
    return dict(found)
