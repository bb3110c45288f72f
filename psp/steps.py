"""The first line of a person's own pages: what happens next, and do I have to do anything?

Each app says what it knows, as steps; the most urgent one is the first line. Choosing is pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from psp.models import User


class Rank(IntEnum):
    """What comes first, first."""

    NEEDS_YOU = 0  # nothing goes on before the person did something
    DATED = 10  # a meeting or a session that is set
    CHOICE = 20  # something that the person may do, without a hurry
    PLACED = 40  # in a group, which is nearer than the application
    WAITING = 50  # the team acts next
    ENDED = 80
    NOTE = 90  # never the first line unless there is no other


@dataclass(frozen=True, slots=True)
class Step:
    """`title`: what happens next. `text`: what the person has to do, if anything. `label`, `url`: where it is done."""

    title: str
    text: str
    rank: int = Rank.WAITING
    label: str = ""
    url: str = ""

    @property
    def needs_you(self) -> bool:
        return self.rank == Rank.NEEDS_YOU


@dataclass(frozen=True, slots=True)
class Steps:
    """`first`: the first line. `also`: what stands under it, because it must not be missed."""

    first: Step
    also: tuple[Step, ...]


Source = Callable[[User], Iterable[Step]]
_sources: list[Source] = []


def add_steps(source: Source) -> None:
    """`source(person)`: the steps that an app knows of for this person."""
    _sources.append(source)


def steps_of(person: User) -> list[Step]:
    return [step for source in _sources for step in source(person)]


def from_card(said: Mapping[str, Any]) -> Step:
    """A step as a card of the front page says it: {"title", "text", ["rank"]}."""
    return Step(str(said["title"]), str(said["text"]), int(said.get("rank", Rank.DATED)))


def chosen(steps: Iterable[Step]) -> Steps:
    """The most urgent step, the earlier one of two alike; under it whatever else the person should know now.

    ValueError without any step.
    """
    ordered = sorted(steps, key=lambda step: step.rank)
    if not ordered:
        raise ValueError("there is always a first line")
    first, *others = ordered
    return Steps(first, tuple(step for step in others if step.rank <= Rank.CHOICE or step.rank == Rank.NOTE))
