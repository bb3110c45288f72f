"""How hard the content files are to read (`psp.readability` says how that is measured)."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from psp.content import load, names
from psp.readability import EASE_FR, GRADE_EN, ease_fr, grade_en, plain
from tests.unit.test_content_shape import texts

# Facts to look up and short names, not texts to read.
FACTS = {"regions", "library_topics", "given_kinds"}


def passages(name: str, language: str) -> dict[str, str]:
    """Texts that a person reads together: everything under one item of a list."""
    together: dict[str, list[str]] = defaultdict(list)
    for path, text in texts(name, language):
        item = re.match(r".*?/\D+/\d+(?=/)", path)
        together[item[0] if item else name].append(plain(text.rstrip("."), language))
    return {path: ".\n".join(parts) + "." for path, parts in together.items()}


def test_the_measures_tell_plain_from_heavy() -> None:
    assert grade_en("The cat sat on the mat. It was warm.") < 2
    assert grade_en("Administrative utilization necessitates comprehensive authorization.") > 20
    assert ease_fr("Le chat dort sur le lit. Il fait chaud.") > 90
    assert ease_fr("L’utilisation administrative nécessite préalablement une autorisation particulière.") < 20


@pytest.mark.parametrize("name", [name for name in names() if name not in FACTS])
def test_every_file_reads_at_grade_8_or_below(name: str) -> None:
    english = "\n".join(passages(name, "en").values())
    french = "\n".join(passages(name, "fr").values())
    assert grade_en(english) <= GRADE_EN - 1
    assert ease_fr(french) >= EASE_FR + 5


@pytest.mark.parametrize("name", [name for name in names() if name not in FACTS])
def test_every_passage_reads_at_grade_8_or_below(name: str) -> None:
    hard = {path: grade_en(text) for path, text in passages(name, "en").items() if grade_en(text) > GRADE_EN}
    hard |= {path: ease_fr(text) for path, text in passages(name, "fr").items() if ease_fr(text) < EASE_FR}
    assert hard == {}


def test_every_text_that_is_measured_is_found() -> None:
    assert len(passages("consents", "en")) == len(load("consents")["purposes"])
