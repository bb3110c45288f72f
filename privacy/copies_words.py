"""The copy in words: for the page and for the file to read, in the reader's language and the person's zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from privacy.holdings import Held
from psp.bilingual import reader_language
from psp.calendar_text import long_date, long_datetime
from psp.models import User

# Longer things stand below each other instead of in one line.
SHORT = 40


def as_words(held: Iterable[Held], person: User) -> list[dict[str, Any]]:
    """[{"code", "title", "alike", "records": [[{"label", "value"}]]}]."""
    say = Said(person.time_zone)
    return [
        {
            "code": item.section.code, "title": str(item.section.title), "alike": item.section.alike,
            "records": [
                [{"label": say(line.label), "value": say(line.value)} for line in record] for record in item.records
            ],
        }
        for item in held
    ]  # fmt: skip


class Said:
    """Values in words. What does not change within a copy is worked out once."""

    def __init__(self, zone: str) -> None:
        self._zone, self._language = zone, reader_language()
        self._nothing, self._yes, self._no = _("Nothing"), _("Yes"), _("No")
        self._known: dict[int, tuple[Any, str]] = {}

    def __call__(self, value: Any) -> str:
        if isinstance(value, str):
            return value or self._nothing
        if isinstance(value, datetime):
            return long_datetime(value, self._zone, self._language)
        if isinstance(value, Promise):
            return self._once(value)
        return self._in_words(value)

    def _once(self, text: Promise) -> str:
        known = self._known.get(id(text))
        if known is None:
            # The label is kept beside its words, so that its number cannot become another label's.
            known = self._known[id(text)] = (text, str(text))
        return known[1]

    def _in_words(self, value: Any) -> str:
        if value is None:
            return self._nothing
        if isinstance(value, bool):
            return self._yes if value else self._no
        if isinstance(value, date):
            return long_date(value, self._language, article=False)
        if isinstance(value, (list, tuple, set, frozenset)):
            return self._listed([self(item) for item in value])
        return str(value) or self._nothing

    def _listed(self, items: list[str]) -> str:
        if not items:
            return self._nothing
        return "\n".join(items) if max(map(len, items)) > SHORT else ", ".join(items)
