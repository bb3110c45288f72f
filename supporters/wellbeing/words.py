"""How somebody is, in words and shapes: never a colour alone."""

from __future__ import annotations

from typing import Any

from django.utils.translation import pgettext_lazy

from supporters.models import CheckIn, CheckInQuestion
from supporters.wellbeing.rules_checkin import Answer, Colour

# Each with the shape of its tag: a round, a triangle and a square mark (`components/status_tag.html`).
COLOURS: dict[str, Any] = {
    Colour.GOOD: pgettext_lazy("check-in", "Going well"),
    Colour.MIXED: pgettext_lazy("check-in", "Up and down"),
    Colour.HARD: pgettext_lazy("check-in", "Hard"),
}
TAGS = {Colour.GOOD: "success", Colour.MIXED: "warning", Colour.HARD: "danger"}
ANSWERS: dict[str, Any] = {
    Answer.YES: pgettext_lazy("check-in", "Yes"),
    Answer.PARTLY: pgettext_lazy("check-in", "In part"),
    Answer.NOT_REALLY: pgettext_lazy("check-in", "Not really"),
}


def line(row: CheckIn, questions: list[CheckInQuestion]) -> dict[str, Any]:
    """One check-in for a page: {"id", "day", "colour", "tag", "word", "answers"}."""
    said = row.said
    return {
        "id": row.pk, "day": row.day, "colour": str(COLOURS[said.colour]) if said.colour else "",
        "tag": TAGS[Colour(said.colour)] if said.colour else "neutral", "word": said.word,
        "answers": [
            {"question": one.text, "answer": str(ANSWERS[said.answers[one.code]])}
            for one in questions if one.code in said.answers
        ],
    }  # fmt: skip
