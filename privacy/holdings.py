"""Everything that is held about one person, from every app, for a copy that the person can read.

Each app above says what it holds in its own `privacy.py` and adds a `Section` when it is ready. Other people are
left out: members of the team by their role, other participants not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import override

from privacy.identities import identities
from psp.bilingual import reader_language
from psp.models import User
from psp.once import keep_once

LANGUAGES = ("en", "fr")


@dataclass(frozen=True, slots=True)
class Both:
    """Content that people wrote in both languages."""

    en: str
    fr: str

    def __str__(self) -> str:
        return self.fr if reader_language() == "fr" else self.en


class Line(NamedTuple):
    """`label`: a lazy translation. `value`: text, lazy text, `Both`, a day, a moment, yes or no, a list, or None."""

    label: Any
    value: Any


Record = Sequence[Line]


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of the copy. `models`: labels of what it tells about, e.g. "consent.consent".

    `alike`: every record has the same few lines, so that the page shows them as one table. `together`: asked once for
    a person, and not for each account that counts as theirs.
    """

    code: str
    title: Any
    collect: Callable[[User], Iterable[Record]]
    models: frozenset[str]
    order: int = 50
    alike: bool = False
    together: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """One section about one person."""

    section: Section
    records: tuple[Record, ...]


_sections: dict[str, Section] = {}


def add_section(section: Section) -> None:
    keep_once(_sections, section.code, section)


def sections() -> list[Section]:
    return sorted(_sections.values(), key=lambda section: (section.order, section.code))


def held_about(person: User) -> list[Held]:
    """Every section in its order, empty ones too: "nothing" is an answer."""
    everyone = identities(person)
    return [
        Held(section, tuple(record for one in asked_of(section, everyone) for record in section.collect(one)))
        for section in sections()
    ]


def asked_of(section: Section, everyone: list[User]) -> list[User]:
    return everyone[:1] if section.together else everyone


def earlier(
    rows: Iterable[Any], labels: Mapping[str, Any], since: Any, said: Callable[[Any], Record] | None = None
) -> list[Record]:
    """What stood there before, from a model's history, oldest first; rows that say the same as before are left out.

    `said`: a row in words, for a model that keeps codes.
    """
    found: list[Record] = []
    before: dict[str, Any] | None = None
    for row in rows:
        values = {name: getattr(row, name) for name in labels}
        if values != before:
            lines = said(row) if said else [Line(labels[name], value) for name, value in values.items()]
            found.append([Line(since, row.history_date), *lines])
        before = values
    # The newest one is what stands now, which its own section tells.
    return found[:-1]


def past_of(rows: Any) -> Any:
    """The history of these rows, and of no others.

    A row that lay with another file by mistake, and was given back, is that other person's, history and all.
    """
    history = rows.model.history.model.objects
    return history.filter(id__in=rows.order_by().values("pk"))


def earlier_of_each(
    rows: Any, labels: Mapping[str, Any], since: Any, said: Callable[[Any], Record] | None = None
) -> list[Record]:
    """`earlier` for a model of which a person can have many: the history of each one by itself, in one question."""
    each = groupby(rows.order_by("id", "history_id"), key=lambda row: row.id)
    return [record for _id, of_one in each for record in earlier(of_one, labels, since, said)]


# --- As data ---


class InBoth:
    """Labels in both languages. Each is looked up once, however many records have it."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Any, dict[str, str], str]] = {}

    def __call__(self, text: Any) -> dict[str, str]:
        return self.known(text)[1]

    def line(self, line: Line) -> dict[str, Any]:
        """`key` is the English label as one word, for programs: "Signed in last" is "signed_in_last"."""
        _text, words, key = self.known(line.label)
        return {"key": key, "label": words, "value": plain(line.value, self)}

    def known(self, text: Any) -> tuple[Any, dict[str, str], str]:
        found = self._known.get(id(text))
        if found is None:
            words = in_both(text)
            # The label is kept beside its words, so that its number cannot become another label's.
            found = self._known[id(text)] = (text, words, slugify(words["en"]).replace("-", "_"))
        return found


def as_data(held: Iterable[Held]) -> list[dict[str, Any]]:
    """The copy as plain JSON values, every label in both languages."""
    both = InBoth()
    return [
        {
            "code": item.section.code,
            "title": both(item.section.title),
            "records": [[both.line(line) for line in record] for record in item.records],
        }
        for item in held
    ]


def in_both(text: Any) -> dict[str, str]:
    found = {}
    for code in LANGUAGES:
        with override(code):
            found[code] = str(text)
    return found


AS_IT_IS = (str, bool, int, type(None))


def plain(value: Any, both: InBoth) -> Any:
    kind = type(value)
    if kind in AS_IT_IS:
        return value
    if kind is datetime or isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Promise):
        return both(value)
    if isinstance(value, Both):
        return {"en": value.en, "fr": value.fr}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item, both) for item in value]
    return str(value)
