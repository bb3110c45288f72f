"""What other parts add under a code: one by one, or a family whose members are themselves data. Free of Django."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


class Coded(Protocol):
    @property
    def code(self) -> str: ...


T = TypeVar("T", bound=Coded)


class Known(Generic[T]):
    """`what`: how one of them is called in an error."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._single: dict[str, T] = {}
        self._families: dict[str, Callable[[str], T]] = {}

    def add(self, one: T) -> None:
        """ValueError where another has the code already: two would be taken to say the same."""
        if self._single.setdefault(one.code, one) is not one:
            raise ValueError(f"{self.what} {one.code} is known already")

    def add_family(self, prefix: str, make: Callable[[str], T]) -> None:
        """Those whose code begins with `prefix`, as the answers to a question: `make` gets the code and raises KeyError
        for one that is not there."""
        self._families[prefix] = make

    def get(self, code: str) -> T:
        """KeyError where there is none."""
        if code in self._single:
            return self._single[code]
        make = next((make for prefix, make in self._families.items() if code.startswith(prefix)), None)
        if make is None:
            raise KeyError(code)
        return make(code)

    def single(self) -> tuple[T, ...]:
        """All that were added one by one."""
        return tuple(self._single.values())
