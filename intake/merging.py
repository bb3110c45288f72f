"""What apps above this one move when two files become one; they add their mover when the site starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from intake.models import Participant
from psp.once import keep_once

# (kept, merged) → sentences.
Sentences = Callable[[Participant, Participant], list[str]]


@dataclass(frozen=True, slots=True)
class Mover:
    """What one app has about a person, beyond what stays with an identity.

    `obstacles(kept, merged)`: why the two cannot become one now. `tell(kept, merged)`: what will move. `move(kept,
    merged)`: move it; ids of what moved. `back(kept, merged, ids)`: move exactly these back, and what has joined
    them since. All run in the transaction of the merge, with both files locked, the smallest `order` first.
    """

    name: str
    obstacles: Sentences
    tell: Sentences
    move: Callable[[Participant, Participant], list[str]]
    back: Callable[[Participant, Participant, list[str]], None]
    order: int = 50


_movers: dict[str, Mover] = {}


def add_mover(mover: Mover) -> None:
    keep_once(_movers, mover.name, mover)


def movers() -> list[Mover]:
    return sorted(_movers.values(), key=lambda mover: mover.order)
