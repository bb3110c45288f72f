"""How many parts a text message is sent and paid in. Pure."""

from __future__ import annotations

from dataclasses import dataclass

# The alphabet of GSM 03.38, one place each, and those that take two.
ONE_PLACE = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
TWO_PLACES = frozenset("^{}\\[~]|€")
# How many places one message has, and each part of a longer one.
NARROW, WIDE = (160, 153), (70, 67)


@dataclass(frozen=True, slots=True)
class Length:
    """`wide`: letters that the old alphabet lacks, such as ’ or ê, leave fewer places in each part."""

    places: int
    segments: int
    wide: bool


def length_of(text: str) -> Length:
    """The length of a text message as networks count it; an empty one has no part."""
    wide = any(letter not in ONE_PLACE and letter not in TWO_PLACES for letter in text)
    places = len(text.encode("utf-16-le")) // 2 if wide else sum(1 + (letter in TWO_PLACES) for letter in text)
    single, part = WIDE if wide else NARROW
    return Length(places, -(-places // (part if places > single else single)), wide)
