"""The data map: what is held about people, in which table, why, for how long, and what becomes of it.

Each app says it in its own `privacy.py` (or beside it) and declares it when it is ready. `docs/data-map.md`, the
public page "What we hold" and the public page on how the program answers for it are made from here alone.
`tests/integration/test_privacy_datamap.py` fails for a table or a field that reaches a person and is not declared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from psp.once import keep_once

# The rule of earlier states, `privacy.choices_retention.RecordType.HISTORY`.
EARLIER = "history"
# What a history table adds to the fields of its model.
HISTORY_FIELDS = ("history_id", "history_date", "history_change_reason", "history_type", "history_user")


class Use(models.TextChoices):
    """Why something is held; the text ends the sentence "We use it …"."""

    SIGN_IN = "sign_in", _("to let you sign in, and nobody else")
    ADDRESS = "address", _("to call you by the name you chose, in your language")
    ELIGIBILITY = "eligibility", _("to see if the program is for you")
    MEETING = "meeting", _("to set a time to talk, and to hold that talk")
    PLACE = "place", _("to find you a place in a group")
    GROUPS = "groups", _("to run groups and sessions")
    CONSENT = "consent", _("to show what you agreed to, and to stop when you say so")
    REACH = "reach", _("to reach you in a way that is safe for you")
    SAFETY = "safety", _("to keep people apart who must not meet")
    RIGHTS = "rights", _("to answer what you ask about your information")
    WATCH = "watch", _("to know who looked at what, and who changed what")
    EVALUATION = "evaluation", _("to learn what helps, and what does not")
    TEAM = "team", _("to give each member of the team their work, and no more than that")
    PROTECT = "protect", _("to lock what is written about you, and to keep others out")


class Basis(models.TextChoices):
    """What in the law lets the program hold it."""

    PROGRAM = "program", _("Privacy Act, section 4: the program cannot run without it")
    CONSENT = "consent", _("Your consent, which you can take back")
    RIGHTS = "rights", _("Privacy Act, section 12: your right to see it and to have it fixed")
    DECISION = "decision", _("Privacy Act, section 6: what was used to decide about you must be kept and be right")
    PROTECT = "protect", _("Privacy Act, sections 7 and 8: only those who need it may use it")


class Erased(models.TextChoices):
    """What becomes of it when a person's information is destroyed."""

    DELETED = "deleted", pgettext_lazy("erased", "Deleted")
    ANONYMISED = "anonymised", pgettext_lazy("erased", "It stays without anything that says who it was")
    KEPT = "kept", pgettext_lazy("erased", "Kept")


@dataclass(frozen=True, slots=True)
class Topic:
    """One heading of the public page. `what`, `seen_by`: whole plain sentences. `team`: about those who work here."""

    code: str
    title: Any
    what: Any
    seen_by: Any
    order: int = 50
    team: bool = False


@dataclass(frozen=True, slots=True)
class Holding:
    """One table that reaches a person.

    `path`: from the row to the account, or to the field that leads there without a relation (an account id, a keyed
    digest, a sealed text); "" for the account itself. `also`: other accounts that the row names, as a rule those of
    the team. `fields`: every field of the table. `exported`: sections of the copy; empty needs `not_exported`, why.
    `kept_because`: why, for what stays. `history`: its history table holds the same, and `past` is the rule by which
    its earlier states go: as a rule one of their own, two years after something newer took their place.
    """

    model: str
    path: str
    topic: str
    fields: tuple[str, ...]
    purpose: Use
    basis: Basis
    retention: str
    erased: Erased
    exported: tuple[str, ...] = ()
    not_exported: Any = ""
    kept_because: Any = ""
    also: tuple[str, ...] = ()
    history: bool = False
    alias: str = "default"
    past: str = EARLIER

    def __post_init__(self) -> None:
        if bool(self.exported) == bool(self.not_exported):
            raise ValueError(f"{self.model}: either sections of the copy, or why there are none")
        if (self.erased == Erased.KEPT) != bool(self.kept_because):
            raise ValueError(f"{self.model}: what is kept needs a reason, and nothing else does")


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What is held outside the tables: in a browser, in memory, in a copy for emergencies. Whole plain sentences."""

    code: str
    title: Any
    what: Any
    until: Any
    order: int = 50


def these(names: str) -> tuple[str, ...]:
    """Names with spaces between them, so that a long list of fields reads like one."""
    return tuple(names.split())


_topics: dict[str, Topic] = {}
_holdings: dict[str, Holding] = {}
_elsewhere: dict[str, Elsewhere] = {}


def add_topic(*topics: Topic) -> None:
    for topic in topics:
        keep_once(_topics, topic.code, topic)


def declare(*holdings: Holding) -> None:
    """Declaring a table twice is a mistake of the program, so that nobody's words are lost."""
    for holding in holdings:
        keep_once(_holdings, holding.model, holding)


def declare_elsewhere(*places: Elsewhere) -> None:
    for place in places:
        keep_once(_elsewhere, place.code, place)


def topics() -> list[Topic]:
    return sorted(_topics.values(), key=lambda topic: (topic.order, topic.code))


def declared() -> list[Holding]:
    """As the apps declared them, by table."""
    return [_holdings[model] for model in sorted(_holdings)]


def holdings() -> list[Holding]:
    """Every table: the declared ones, each followed by its history where it has one."""
    return [one for holding in declared() for one in with_history(holding)]


def of_topic(topic: Topic) -> list[Holding]:
    return [holding for holding in declared() if holding.topic == topic.code]


def elsewhere() -> list[Elsewhere]:
    return sorted(_elsewhere.values(), key=lambda place: (place.order, place.code))


def with_history(holding: Holding) -> Iterator[Holding]:
    yield holding
    if holding.history:
        app, name = holding.model.split(".")
        left_out = history_left_out(holding.model)
        kept = tuple(field for field in holding.fields if field not in left_out)
        yield replace(
            holding, model=f"{app}.historical{name}", path=holding.path or "id", fields=(*kept, *HISTORY_FIELDS),
            also=(*(one for one in holding.also if one not in left_out), "history_user"), history=False,
            retention=holding.past,
        )  # fmt: skip


def history_left_out(label: str) -> frozenset[str]:
    """Fields of the model that its history does not keep, by its own declaration."""
    from django.apps import apps

    model = apps.get_model(label)
    kept = {field.name for field in model.history.model._meta.fields}
    return frozenset(field.name for field in model._meta.get_fields() if field.name not in kept)
