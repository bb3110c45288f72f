"""Names that may be the same person's: one spelling, and forms by which close ones meet. Pure.

`exact_form` ignores accents, case, punctuation and the order of words. Close forms ignore spelling as well
("Tremblay" and "Tremblet", "Philippe" and "Filip"), and let a first name alone, or with an initial, meet the full
name: people may go by no more than that. Everything here only proposes; a coordinator decides.
"""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import groupby, permutations

from psp.crypto.normalise import normal_name

# Letters that Unicode does not take apart.
LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
# Spellings of one sound in English or French, the longer first.
SOUNDS = (
    ("sch", "x"), ("ph", "f"), ("qu", "k"), ("ck", "k"), ("ch", "x"), ("sh", "x"), ("gn", "n"), ("th", "t"),
    ("ce", "se"), ("ci", "si"), ("cy", "si"), ("ge", "je"), ("gi", "ji"), ("c", "k"), ("q", "k"), ("z", "s"),
    ("w", "v"), ("y", "i"), ("x", "s"), ("h", ""),
)  # fmt: skip
# Letters that French does not say at the end of a word.
SILENT = "dtspxz"
# So many sounds tell one name from most others.
ENOUGH = 3
VOWELS = re.compile(r"[aeiou]+")


class Closeness(StrEnum):
    EXACT = "exact"
    CLOSE = "close"


def words(name: str) -> list[str]:
    """The words of a name in one spelling, in alphabetical order."""
    return sorted(normal_name(normal_name(name).translate(LETTERS)).split())


def exact_form(name: str) -> str:
    """Equal for two spellings of one name; empty for a name without letters."""
    return " ".join(words(name))


def sound(word: str) -> str:
    """What a word sounds like, roughly: its consonants, with a vowel only where it begins with one.

    A short word keeps its vowels: "Luc" and "Alice" would meet too many others without.
    """
    said = word.rstrip("e").rstrip(SILENT) or word
    for spelling, heard in SOUNDS:
        said = said.replace(spelling, heard)
    begins = "a" if VOWELS.match(said) else ""
    consonants = _once(begins + VOWELS.sub("", said))
    return (consonants if len(consonants) >= ENOUGH else _once(said)) or word


def _once(letters: str) -> str:
    return "".join(letter for letter, _same in groupby(letters))


def person_forms(name: str) -> frozenset[str]:
    """Close forms of somebody's name. They meet those of `noted_forms` where the two may be one person."""
    return _forms(words(name))


def noted_forms(name: str) -> frozenset[str]:
    """Close forms of a name that a coordinator noted. The same question from the other side."""
    swapped = {"alone": "part", "part": "alone", "initial": "full", "full": "initial"}
    found = set()
    for form in _forms(words(name)):
        kind, _, rest = form.partition(":")
        found.add(form if kind == "all" else f"{swapped[kind]}:{rest}")
    return frozenset(found)


def _forms(parts: list[str]) -> frozenset[str]:
    heard = [sound(part) for part in parts]
    if len(parts) == 1:
        return frozenset({f"all:{heard[0]}", f"alone:{heard[0]}"})
    found = {f"all:{' '.join(sorted(heard))}"} if parts else set()
    found |= {f"part:{one}" for one, part in zip(heard, parts, strict=True) if len(part) > 1}
    for (one, whole), (_heard, second) in permutations(zip(heard, parts, strict=True), 2):
        # A single letter is an initial; written out, a word may stand behind one.
        if len(whole) > 1:
            found.add(f"{'initial' if len(second) == 1 else 'full'}:{one} {second[0]}")
    return frozenset(found)


def closeness(noted: str, name: str) -> Closeness | None:
    """How near a noted name is to somebody's; None where nothing suggests that they are the same."""
    if exact_form(noted) and exact_form(noted) == exact_form(name):
        return Closeness.EXACT
    return Closeness.CLOSE if noted_forms(noted) & person_forms(name) else None
