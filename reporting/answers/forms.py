"""The forms that are counted, and what their questions are called as dimensions of a table.

A published form never changes, so "feedback-1-q3" (the third question of the first form after a session) says for ever
what was asked. A new version of a form is counted by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from groups.choices import GroupKind
from psp import survey
from psp.bilingual import reader_language
from reporting.dimensions import Dimension, add_dimension, add_family
from sessions.choices import QuestionnaireUse
from sessions.models import Questionnaire
from supporters.models import EvaluationForm
from supporters.training.choices import Moment as TrainingMoment

# Answers of several kinds of groups that were too few by themselves.
SEVERAL = "several"


class Source(StrEnum):
    """Where answers come from; the codes of series and dimensions begin with it."""

    FEEDBACK = "feedback"
    CHANGE = "change"
    TRAINING_BEFORE = "training-before"
    TRAINING_AFTER = "training-after"
    TRAINING_LATER = "training-later"


USES = {Source.FEEDBACK: QuestionnaireUse.AFTER_SESSION, Source.CHANGE: QuestionnaireUse.BEFORE_AFTER}
MOMENTS = {
    Source.TRAINING_BEFORE: TrainingMoment.BEFORE, Source.TRAINING_AFTER: TrainingMoment.AFTER,
    Source.TRAINING_LATER: TrainingMoment.LATER,
}  # fmt: skip
BEFORE, AFTER = "before", "after"
SHAPE = re.compile(rf"({'|'.join(Source)})-(\d+)(?:-q(\d+)(?:-({BEFORE}|{AFTER}))?)?")


@dataclass(frozen=True, slots=True)
class Named:
    """What a code says. `place`: of the question, from 1; 0 for the form. `side`: before or after, else empty."""

    source: Source
    number: int
    place: int = 0
    side: str = ""


def named(code: str) -> Named:
    """KeyError for a code that is none."""
    found = SHAPE.fullmatch(code)
    if found is None:
        raise KeyError(code)
    source, number, place, side = found.groups()
    return Named(Source(source), int(number), int(place or 0), side or "")


_read: ContextVar[dict[Source, Sequence[Any]] | None] = ContextVar("forms_read", default=None)


@contextmanager
def forms_read_once() -> Iterator[None]:
    """Within this block, as long as one page is made, each kind of form is asked for once: every question of every
    form is a figure of its own, and each of them looks at its form."""
    before = _read.set({})
    try:
        yield
    finally:
        _read.reset(before)


def published(source: Source) -> Sequence[Any]:
    """Every published version of it, oldest first."""
    known = _read.get()
    if known is None:
        return _published(source)
    if source not in known:
        known[source] = _published(source)
    return known[source]


def _published(source: Source) -> Sequence[Any]:
    rows: QuerySet[Any]
    if source in USES:
        rows = Questionnaire.objects.filter(use=USES[source])
    else:
        rows = EvaluationForm.objects.filter(moment=MOMENTS[source])
    return list(rows.filter(published_at__isnull=False).order_by("number"))


def form_named(what: Named) -> Any:
    """KeyError where there is no such version."""
    found = next((row for row in published(what.source) if row.number == what.number), None)
    if found is None:
        raise KeyError(f"{what.source}-{what.number}")
    return found


def question_of(code: str) -> survey.Question:
    """The question that a dimension is made of; KeyError where there is none."""
    what = named(code)
    form: survey.Form = form_named(what).form
    if not 0 < what.place <= len(form):
        raise KeyError(code)
    return form[what.place - 1]


def dimension_codes(source: Source, number: int, form: survey.Form) -> list[str]:
    """One for each question; where the same people are asked twice, two."""
    sides = (f"-{BEFORE}", f"-{AFTER}") if source == Source.CHANGE else ("",)
    return [f"{source}-{number}-q{place}{side}" for place in range(1, len(form) + 1) for side in sides]


def scores(question: survey.Question) -> dict[str, int]:
    """Answers as numbers, little to much from 1; empty unless it is a scale."""
    if question.kind != survey.Kind.SCALE:
        return {}
    return {option.code: place for place, option in enumerate(question.options, start=1)}


def _dimension(code: str) -> Dimension:
    question, language = question_of(code), reader_language()
    answers = [(option.code, option.label(language)) for option in question.options]
    left = [] if named(code).source == Source.CHANGE else [(survey.OPEN, _("Left open"))]
    return Dimension(code, question.text(language), _("All together"), partial(list, [*answers, *left]))


def _kinds() -> Sequence[tuple[str, Any]]:
    return [*((str(kind.value), kind.label) for kind in GroupKind), (SEVERAL, _("Several kinds together"))]


def register() -> None:
    for source in Source:
        add_family(f"{source}-", _dimension)
    add_dimension(Dimension("groups", _("Kind of group"), _("All kinds of groups"), _kinds))
