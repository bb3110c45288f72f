"""Every public page and every step of the application as it is sent: grade 8 or below in both languages.

`tests/unit/test_content_readability.py` measures the content files; this measures what a reader gets, with the
sentences of the templates and of the catalogue. Labels and buttons of a few words would flatter the figure, so that
only what has at least `FEWEST_WORDS` is read.
"""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from psp.readability import EASE_FR, GRADE_EN, ease_fr, grade_en, plain
from tests.factories import a_bookable_coordinator
from tests.rendered import blocks_of

pytestmark = pytest.mark.django_db
FEWEST_WORDS = 5
# From this many words on, a passage is long enough to be measured by itself.
PASSAGE_WORDS = 25
PAGES = (
    "", "services/", "after-applying/", "privacy-notice/", "safe-use/", "intake/", "intake/call/", "intake/sent/",
    "intake/elsewhere/", "what-we-hold/", "transparency/", "intake/back/", "intake/later/",
    "intake/kept/", "intake/gone/",
)  # fmt: skip


def words(text: str) -> int:
    return len(re.findall(r"[^\W\d_]+", text))


def too_hard(text: str, language: str, *, spare: float = 0) -> float | None:
    """The figure, if it is over grade 8 (in English) or less than plain (in French)."""
    figure = ease_fr(text) if language == "fr" else grade_en(text)
    hard = figure < EASE_FR - 10 * spare if language == "fr" else figure > GRADE_EN + spare
    return round(figure, 1) if hard else None


def ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text.rstrip(':;')}."


def read(page: str, language: str) -> dict[int, list[str]]:
    """Step → passages of sentences."""
    found = defaultdict(list)
    for step, text in blocks_of(page):
        if words(text) >= FEWEST_WORDS:
            found[step].append(ended(plain(text, language)))
    return found


def answer(client, path: str, language: str) -> str:
    a_bookable_coordinator("QC", hours_for="call")
    sent = client.get(f"/{language}/{path}")
    assert sent.status_code == 200, path
    return sent.content.decode()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("path", PAGES)
def test_page_and_each_of_its_steps_read_at_grade_8_or_below(client, path, language):
    steps = read(answer(client, path, language), language)
    assert steps
    hard = {step: too_hard("\n".join(texts), language) for step, texts in steps.items()}
    assert {step: figure for step, figure in hard.items() if figure is not None} == {}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("path", PAGES)
def test_every_passage_of_a_page_reads_at_grade_8_or_below(client, path, language):
    steps = read(answer(client, path, language), language)
    passages = [text for texts in steps.values() for text in texts if words(text) >= PASSAGE_WORDS]
    hard = {text: too_hard(text, language) for text in passages}
    assert {text: figure for text, figure in hard.items() if figure is not None} == {}


def test_form_is_read_step_by_step(client):
    steps = read(answer(client, "intake/", "en"), "en")
    assert len([step for step in steps if step]) >= 12, "five criteria, and the steps after and before them"


def test_measure_fails_where_a_page_is_heavy():
    heavy = (
        "<main><fieldset data-step><p>Administrative utilization of the aforementioned documentation necessitates"
        " comprehensive authorization by the responsible institution.</p></fieldset></main>"
    )
    steps = read(heavy, "en")
    assert list(steps) == [1]
    assert too_hard("\n".join(steps[1]), "en") > 20
    french = (
        "<main><p>L’utilisation administrative de la documentation susmentionnée nécessite préalablement une"
        " autorisation particulière de l’établissement responsable.</p></main>"
    )
    assert too_hard("\n".join(read(french, "fr")[0]), "fr") < 20


def test_only_what_can_be_seen_in_the_main_part_is_read():
    page = (
        "<nav>Not this one here please</nav><main><svg><use></use></svg><p>One two three four five</p><script>not this"
        "</script><div hidden>nor this one here please</div><p>short</p></main>"
    )
    assert read(page, "en") == {0: ["One two three four five."]}
