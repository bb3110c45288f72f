"""All cells and margins of all tables in one system: what they are, how they hang together, what is known of them.

A cell is the set of (dimension, category) pairs that it names, `where` included and "*" left out: two tables that
name the same pairs speak of the same cell. Cells are sorted by that name, never by the order of the input.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import inf

from reporting.protection.rounding import interval_of
from reporting.protection.types import ALL, CountTable, DisclosureError, Key, Nesting, ProtectedTable

Pairs = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Frame:
    """What a table is about, without its numbers. `place`: how it is called in a refusal."""

    place: str
    dimensions: tuple[str, ...]
    categories: tuple[tuple[str, ...], ...]
    where: Mapping[str, str]
    overlapping: frozenset[str]

    def every_key(self) -> Iterator[Key]:
        yield from product(*((*names, ALL) for names in self.categories))

    def pairs(self, key: Key) -> Pairs:
        named = zip(self.dimensions, key, strict=True)
        return frozenset((*self.where.items(), *((name, value) for name, value in named if value != ALL)))


@dataclass(frozen=True, slots=True)
class Relation:
    """The sum of `terms` (cell → factor) is 0, or at most 0."""

    terms: tuple[tuple[int, int], ...]
    equal: bool
    place: str


@dataclass(slots=True)
class Cell:
    """`truth`: its count, as far as anybody gave it. `low`, `high`: what everybody knows from released tables.
    `hidden_by`: the largest threshold of the released tables that hide it, or 0. `places`: in how many new tables
    it stands."""

    pairs: Pairs
    truth: int | None = None
    low: int = 0
    high: float = inf
    hidden_by: int = 0
    places: int = 0
    sensitive: bool = False
    given: bool = False

    @property
    def name(self) -> str:
        return name_of(self.pairs)


def name_of(pairs: Pairs) -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(pairs)) or "the total"


@dataclass(slots=True)
class System:
    cells: list[Cell] = field(default_factory=list)
    at: dict[Pairs, int] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)

    def cell(self, frame: Frame, key: Key) -> int:
        return self.at[frame.pairs(key)]


def frame_of(table: CountTable | ProtectedTable, place: str) -> Frame:
    clash = set(table.dimensions) & set(table.where)
    if clash:
        raise DisclosureError(place, f"{min(clash)} is a dimension and fixed for the whole table")
    return Frame(place, table.dimensions, table.categories, table.where, table.overlapping)


def full_counts(table: CountTable) -> dict[Key, int]:
    """The count of every cell and margin: body first, then the margins, the grand total last."""
    apart = [at for at, name in enumerate(table.dimensions) if name in table.overlapping]
    sums = dict.fromkeys(product(*((*names, ALL) for names in table.categories)), 0)
    for key, count in table.counts.items():
        if count:
            for margin in product(*((name,) if at in apart else (name, ALL) for at, name in enumerate(key))):
                sums[margin] = sums.get(margin, 0) + count
    if apart:
        for key in sums:
            if any(key[at] == ALL for at in apart):
                sums[key] = table.margins.get(key, 0)
    return dict(sorted(sums.items(), key=lambda item: item[0].count(ALL)))


def build(
    tables: Sequence[CountTable], released: Sequence[ProtectedTable], nestings: Sequence[Nesting],
    known: Sequence[CountTable] = (),
) -> System:  # fmt: skip
    """DisclosureError where two numbers for one cell, or a number and what is out, do not agree."""
    system = System()
    frames = [frame_of(table, f"tables[{at}]") for at, table in enumerate(tables)]
    before = [frame_of(table, f"released[{at}]") for at, table in enumerate(released)]
    aside = [frame_of(table, f"known[{at}]") for at, table in enumerate(known)]
    every = [*frames, *before, *aside]
    found = {frame.pairs(key) for frame in every for key in frame.every_key()}
    system.cells = [Cell(pairs) for pairs in sorted(found, key=sorted)]
    system.at = {cell.pairs: at for at, cell in enumerate(system.cells)}
    for frame, table in zip(before, released, strict=True):
        _take_released(system, frame, table)
    for frame, count_table in [*zip(frames, tables, strict=True), *zip(aside, known, strict=True)]:
        _take_counts(system, frame, count_table, new=frame in frames)
    system.relations = _relations(system, every, nestings)
    return system


def _take_released(system: System, frame: Frame, table: ProtectedTable) -> None:
    for key, value in table.values.items():
        cell = system.cells[system.cell(frame, key)]
        if value is None:
            cell.hidden_by = max(cell.hidden_by, table.threshold)
            low, high = 1, inf
        else:
            low, high = interval_of(value, table.threshold, table.method)
        cell.low, cell.high = max(cell.low, low), min(cell.high, high)
        if cell.low > cell.high:
            raise DisclosureError(frame.place, f"{cell.name}: two releases do not agree, not the same people")


def _take_counts(system: System, frame: Frame, table: CountTable, *, new: bool) -> None:
    for key, count in full_counts(table).items():
        cell = system.cells[system.cell(frame, key)]
        if cell.truth is not None and cell.truth != count:
            raise DisclosureError(frame.place, f"{cell.name}: two tables give different counts, not the same people")
        cell.truth = count
        cell.places += new
        cell.sensitive |= new and key in table.sensitive
        cell.given |= ALL not in key or any(
            mark == ALL and name in table.overlapping for mark, name in zip(key, table.dimensions, strict=True)
        )


def check_truth(system: System) -> None:
    """DisclosureError, with the place, where the counts contradict what is out or each other."""
    for cell in system.cells:
        if cell.truth is not None and not cell.low <= cell.truth <= cell.high:
            raise DisclosureError("released", f"{cell.name}: contradicts the counts of today, not the same people")
    for relation in system.relations:
        values = [(factor, system.cells[at].truth) for at, factor in relation.terms]
        if any(value is None for _, value in values):
            continue
        total = sum(factor * (value or 0) for factor, value in values)
        if total != 0 if relation.equal else total > 0:
            names = system.cells[relation.terms[0][0]].name
            raise DisclosureError(relation.place, f"{names}: parts and whole do not agree, not the same people")


# How cells hang together -----------------------------------------------------------------------------------


def _relations(system: System, frames: Sequence[Frame], nestings: Sequence[Nesting]) -> list[Relation]:
    overlapping = {name for frame in frames for name in frame.overlapping}
    overlapping |= {nesting.dimension for nesting in nestings if not nesting.adds}
    found: dict[tuple[tuple[tuple[int, int], ...], bool], Relation] = {}
    every = [
        *_within_frames(system, frames), *_nested(system, frames, nestings),
        *_finer(system, frames, overlapping, {nesting.dimension for nesting in nestings}),
    ]  # fmt: skip
    for one in every:
        found.setdefault((one.terms, one.equal), one)
    return [found[key] for key in sorted(found)]


def _within_frames(system: System, frames: Sequence[Frame]) -> Iterator[Relation]:
    for frame in frames:
        for key in frame.every_key():
            for at, names in enumerate(frame.categories):
                if key[at] == ALL:
                    whole = system.cell(frame, key)
                    parts = [system.cell(frame, (*key[:at], name, *key[at + 1 :])) for name in names]
                    adds = frame.dimensions[at] not in frame.overlapping
                    yield from made_up(whole, parts, adds=adds, place=frame.place)


def made_up(whole: int, parts: Sequence[int], *, adds: bool, place: str, all_parts: bool = True) -> Iterator[Relation]:
    """A whole and its parts. `adds`: the same people are in no two of them. `all_parts`: there are no others."""
    terms = tuple(sorted([(whole, -1), *((part, 1) for part in parts)]))
    if adds:
        yield Relation(terms, all_parts, place)
        return
    if all_parts:
        yield Relation(tuple((at, -factor) for at, factor in terms), False, place)
    for part in parts:
        yield Relation(tuple(sorted([(whole, -1), (part, 1)])), False, place)


def _nested(system: System, frames: Sequence[Frame], nestings: Sequence[Nesting]) -> Iterator[Relation]:
    for nesting in nestings:
        for cell in list(system.at):
            if (nesting.dimension, nesting.whole) not in cell:
                continue
            rest = cell - {(nesting.dimension, nesting.whole)}
            names = [rest | {(nesting.dimension, part)} for part in nesting.parts]
            parts = [system.at[pairs] for pairs in names if pairs in system.at]
            missing = [pairs for pairs in names if pairs not in system.at]
            complete = all(_counts_zero(pairs, frames) for pairs in missing)
            if parts or complete:
                whole = system.at[cell]
                yield from made_up(whole, parts, adds=nesting.adds, place="nestings", all_parts=complete)


def _counts_zero(pairs: Pairs, frames: Sequence[Frame]) -> bool:
    """Whether a table is about this cell and does not list its categories: then it counts 0."""
    names = {name for name, _ in pairs}
    return any(set(frame.where.items()) <= pairs and names <= {*frame.where, *frame.dimensions} for frame in frames)


def _finer(system: System, frames: Sequence[Frame], overlapping: set[str], nested: set[str]) -> Iterator[Relation]:
    """Cells of one table that lie within those of another which does not have all their dimensions."""
    shapes = {frozenset(name for name, _ in pairs) for pairs in system.at}
    covered = [({*frame.where, *frame.dimensions}, set(frame.dimensions)) for frame in frames]
    groups: dict[tuple[int, frozenset[str]], list[int]] = defaultdict(list)
    for pairs, at in system.at.items():
        own = frozenset(name for name, _ in pairs)
        over = {shape for shape in shapes if shape < own} - {own}
        wholes = {shape: frozenset(pair for pair in pairs if pair[0] in shape) for shape in over}
        present = {shape: whole for shape, whole in wholes.items() if whole in system.at}
        for shape, whole in present.items():
            if any(shape < other for other in present):
                continue
            gone = own - shape
            if len(gone) == 1 and any(own <= names and gone <= inside for names, inside in covered):
                continue
            groups[system.at[whole], gone].append(at)
    for (above, gone), parts in sorted(groups.items(), key=lambda item: (item[0][0], sorted(item[0][1]))):
        adds = not gone & (overlapping | nested)
        yield from made_up(above, parts, adds=adds, place="released", all_parts=False)
