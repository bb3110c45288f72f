"""What differs between two versions of a text in sections, point by point. Knows nothing of Django."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from consent.rules_texts import in_order

Section = Mapping[str, Any]


class Mark(StrEnum):
    """What became of a section, or of one point in it."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class SectionDiff:
    """One section as one reader sees it. `lines`: every point with its mark, what was removed at its old place.

    `old_heading` is "" unless the heading itself differs. A section that was only moved has points marked SAME.
    """

    code: str
    mark: Mark
    heading: str
    old_heading: str
    lines: tuple[tuple[Mark, str], ...]


def differences(old: Sequence[Section], new: Sequence[Section], language: str) -> list[SectionDiff]:
    """Sections that differ in that language, in the order of the new text, removed ones at the end.

    Empty where nobody who reads this language sees a difference.
    """
    was = {section["code"]: section for section in old}
    kept = in_order([section["code"] for section in old], [section["code"] for section in new])
    found = [_compared(was.get(section["code"]), section, language, section["code"] in kept) for section in new]
    names = {section["code"] for section in new}
    gone = [_whole(section, Mark.REMOVED, language) for section in old if section["code"] not in names]
    return [one for one in found if one.mark != Mark.SAME] + gone


def _compared(old: Section | None, new: Section, language: str, in_place: bool) -> SectionDiff:
    if old is None:
        return _whole(new, Mark.ADDED, language)
    heading, before = new[f"heading_{language}"], old[f"heading_{language}"]
    lines = tuple(_lines(old[f"points_{language}"], new[f"points_{language}"]))
    reworded = heading != before or any(mark != Mark.SAME for mark, _text in lines)
    mark = Mark.CHANGED if reworded else Mark.SAME if in_place else Mark.MOVED
    return SectionDiff(new["code"], mark, heading, before if before != heading else "", lines)


def _whole(section: Section, mark: Mark, language: str) -> SectionDiff:
    lines = tuple((mark, text) for text in section[f"points_{language}"])
    return SectionDiff(section["code"], mark, section[f"heading_{language}"], "", lines)


def _lines(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Mark, str]]:
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield from ((Mark.SAME, text) for text in new[c:d])
            continue
        yield from ((Mark.REMOVED, text) for text in old[a:b])
        yield from ((Mark.ADDED, text) for text in new[c:d])


def one_sided(sections: Sequence[Section]) -> str | None:
    """Code of the first section that one language says less of: no point, or not as many as the other; None if fine."""
    for section in sections:
        counts = {len(section["points_en"]), len(section["points_fr"])}
        if not section["heading_en"] or not section["heading_fr"] or counts == {0} or len(counts) > 1:
            return str(section["code"])
    return None
