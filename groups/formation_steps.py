"""The steps of a search: most people, then most days of waiting, then sizes as even as can be.

A first answer by hand; the leaders alone, which is quick and where they are scarce says all; the whole problem where
it is small. A large one is formed anew window by window, and bounded without the pairs to keep apart.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace

from groups.formation_frames import Frame, most_groups, overlap
from groups.formation_groups import Draft, bits_of, first_answer
from groups.formation_input import Problem, Slot
from groups.formation_model import NEVER, Model, build, build_leaders
from groups.formation_search import Search, columns_of, drafts_of, take
from groups.formation_solver import Effort, Found, maximise, relaxed_bound, whole

PLACED, WAITING, EVEN = "placed", "waiting_days", "sizes"
# The share of the time after which nothing new is begun for the first aim.
FIRST_AIM = 0.75
# The share of the time for forming groups anew window by window, and how large and how long a window is.
WINDOWS = 0.4
WINDOW_PLACES = 800
WINDOW_SECONDS = 4.0
# How far a window and the second and third aims are searched, in nodes: that is the same on every machine.
NODES = 200
# How often the leaders are asked again.
TRIES = 8
HALF = 0.5


# The first aim: most people --------------------------------------------------------------------------------


def place_most(search: Search) -> None:
    search.best = first_answer(search.problem, search.frames, search.apart, search.sizes)
    search.bound = len(search.problem.people)
    search.report(PLACED, search.placed, search.bound)
    small = (_leaders_first, _whole_problem, _in_windows)
    for step in (_leaders_first, _in_windows, _without_pairs, _whole_problem) if search.large else small:
        if search.placed < search.bound and not search.after(FIRST_AIM):
            step(search)
            search.report(PLACED, search.placed, search.bound)


def _aim(model: Model) -> dict[int, float]:
    return {column: 1.0 for people in model.people for column in people.values()}


def _bounded(search: Search, found: Found) -> None:
    if found.bound is not None:
        search.bound = min(search.bound, found.bound)


def _leaders_first(search: Search) -> None:
    """As many groups as the leaders can lead, then the people into them; what was missing is said to the next try."""
    if not search.problem.leaders_per_group:
        return
    leaders = build_leaders(search.problem, search.frames, search.sizes)
    model = build(search.problem, search.frames, search.apart, search.sizes)
    begun, last = time.monotonic(), search.effort(0.25 if search.large else 0.1)
    for _ in range(TRIES):
        found = maximise(leaders, dict.fromkeys(leaders.sizes, 1.0), last)
        _bounded(search, found)
        filled = _with_these_groups(search, model, leaders, found)
        if search.placed == search.bound or filled is None or 2 * time.monotonic() - begun > last.until:
            return
        _say_what_is_missing(search, leaders, model, filled)


def _say_what_is_missing(search: Search, leaders: Model, model: Model, values: tuple[float, ...]) -> None:
    """People without a place, those whom they could replace, and the frames where all these could be: these frames
    hold at most as many as their groups have room for (the smallest cut of the flow, as a rule)."""
    at_frame = [{person for person, place in people.items() if values[place] > HALF} for people in model.people]
    placed = set().union(*at_frame)
    suits: dict[int, list[int]] = {}
    for at, people in enumerate(model.people):
        for person in people:
            suits.setdefault(person, []).append(at)
    waiting = [person for person in suits if person not in placed]
    reached, tight = set(waiting), set[int]()
    while waiting:
        for at in suits[waiting.pop()]:
            if at not in tight:
                tight.add(at)
                waiting += at_frame[at] - reached
                reached |= at_frame[at]
    most = search.problem.max_size
    room = [(leaders.groups[at], -float(_most_in(search.frames[at], most))) for at in sorted(tight)]
    everyone = [(size, 1.0) for size in leaders.sizes]
    leaders.row(-NEVER, len(suits) - len(reached), [*everyone, *room])


def _most_in(frame: Frame, most: int | None) -> int:
    able = frame.people.bit_count()
    return able if most is None else min(most, able)


def _without_pairs(search: Search) -> None:
    """People and leaders at once, with nobody kept apart; then the pairs in the groups that this gives."""
    if search.too_large:
        if search.bound == len(search.problem.people):
            model = build(search.problem, search.frames, None, search.sizes)
            _bounded(search, relaxed_bound(model, _aim(model), search.effort(0.5)))
        return
    model = build(search.problem, search.frames, None, search.sizes)
    found = maximise(model, _aim(model), search.effort(0.4), start=columns_of(model, search.best))
    _bounded(search, found)
    paired = build(search.problem, search.frames, search.apart, search.sizes)
    _with_these_groups(search, paired, model, found)


def _with_these_groups(search: Search, model: Model, other: Model, found: Found) -> tuple[float, ...] | None:
    """All the rules, with as many groups of each frame as another model's answer has; the answer's columns."""
    if found.values is None:
        return None
    counts = {column: float(whole(found.values[was])) for column, was in zip(model.groups, other.groups, strict=True)}
    filled = maximise(model, _aim(model), search.effort(0.3), fixed=counts)
    return filled.values if take(search, model, filled, search.sizes) else None


def _whole_problem(search: Search) -> None:
    """Everything at once; a frame whose groups cannot be told apart as needed is told apart from the beginning."""
    while not search.over and not search.too_large:
        model = build(search.problem, search.frames, search.apart, search.sizes)
        # In a small problem the solver finds more by itself than from what the first steps found.
        start = columns_of(model, search.best) if search.large else None
        found = maximise(model, _aim(model), search.effort(0.6 if search.large else 0.8), start=start)
        _bounded(search, found)
        if take(search, model, found, search.sizes) or not found.ended:
            return


# Window by window ------------------------------------------------------------------------------------------


def _in_windows(search: Search) -> None:
    """Take some times at once, keep all other groups as they are, and form the best groups in between; then the next
    times, until nothing more is gained anywhere. Proves nothing, and finds most of what there is."""
    slots = sorted({frame.slot for frame in search.frames if frame.slot is not None})
    width, last = 1, search.effort(WINDOWS)
    while slots and last.seconds:
        windows = _windows(search, slots, width)
        gained = [_in_window(search, window, last) for window in windows if last.seconds]
        if search.placed >= search.bound or (not any(gained) and len(windows) == 1):
            return
        width = width if any(gained) else width * 2


def _windows(search: Search, slots: list[Slot], width: int) -> list[frozenset[Slot]]:
    """Times one after the other, each window as wide as a search of some seconds, half of it shared with the next."""
    places = Counter[Slot | None]()
    for frame in search.frames:
        places[frame.slot] += frame.people.bit_count()
    windows: list[frozenset[Slot]] = []
    start = 0
    while start < len(slots):
        end, count = start + 1, places[slots[start]]
        while end < len(slots) and count + places[slots[end]] <= width * WINDOW_PLACES:
            count += places[slots[end]]
            end += 1
        windows.append(frozenset(slots[start:end]))
        if end == len(slots):
            break
        start = max(start + 1, (start + end) // 2)
    return windows


def _in_window(search: Search, window: frozenset[Slot], last: Effort) -> bool:
    """Whether the groups at these times could be formed better; then they are."""
    inside = {at for at, frame in enumerate(search.frames) if frame.slot in window}
    kept = [one for one in search.best if one.frame not in inside]
    problem, places = _what_is_free(search, kept, sorted(inside))
    frames = list(places.values())
    number = {at: here for here, at in enumerate(places)}
    model = build(problem, frames, search.apart, search.sizes)
    now = [replace(one, frame=number[one.frame]) for one in search.best if one.frame in inside]
    effort = replace(last, until=min(last.until, time.monotonic() + WINDOW_SECONDS), nodes=NODES)
    found = maximise(model, _aim(model), effort, start=columns_of(model, now))
    drafts = None if found.values is None else drafts_of(search, model, found.values, search.sizes)
    if drafts is None or isinstance(drafts, int):
        return False
    before, at_of = search.placed, list(places)
    better = kept + [replace(one, frame=at_of[one.frame]) for one in drafts]
    if sum(len(one.people) for one in better) <= before:
        return False
    search.best = better
    search.report(PLACED, search.placed, search.bound)
    return True


def _what_is_free(search: Search, kept: list[Draft], inside: list[int]) -> tuple[Problem, dict[int, Frame]]:
    """The problem and the frames with those people and leaders only whom the kept groups leave."""
    placed = bits_of(person for one in kept for person in one.people)
    led = Counter(leader for one in kept for leader in one.leaders)
    leaders = tuple(
        one if one.max_groups is None else replace(one, max_groups=max(0, one.max_groups - led[at]))
        for at, one in enumerate(search.problem.leaders)
    )
    busy = [(search.frames[one.frame].slot, bits_of(one.leaders)) for one in kept]
    frames: dict[int, Frame] = {}
    for at in inside:
        frame = search.frames[at]
        away = 0
        for slot, mask in busy:
            away |= mask if overlap(slot, frame.slot) else 0
        people, able = frame.people & ~placed, frame.leaders & ~away
        most = min(frame.most, most_groups(search.problem, people, able))
        frames[at] = replace(frame, people=people, leaders=able, most=most)
    return replace(search.problem, leaders=leaders), frames


# The second and third aims ---------------------------------------------------------------------------------


def _as_many(model: Model, people: int) -> tuple[float, float, dict[int, float]]:
    return people, NEVER, _aim(model)


def _days(search: Search, model: Model) -> dict[int, float]:
    waits = [float(one.waiting_days) for one in search.problem.people]
    return {column: waits[person] for people in model.people for person, column in people.items() if waits[person]}


def longest_waiting(search: Search) -> None:
    """Of all answers with as many people, one with the most days of waiting."""
    if search.placed in (0, len(search.problem.people)) or not any(one.waiting_days for one in search.problem.people):
        search.proven.add(WAITING)
        return
    for settled in (True, False):
        while search.best and not search.over:  # repeated where a frame had to be told apart
            if search.too_large and not settled:
                return
            model = build(search.problem, search.frames, search.apart, search.sizes)
            start = columns_of(model, search.best)
            fixed = {column: start.get(column, 0.0) for column in model.groups} if settled else {}
            effort = search.effort(0.3 if settled else 0.7, None if settled else NODES)
            rows = [_as_many(model, search.placed)]
            found = maximise(model, _days(search, model), effort, rows=rows, fixed=fixed, start=start)
            if take(search, model, found, search.sizes):
                if not settled and found.ended:
                    search.proven.add(WAITING)
                break
        search.report(WAITING, search.waiting(), 0)


def most_even(search: Search) -> None:
    """Of all those, one whose largest group is least larger than its smallest."""
    for spread in range(search.spread()):
        for least in _least_sizes(search, spread):
            if search.over or not _even(search, (least, least + spread)):
                return
            if search.spread() <= spread:
                search.proven.add(EVEN)
                return
    search.proven.add(EVEN)


def _least_sizes(search: Search, spread: int) -> list[int]:
    """Smallest sizes with which groups of nearly one size can hold as many people as are placed."""
    least, most, placed = search.problem.min_size, search.problem.max_size or search.placed, search.placed
    return [
        low
        for low in range(least, min(most, placed) - spread + 1)
        if any(low * count <= placed <= (low + spread) * count for count in range(1, placed // low + 1))
    ]


def _even(search: Search, sizes: tuple[int, int]) -> bool:
    """Look for groups of these sizes. False where the search could not be carried to its end."""
    while not search.over and not search.too_large:
        model = build(search.problem, search.frames, search.apart, sizes)
        rows, days = [_as_many(model, search.placed)], _days(search, model)
        found = maximise(model, days, search.effort(0.5, NODES), rows=rows, enough=search.waiting())
        if take(search, model, found, sizes):
            return found.ended
    return False
