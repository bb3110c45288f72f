"""Words in a story by which somebody could be known: shown to whoever writes, and never held against them. Pure.

A help and no judge: what it does not find may still tell, and the page says so.
"""

from __future__ import annotations

import re
import unicodedata

MONTHS = frozenset({
    "january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december",
    "janvier", "fevrier", "mars", "avril", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre",
})  # fmt: skip
# Written large in the middle of a sentence and still about nobody.
PLAIN = frozenset({"i", "i'm", "i've", "i'd", "i'll", "canada", "canadian", "english", "french", "ok"})
WORD = re.compile(r"[^\W_]+(?:[’'\-][^\W_]+)*")
BEFORE = frozenset('.!?…:«»“”"(–—-')
CONTACT = re.compile(r"\S+@\S+|https?://\S+|\+?\d[\d \-().]{6,}\d")
MOST = 12


def telling(text: str) -> list[str]:
    """Numbers and dates, ways to reach somebody, abbreviations, and names in the middle of a sentence; each once."""
    found: dict[str, None] = dict.fromkeys(match[0].strip() for match in CONTACT.finditer(text))
    rest = CONTACT.sub(lambda match: " " * len(match[0]), text)
    for match in WORD.finditer(rest):
        if _tells(match[0], begins=_begins(rest[: match.start()])):
            found.setdefault(match[0])
    return list(found)[:MOST]


def _begins(before: str) -> bool:
    """Whether a sentence, a line or a quotation begins after this. Never by a pattern: one that looks for the end of
    blank lines takes as long as they are, squared, for every word of a text that somebody made for that."""
    said = before.rstrip()
    return not said or said[-1] in BEFORE or "\n" in before[len(said) :]


def _tells(word: str, *, begins: bool) -> bool:
    plain = "".join(char for char in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(char))
    if any(char.isdigit() for char in word) or plain in MONTHS:
        return True
    if plain.replace("’", "'") in PLAIN or not word[0].isupper():
        return False
    return not begins or (len(word) > 1 and word.isupper())
