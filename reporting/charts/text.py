"""How wide a text is, without a browser: as in the widest of the fonts that pages are shown in, rather too wide."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

# Widths in parts of the letter size.
_WIDTHS = {
    **dict.fromkeys("iIjl|!'’.,:;·", 0.36), **dict.fromkeys("ftr()[]-‑/", 0.45), **dict.fromkeys("  \u00a0", 0.34),
    "\u202f": 0.24, **dict.fromkeys("mwMWŒœ%—", 1.0), **dict.fromkeys("0123456789", 0.645), "–": 0.52,
    **dict.fromkeys("ABCDEFGHJKLNOPQRSTUVXYZÀÂÇÉÈÊËÎÏÔÛÙÜ", 0.74), "…": 1.0, "+": 0.84, "−": 0.84, "≤": 0.84,
}  # fmt: skip
_OTHER = 0.635
_BOLD = 1.08


@lru_cache(maxsize=4096)
def width_of(text: str, size: float, *, bold: bool = False) -> float:
    return sum(_WIDTHS.get(letter, _OTHER) for letter in text) * size * (_BOLD if bold else 1)


def wrapped(text: str, size: float, room: float, most: int = 3) -> tuple[str, ...]:
    """The text in lines that fit into `room`, broken between words or after hyphens, shortened after `most` lines."""
    lines, current = list[str](), ""
    for word in _words(text):
        if current and width_of((current + word).rstrip(), size) > room:
            lines.append(current.rstrip())
            current = ""
        current += word
    lines.append(current.rstrip())
    kept = lines[:most]
    if len(lines) > most:
        kept[-1] += "…"
    return tuple(shortened(line, size, room) for line in kept)


def shortened(text: str, size: float, room: float) -> str:
    """The text as far as it fits, with an ellipsis where something is left out."""
    if width_of(text, size) <= room:
        return text
    kept = text.rstrip("…")
    while len(kept) > 1 and width_of(kept + "…", size) > room:
        kept = kept[:-1].rstrip()
    return kept + "…"


def _words(text: str) -> list[str]:
    """Pieces between which a line may end, each with the space or hyphen that follows it."""
    ends = [at + 1 for at, letter in enumerate(text) if letter in " -"]
    return [text[start:end] for start, end in pairwise([0, *ends, len(text)]) if start != end]
