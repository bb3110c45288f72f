"""The formation problem: its parts, and how it is read from JSON (`docs/contracts.md`, "Group formation").

Free of Django and of the solver. Times are minutes since Monday 00:00 UTC of the first week of the series; an
interval may end up to a day after that week, so that a Sunday evening in the west stays one interval.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from psp.json_input import InputError, load

WEEK = 7 * 24 * 60
LATEST = WEEK + 24 * 60
MOST_PEOPLE = 20_000
MOST_SLOTS = 2_000
MOST_PAIRS = 200_000
MOST_WAITING_DAYS = 100_000
ANY = "any"

T = TypeVar("T")
Slot = tuple[int, int]


class FormationError(InputError):
    """A problem that cannot be read."""


@dataclass(frozen=True, slots=True)
class Member:
    """Someone who may be given a place. None is no limit; an empty tuple is nothing that would suit."""

    id: str
    languages: tuple[str, ...] | None = None
    modalities: tuple[str, ...] | None = None
    region: str | None = None
    availability: tuple[Slot, ...] | None = None
    waiting_days: int = 0
    composition: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Leader:
    """Someone who may lead. `max_groups` None: as many as do not overlap."""

    id: str
    languages: tuple[str, ...] | None = None
    modalities: tuple[str, ...] | None = None
    region: str | None = None
    availability: tuple[Slot, ...] | None = None
    max_groups: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What to form groups from. `slots` None: the time is no question. `max_size` None: no largest size.

    `keep_apart`: pairs of ids, of people or of leaders, who must not be in one group ([NH] rule 24).
    """

    people: tuple[Member, ...]
    leaders: tuple[Leader, ...] = ()
    slots: tuple[Slot, ...] | None = None
    keep_apart: tuple[tuple[str, str], ...] = ()
    min_size: int = 1
    max_size: int | None = None
    leaders_per_group: int = 0


def read_problem(text: str) -> Problem:
    """The problem in a JSON text; FormationError with the place and the reason when there is none."""
    return parse_problem(load(text, FormationError))


def parse_problem(data: object) -> Problem:
    """A problem from the contract's input. Strict: what is not known is refused. FormationError."""
    known = ("size", "facilitators_per_group", "people", "facilitators", "slots", "keep_apart")
    found = _object(data, "input", known, before="")
    size = _maybe(found, "size", "size", lambda value, path: _object(value, path, ("min", "max"))) or {}
    least = _whole(size.get("min"), "size.min", 1, MOST_PEOPLE, missing=1)
    most = _maybe(size, "max", "size.max", lambda value, path: _whole(value, path, 1, MOST_PEOPLE))
    if most is not None and most < least:
        raise FormationError("size.max", "is below size.min")
    people = tuple(_member(one, path) for one, path in _list(found.get("people"), "people", MOST_PEOPLE))
    leaders = tuple(_leader(one, path) for one, path in _list(found.get("facilitators"), "facilitators", MOST_PEOPLE))
    known_ids = _ids(people, leaders)
    pairs = tuple(_pair(one, path, known_ids) for one, path in _list(found.get("keep_apart"), "keep_apart", MOST_PAIRS))
    return Problem(
        people=people, leaders=leaders, keep_apart=tuple(dict.fromkeys(pairs)), min_size=least, max_size=most,
        slots=_maybe(found, "slots", "slots", lambda value, path: tuple(sorted(set(_slots(value, path, MOST_SLOTS))))),
        leaders_per_group=_whole(found.get("facilitators_per_group"), "facilitators_per_group", 0, 10, missing=0),
    )  # fmt: skip


# The parts ------------------------------------------------------------------------------------------------


def _member(data: object, path: str) -> Member:
    shared = ("id", "languages", "modalities", "region", "availability")
    found = _object(data, path, (*shared, "waiting_days", "composition"))
    return Member(
        **_shared(found, path),
        waiting_days=_whole(found.get("waiting_days"), f"{path}.waiting_days", 0, MOST_WAITING_DAYS, missing=0),
        composition=_maybe(found, "composition", f"{path}.composition", _words),
    )


