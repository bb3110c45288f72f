"""Parts of a text message, against what networks count."""

from __future__ import annotations

import pytest

from contact.segments import length_of
from psp.content import load

TEMPLATES = load("messages")["templates"]


@pytest.mark.parametrize(
    ("text", "places", "segments", "wide"),
    [
        ("", 0, 0, False),
        ("a" * 160, 160, 1, False),
        ("a" * 161, 161, 2, False),
        ("a" * 306, 306, 2, False),
        ("a" * 307, 307, 3, False),
        ("€" * 80, 160, 1, False),
        ("à é ù", 5, 1, False),
        ("’" + "a" * 69, 70, 1, True),
        ("’" + "a" * 70, 71, 2, True),
        ("ê" * 134, 134, 2, True),
        ("😀" * 35, 70, 1, True),
        ("😀" * 36, 72, 2, True),
    ],
)
def test_length_of_counts_places_and_parts(text: str, places: int, segments: int, wide: bool) -> None:
    found = length_of(text)
    assert (found.places, found.segments, found.wide) == (places, segments, wide)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda item: item["code"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_our_text_messages_are_short(template: dict[str, str], language: str) -> None:
    """At most four parts, with the longest date and our address in them."""
    text = template.get(f"sms_{language}", "")
    when = "le mercredi 30 septembre 2026 à 19\u00a0h\u00a030 (heure de la Saskatchewan)"
    filled = text.replace("{when}", when).replace("{link}", "https://dates.example.ca/fr/me/")
    assert length_of(filled).segments <= 4
