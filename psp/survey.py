"""Short forms as data: what is asked, in both languages, what was said, and how it is counted. Free of Django.

A form is a list of questions, each with a code that stays the same in all its versions:

    {"code": "safe", "kind": "scale", "text_en": "…", "text_fr": "…",
     "options": [{"code": "1", "label_en": "Not at all", "label_fr": "Pas du tout"}, …]}

`scale`: its options run from little to much. `choice`: they do not. `yes_no`: yes and no, without options of its own.
There is no kind for free text, on purpose: nobody can write about what happened, or be known by their words. Every
question may be left open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

YES, NO = "yes", "no"
# How a question that was left open is counted, so that each question speaks of as many people as the others.
OPEN = "open"
MOST_QUESTIONS = 12
OPTIONS = range(2, 8)
QUESTION_KEYS, OPTION_KEYS = {"code", "kind", "text_en", "text_fr"}, {"code", "label_en", "label_fr"}


class Kind(StrEnum):
    SCALE = "scale"
    CHOICE = "choice"
    YES_NO = "yes_no"


class Fault(StrEnum):
    """What is wrong with a form that somebody wrote."""

    NO_LIST = "no_list"
    TOO_MANY = "too_many"
    KEYS = "keys"
    KIND = "kind"
    CODE = "code"
    CODE_TWICE = "code_twice"
    OPTIONS = "options"
    EMPTY = "empty"


class FormFault(ValueError):
    """`fault` names the rule, `place` the number of the question from 1 (0: the form as a whole)."""

    def __init__(self, fault: Fault, place: int = 0) -> None:
        super().__init__(f"{fault.value} in question {place}" if place else fault.value)
        self.fault, self.place = fault, place


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    label_en: str
    label_fr: str

    def label(self, language: str) -> str:
        return self.label_fr if language.startswith("fr") else self.label_en


@dataclass(frozen=True, slots=True)
class Question:
    code: str
    kind: Kind
    text_en: str
    text_fr: str
    options: tuple[Option, ...]

    def text(self, language: str) -> str:
        return self.text_fr if language.startswith("fr") else self.text_en

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(option.code for option in self.options)


YES_OR_NO = (Option(YES, "Yes", "Oui"), Option(NO, "No", "Non"))
Form = tuple[Question, ...]
# Code of the question → code of the answer; what was left open is not in it.
Sheet = dict[str, str]


def form_of(raw: Any) -> Form:
    """The form that this JSON says; FormFault with what is wrong, and where."""
    if not isinstance(raw, list) or not raw:
        raise FormFault(Fault.NO_LIST)
    if len(raw) > MOST_QUESTIONS:
        raise FormFault(Fault.TOO_MANY)
    form = tuple(_question(item, place) for place, item in enumerate(raw, start=1))
    if len({question.code for question in form}) < len(form):
        raise FormFault(Fault.CODE_TWICE)
    return form


def _question(raw: Any, place: int) -> Question:
    if not isinstance(raw, dict) or set(raw) - {"options"} != QUESTION_KEYS:
        raise FormFault(Fault.KEYS, place)
    if raw["kind"] not in set(Kind):
        raise FormFault(Fault.KIND, place)
    kind = Kind(raw["kind"])
    options = YES_OR_NO if kind == Kind.YES_NO else _options(raw.get("options"), place)
    if kind == Kind.YES_NO and raw.get("options"):
        raise FormFault(Fault.OPTIONS, place)
    _check_texts(raw, place)
    return Question(_code(raw["code"], place), kind, raw["text_en"], raw["text_fr"], options)


def _options(raw: Any, place: int) -> tuple[Option, ...]:
    if not isinstance(raw, list) or len(raw) not in OPTIONS:
        raise FormFault(Fault.OPTIONS, place)
    if not all(isinstance(item, dict) and set(item) == OPTION_KEYS for item in raw):
        raise FormFault(Fault.KEYS, place)
    for item in raw:
        _check_texts(item, place)
    options = tuple(Option(_code(item["code"], place), item["label_en"], item["label_fr"]) for item in raw)
    if len({option.code for option in options}) < len(options):
        raise FormFault(Fault.CODE_TWICE, place)
    return options


def _check_texts(raw: Mapping[str, Any], place: int) -> None:
    texts = [value for key, value in raw.items() if key.endswith(("_en", "_fr"))]
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise FormFault(Fault.EMPTY, place)


def _code(raw: Any, place: int) -> str:
    """Letters, digits and underscores, which can stand in the name of a field; `open` means something else."""
    if not isinstance(raw, str) or not raw.isascii() or (not raw.isidentifier() and not raw.isdecimal()) or raw == OPEN:
        raise FormFault(Fault.CODE, place)
    return raw


def sheet_of(form: Form, said: Mapping[str, str]) -> Sheet:
    """What was said, in the order of the form, and nothing else. ValueError for an answer that is not on offer."""
    sheet = {}
    for question in form:
        if answer := said.get(question.code, ""):
            if answer not in question.codes:
                raise ValueError(f"no such answer to {question.code}")
            sheet[question.code] = answer
    return sheet


Counts = dict[str, dict[str, int]]


def count_up(form: Form, sheets: Sequence[Sheet], *, fewest: int = 1) -> Counts:
    """How often each answer was given. Each question's numbers add up to all sheets: `OPEN` counts the others.

    The answers of one sheet are not together any more. A question that fewer than `fewest` answered counts as left
    open by all: who answers what others leave open would stand out.
    """
    counts: Counts = {}
    for question in form:
        said = Counter(sheet.get(question.code, OPEN) for sheet in sheets)
        if len(sheets) - said[OPEN] < fewest:
            said = Counter({OPEN: len(sheets)})
        counts[question.code] = {code: said[code] for code in (*question.codes, OPEN)}
    return counts
