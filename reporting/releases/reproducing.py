"""Whether a published report can be made again from what is kept, to the letter.

It is made from the frozen tables, never from a new count: a count of today would tell who came, left or withdrew since.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from reporting import record
from reporting.choices import Method
from reporting.counters.base import counter
from reporting.counting import free, held
from reporting.dimensions import dimension
from reporting.disclosure import DisclosureError, digest_of
from reporting.models import Release, ReleaseTable
from reporting.releases.manifest import contents_of, differences, name_of, text_of


@dataclass(frozen=True, slots=True)
class Reproduced:
    """`differs`: the places where it is not what it was, as "tables: people region". `uncountable`: codes of series
    that the program of today could not count again, whatever there is to count."""

    differs: tuple[str, ...]
    uncountable: tuple[str, ...]

    @property
    def alike(self) -> bool:
        return not self.differs


def reproduce(release: Release) -> Reproduced:
    rows = list(release.tables.select_related("frozen__series"))
    differs = [f"tables: {name_of(row)}" for row in rows if not _alike(row, Method(release.method))]
    before = json.loads(release.manifest)
    now = contents_of(release, rows, before.get("names", {}))
    differs += [place for place in differences(before, json.loads(text_of(now))) if place not in differs]
    if not differs and digest_of(text_of(now)) != release.digest:
        differs.append("digest")
    return Reproduced(tuple(differs), tuple(sorted({row.frozen.code for row in rows if not _countable(row)})))


def _alike(row: ReleaseTable, method: Method) -> bool:
    """Its table is still what the frozen one gives, and neither text was touched."""
    try:
        record.released(row)
        record.opened(row.frozen)
        return record.copy_for_release(row.frozen, method) == (row.body, row.digest)
    except DisclosureError:
        return False


def _countable(row: ReleaseTable) -> bool:
    try:
        which = counter(row.frozen.series.counter)
        breakdown = record.breakdown_of(row.frozen)
        names = (*held(breakdown), *free(breakdown))
        return all(dimension(name).code == name for name in names) and set(names) <= {*which.dimensions, which.split}
    except KeyError:
        return False
