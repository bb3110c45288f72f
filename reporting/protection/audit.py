"""The last step before anything leaves: goes once more through what would be published. Names no count.

Shares no step with the search for what to hide. It builds its own system straight from the tables, one column for
every number of every table, and its own linear programs. What it accepts as proof that a small count could also be
1, or as large as the threshold, are whole numbers for all cells that keep every relation and every published number
exactly; the solver only proposes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf, prod

from reporting.protection.audit_prover import Claim, NotProven, Prover
from reporting.protection.audit_system import Numbers, Published, Said, keys_of, meaning, numbers_of, rolled_up, said_of
from reporting.protection.types import CountTable, Method, Nesting, ProtectedTable


@dataclass(frozen=True)
class Audit:
    """`published`: what would be shown of each of `tables`. The rest as for `disclosure.protect_together`."""

    tables: Sequence[CountTable]
    published: Sequence[Published]
    threshold: int
    until: float
    method: Method = Method.SUPPRESSION
    released: Sequence[ProtectedTable] = ()
    nestings: Sequence[Nesting] = ()
    known: Sequence[CountTable] = ()

    def faults(self) -> Iterator[str]:
        """Every reason why the tables must not leave; none when they may."""
        wrong = [fault for at in range(len(self.tables)) for fault in self._wrong_numbers(at)]
        yield from wrong
        if not wrong:
            try:
                yield from self._too_close()
            except NotProven as why:
                yield str(why)

    # Numbers by themselves ---------------------------------------------------------------------------------

    def _wrong_numbers(self, at: int) -> Iterator[str]:
        table, values = self.tables[at], self.published[at]
        if len(values) != prod(len(names) + 1 for names in table.categories):
            yield f"tables[{at}]: cells are missing or too many"
        expected = set(keys_of(table))
        for key in values:
            if key not in expected:
                yield f"tables[{at}]: {'/'.join(key)} is no cell of this table"
        for key, true in rolled_up(table).items():
            fault = self._wrong(values.get(key), true, key in table.sensitive)
            if fault:
                yield f"tables[{at}]: {'/'.join(key)} {fault}"

    def _wrong(self, value: int | None, true: int, sensitive: bool) -> str:
        if value is None:
            return "" if true else "is zero and hidden"
        if 0 < value < self.threshold or 0 < true < self.threshold:
            return "is small and published"
        if sensitive and true:
            return "is sensitive and published"
        least, most = meaning(value, self.threshold, self.method)
        return "" if least <= true <= most else "is not the true number"

    # What can be worked out --------------------------------------------------------------------------------

    def _too_close(self) -> Iterator[str]:
        for claim in self._claims():
            if not self._now.holds(claim) and not self._cannot_be_helped(claim):
                yield f"{_name(self._numbers.said[claim.at])} could be worked out too closely"

    def _cannot_be_helped(self, claim: Claim) -> bool:
        """Parts that are not zero make a whole at least their number; and where nothing else could be hidden, the
        one small number that is hidden keeps no company."""
        if not claim.up:
            return self._now.holds(Claim(claim.at, up=False, level=max(claim.level, self._bare.least(claim.at))))
        alone = Claim(claim.at, up=True, level=claim.level)
        return bool(claim.company) and self._now.holds(alone) and not self._everything.holds(claim)

    @cached_property
    def _numbers(self) -> Numbers:
        new = [
            (table, shown, self.threshold, self.method)
            for table, shown in zip(self.tables, self.published, strict=True)
        ]
        return numbers_of(
            [*new, *((one, one.values, one.threshold, one.method) for one in self.released)], self.nestings
        )

    @cached_property
    def _new(self) -> dict[int, int | None]:
        """The columns of the new tables, with what is published."""
        return {
            column: self.published[table][key]
            for (table, key), column in self._numbers.column.items() if table < len(self.tables)
        }  # fmt: skip

    @cached_property
    def _now(self) -> Prover:
        hidden = [column for column, value in self._new.items() if value is None]
        return Prover(self._numbers.rows, self._numbers.low, self._numbers.high, hidden, self.until)

    @cached_property
    def _everything(self) -> Prover:
        """What could be said if every new number that is not zero were hidden."""
        low, high = list(self._numbers.low), list(self._numbers.high)
        hidden = [column for column, value in self._new.items() if value != 0]
        for column in hidden:
            low[column], high[column] = 1, inf
        return Prover(self._numbers.rows, low, high, hidden, self.until)

    @cached_property
    def _bare(self) -> Prover:
        """If nothing were known but which numbers are zero."""
        numbers = self._numbers
        high = [0.0 if most == 0 else inf for most in numbers.high]
        low = [min(least, 1) for least in numbers.low]
        return Prover(numbers.rows, low, high, [], self.until)

    # What must stay open -----------------------------------------------------------------------------------

    def _claims(self) -> Iterator[Claim]:
        truth, before = self._truth(), self._hidden_before()
        new = {self._numbers.said[column] for column in self._new}
        for said, column in self._numbers.first.items():
            true, most = truth.get(said), max(before.get(said, 0), self.threshold if said in new else 0)
            if said not in new:
                if most and (true is None or true < most):
                    yield from self._as_open_as_before(said, column, most)
            elif true and true < most:
                yield Claim(column, up=False, level=1)
                yield Claim(column, up=True, level=most, company=self.threshold)
        for table in self.tables:
            for key, true in rolled_up(table).items():
                if key in table.sensitive and true >= self.threshold:
                    column = self._numbers.first[said_of(table, key)]
                    yield Claim(column, up=False, level=max(1, true - self.threshold))
                    yield Claim(column, up=True, level=true + self.threshold)

    def _truth(self) -> dict[Said, int]:
        return {
            said_of(table, key): count
            for table in (*self.tables, *self.known) for key, count in rolled_up(table).items()
        }  # fmt: skip

    def _hidden_before(self) -> dict[Said, int]:
        found: dict[Said, int] = {}
        for table in self.released:
            for key, value in table.values.items():
                if value is None:
                    said = said_of(table, key)
                    found[said] = max(found.get(said, 0), table.threshold)
        return found

    @cached_property
    def _before(self) -> tuple[Numbers, Prover]:
        """What released tables say by themselves."""
        numbers = numbers_of([(one, one.values, one.threshold, one.method) for one in self.released], self.nestings)
        return numbers, Prover(numbers.rows, numbers.low, numbers.high, [], self.until)

    def _as_open_as_before(self, said: Said, column: int, most: int) -> Iterator[Claim]:
        """A cell that is hidden since an earlier release, small or not: nobody knows. Where it could be both, it must
        be open still."""
        numbers, prover = self._before
        was = numbers.first[said]
        least = Claim(was, up=False, level=max(1, self._bare.least(column)))
        if prover.holds(least) and prover.holds(Claim(was, up=True, level=most)):
            yield Claim(column, up=False, level=1)
            yield Claim(column, up=True, level=most)


def _name(said: Said) -> str:
    return ", ".join(f"{name}={value}" for name, value in said) or "the total"
