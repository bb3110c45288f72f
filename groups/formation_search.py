"""The state of a search for groups, and the way between its numbers and groups of people."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from groups.formation_frames import Frame
from groups.formation_groups import Draft, Sizes, split
from groups.formation_input import Problem
from groups.formation_model import MOST_TIGHT, Apart, Model
from groups.formation_solver import Effort, Found, whole

# Above this many places to choose from the whole problem is not searched, only bounded and improved in parts.
MOST_PLACES = 40_000

# aim, reached, bound
Report = Callable[[str, int, int], None]


@dataclass(slots=True)
class Search:
    """The best answer so far, and what is known about better ones."""

    problem: Problem
    frames: list[Frame]
    apart: Apart
    ends: float
    begun: float
    stop: Callable[[], bool] | None
    report: Report
    best: list[Draft] = field(default_factory=list)
    bound: int = 0
    proven: set[str] = field(default_factory=set)

    @property
    def sizes(self) -> Sizes:
        return self.problem.min_size, self.problem.max_size

    @property
    def places(self) -> int:
        """How many places there are to choose from: each person in each frame that suits them."""
        return sum(frame.people.bit_count() for frame in self.frames)

    @property
    def large(self) -> bool:
        return self.places > MOST_TIGHT

    @property
    def too_large(self) -> bool:
        return self.places > MOST_PLACES

    @property
    def placed(self) -> int:
        return sum(len(one.people) for one in self.best)

    def waiting(self) -> int:
        return sum(self.problem.people[person].waiting_days for one in self.best for person in one.people)

    def spread(self) -> int:
        sizes = [len(one.people) for one in self.best]
        return max(sizes, default=0) - min(sizes, default=0)

    def effort(self, share: float, nodes: int | None = None) -> Effort:
        """This share of the time that is left."""
        now = time.monotonic()
        return Effort(now + max(0.0, self.ends - now) * share, nodes, self.stop)

    @property
    def over(self) -> bool:
        return self.after(1.0)

    def after(self, share: float) -> bool:
        """Whether this share of the whole time has gone, or somebody stops the search."""
        return time.monotonic() >= self.begun + (self.ends - self.begun) * share or bool(self.stop and self.stop())


def columns_of(model: Model, drafts: Iterable[Draft]) -> dict[int, float]:
    """The columns that say the same as these groups."""
    values: dict[int, float] = {}
    for draft in drafts:
        at = draft.frame
        for column, more in ((model.groups[at], 1.0), (model.sizes[at], float(len(draft.people)))):
            values[column] = values.get(column, 0.0) + more
        for person in draft.people:
            values[model.people[at][person]] = 1.0
        for leader in draft.leaders:
            column = model.leaders[at][leader]
            values[column] = values.get(column, 0.0) + 1.0
    for total, counted in model.totals.items():
        values[total] = sum(values.get(column, 0.0) for column in counted)
    return values


def take(search: Search, model: Model, found: Found, sizes: Sizes) -> bool:
    """Take the answer if it is better than what we have. False where it cannot be made into groups: then the frame
    in question was told apart, and the search can be repeated."""
    if found.values is None:
        return True
    drafts = drafts_of(search, model, found.values, sizes)
    if isinstance(drafts, int):
        _tell_apart(search, drafts)
        return False
    kept = (search.placed, search.waiting(), -search.spread())
    before, search.best = search.best, drafts
    if (search.placed, search.waiting(), -search.spread()) < kept:
        search.best = before
    return True


def drafts_of(search: Search, model: Model, values: tuple[float, ...], sizes: Sizes) -> list[Draft] | int:
    """The groups that the numbers say; or the frame whose people cannot be put into groups."""
    drafts: list[Draft] = []
    for at, column in enumerate(model.groups):
        count = whole(values[column])
        if not count:
            continue
        people = [person for person, place in model.people[at].items() if whole(values[place])]
        leaders = {leader: times for leader, place in model.leaders[at].items() if (times := whole(values[place]))}
        effort = search.effort(0.2)
        parts = split(search.problem, at, people, leaders, count, search.apart, sizes, effort)
        if parts is None:
            return at
        drafts += parts
    return drafts


def _tell_apart(search: Search, at: int) -> None:
    """From now on each group of this frame is a frame of its own, so that pairs are kept apart group by group."""
    frame, more = search.frames[at], len(search.frames)
    search.frames += [replace(frame, most=1) for _ in range(frame.most - 1)]
    search.frames[at] = replace(frame, most=1)
    places = iter([at, *range(more, len(search.frames))])
    search.best = [replace(one, frame=next(places)) if one.frame == at else one for one in search.best]