def _leader(data: object, path: str) -> Leader:
    found = _object(data, path, ("id", "languages", "modalities", "region", "availability", "max_groups"))
    most = _maybe(found, "max_groups", f"{path}.max_groups", lambda value, at: _whole(value, at, 0, MOST_PEOPLE))
    return Leader(**_shared(found, path), max_groups=most)


def _shared(found: Mapping[str, Any], path: str) -> dict[str, Any]:
    """What people and leaders have in common."""
    return {
        "id": _word(found.get("id"), f"{path}.id"),
        "languages": _maybe(found, "languages", f"{path}.languages", _words),
        "modalities": _maybe(found, "modalities", f"{path}.modalities", _words),
        "region": _maybe(found, "region", f"{path}.region", _word),
        "availability": _maybe(found, "availability", f"{path}.availability", lambda value, at: _slots(value, at, 500)),
    }


def _ids(people: tuple[Member, ...], leaders: tuple[Leader, ...]) -> frozenset[str]:
    """Every id once: a pair to keep apart must say whom it means, and nobody leads where they take part."""
    found: dict[str, str] = {}
    places = [(f"people[{at}].id", one.id) for at, one in enumerate(people)]
    places += [(f"facilitators[{at}].id", one.id) for at, one in enumerate(leaders)]
    for path, name in places:
        if name in found:
            raise FormationError(path, f"is the same as {found[name]}; every id must be another")
        found[name] = path
    return frozenset(found)


def _pair(data: object, path: str, known: frozenset[str]) -> tuple[str, str]:
    ids = [_word(one, at) for one, at in _list(data, path, 2, missing=False)]
    if len(ids) != 2:
        raise FormationError(path, "must be a pair of ids")
    for at, one in enumerate(ids):
        if one not in known:
            raise FormationError(f"{path}[{at}]", "is the id of nobody here")
    if ids[0] == ids[1]:
        raise FormationError(path, "names one person twice")
    return min(ids), max(ids)


def _slots(data: object, path: str, most: int) -> tuple[Slot, ...]:
    return tuple(_slot(one, at) for one, at in _list(data, path, most, missing=False))


def _slot(data: object, path: str) -> Slot:
    ends = _list(data, path, 2, missing=False)
    if len(ends) != 2:
        raise FormationError(path, "must be a pair of minutes, start and end")
    start, end = _whole(ends[0][0], f"{path}[0]", 0, WEEK - 1), _whole(ends[1][0], f"{path}[1]", 1, LATEST)
    if end <= start:
        raise FormationError(path, "ends before it begins")
    return start, end


# Single values --------------------------------------------------------------------------------------------


def _object(data: object, path: str, known: tuple[str, ...], before: str | None = None) -> Mapping[str, Any]:
    """An object with these names only."""
    if not isinstance(data, Mapping):
        raise FormationError(path, "must be an object")
    for name in data:
        if name not in known:
            raise FormationError(f"{path}.{name[:60]}" if before is None else name[:60], "is not known here")
    return data


def _list(data: object, path: str, most: int, *, missing: bool = True) -> list[tuple[Any, str]]:
    """The items with their paths."""
    if data is None and missing:
        return []
    if not isinstance(data, list):
        raise FormationError(path, "must be a list")
    if len(data) > most:
        raise FormationError(path, f"has {len(data)} items, {most} is the most")
    return [(one, f"{path}[{at}]") for at, one in enumerate(data)]


def _maybe(found: Mapping[str, Any], name: str, path: str, read: Callable[[Any, str], T]) -> T | None:
    value = found.get(name)
    return None if value is None else read(value, path)


def _word(data: object, path: str) -> str:
    if not isinstance(data, str) or not data.strip():
        raise FormationError(path, "must be a text that is not empty")
    if len(data) > 200:
        raise FormationError(path, "is longer than 200 letters")
    return data


def _words(data: object, path: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_word(one, at) for one, at in _list(data, path, 100, missing=False)))


def _whole(data: object, path: str, least: int, most: int, *, missing: int | None = None) -> int:
    if data is None and missing is not None:
        return missing
    if isinstance(data, bool) or not isinstance(data, int):
        raise FormationError(path, "must be a whole number")
    if not least <= data <= most:
        raise FormationError(path, f"must be from {least} to {most}")
    return data
