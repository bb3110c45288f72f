"""What differs between two versions of a text, statement by statement. Knows nothing of Django."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Statement = Mapping[str, Any]


class Kind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    REWORDED = "reworded"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Change:
    """`part`: "title", "summary", or the code of a statement. Places count from 1; None where there is none."""

    kind: Kind
    part: str
    old_place: int | None = None
    new_place: int | None = None
    old_en: str = ""
    old_fr: str = ""
    new_en: str = ""
    new_fr: str = ""


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Every difference, in the order of the new text; removed statements at the end. Empty for the same text."""
    return [*_headings(old, new), *_statements(old["statements"], new["statements"])]


def _headings(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for part in ("title", "summary"):
        was, now = (tuple(text[f"{part}_{language}"] for language in ("en", "fr")) for text in (old, new))
        if was != now:
            yield Change(Kind.REWORDED, part, None, None, *was, *now)


def _statements(old: Sequence[Statement], new: Sequence[Statement]) -> Iterator[Change]:
    was = {item["code"]: (place, item) for place, item in enumerate(old, start=1)}
    stayed = in_order([item["code"] for item in old], [item["code"] for item in new])
    for place, item in enumerate(new, start=1):
        code = item["code"]
        if code not in was:
            yield Change(Kind.ADDED, code, None, place, new_en=item["text_en"], new_fr=item["text_fr"])
            continue
        old_place, before = was[code]
        texts = (before["text_en"], before["text_fr"], item["text_en"], item["text_fr"])
        if texts[:2] != texts[2:]:
            yield Change(Kind.REWORDED, code, old_place, place, *texts)
        elif code not in stayed:
            yield Change(Kind.MOVED, code, old_place, place, *texts)
    kept = {item["code"] for item in new}
    for code, (place, item) in was.items():
        if code not in kept:
            yield Change(Kind.REMOVED, code, place, None, item["text_en"], item["text_fr"])


def in_order(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """The longest run of codes that keep their order: the others were moved."""
    best: list[tuple[str, ...]] = [()]
    for code in (code for code in new if code in old):
        at = old.index(code)
        fitting = [run for run in best if not run or old.index(run[-1]) < at]
        before = max(fitting, key=len)
        best.append((*before, code))
    longest = max(best, key=len)
    return set(longest)


def next_code(taken: Collection[str], kind: str = "line") -> str:
    """A code for a new statement, or for another `kind` of part, that no version of this text ever had."""
    number = 1 + len(taken)
    while f"{kind}_{number}" in taken:
        number += 1
    return f"{kind}_{number}"
