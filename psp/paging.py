"""Pages of a list that may be long: what is counted stays bounded, so that a page costs the same at any size."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.functional import cached_property

# Nobody pages this far; who looks for somebody narrows the list or searches.
MOST = 1000


class FirstPages(Paginator):  # type: ignore[type-arg]
    """The first `MOST` rows of a queryset in pages. `more`: whether there are others behind them."""

    @cached_property
    def _seen(self) -> int:
        rows: Any = self.object_list
        return int(rows.select_related(None).order_by()[: MOST + 1].count())

    @property
    def count(self) -> int:
        return min(self._seen, MOST)

    @property
    def more(self) -> bool:
        return self._seen > MOST


def first_pages(rows: Any, number: str | None, size: int, *, read: Callable[[Any], Iterable[Any]] = list) -> Page:  # type: ignore[type-arg]
    """The page of this number; the nearest one where there is no such page. `read` loads its rows."""
    page = FirstPages(rows, size).get_page(number)
    page.object_list = list(read(page.object_list))
    return page
