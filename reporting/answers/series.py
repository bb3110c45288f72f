"""A series for every published form, made when the form is: what is asked is data, and so is what is counted of it."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save

from psp.content import load
from reporting.answers.forms import Source, dimension_codes, published
from reporting.choices import Measure, Topic
from reporting.counters.answers import KIND
from reporting.reference import load_one
from sessions.models import Questionnaire
from supporters.models import EvaluationForm

TEXTS = tuple(f"{name}_{language}" for name in ("name", "unit", "population", "source") for language in ("en", "fr"))
# After those that the content file lists.
FIRST_PLACE = 100


def load_answers() -> None:
    """Idempotent. DefinitionChanged where the words of one that figures were published under are others now."""
    for at, item in enumerate(load("answers")["sources"]):
        source = Source(item["code"])
        for row in published(source):
            load_one(_definition(item, row), FIRST_PLACE + at * 10)


def breakdowns_of(source: Source, row: Any) -> list[list[str]]:
    """By the answers to each question; after a session also by kind of group."""
    alone = [[code] for code in dimension_codes(source, row.number, row.form)]
    return [*alone, *([KIND, *one] for one in alone)] if source == Source.FEEDBACK else alone


def _definition(item: dict[str, Any], row: Any) -> dict[str, Any]:
    """As a content file of definitions would have it."""
    code = f"{item['code']}-{row.number}"
    indicator = {name: item[name] for name in ("definition_en", "definition_fr")} | {
        "code": code, "measure": Measure.COUNT.value, "name_en": item["indicator_en"], "name_fr": item["indicator_fr"],
    }  # fmt: skip
    return {name: item[name].replace("{number}", str(row.number)) for name in TEXTS} | {
        "code": code, "number": item["number"], "topic": Topic.ANSWERS.value, "counter": code, "spans": item["spans"],
        "breakdowns": breakdowns_of(Source(item["code"]), row), "indicators": [indicator],
    }  # fmt: skip


def _published_now(sender: Any, instance: Any, raw: bool = False, using: str = "default", **_kwargs: Any) -> None:
    if instance.published_at and not raw and using == "default":
        load_answers()


def register() -> None:
    for model in (Questionnaire, EvaluationForm):
        post_save.connect(_published_now, sender=model, dispatch_uid=f"series of {model.__name__}")
