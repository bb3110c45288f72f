"""What is kept when two people fill in one page at the same time. Pure."""

from __future__ import annotations

from collections.abc import Collection


def taken_in(*, kept: Collection[str], seen: Collection[str], sent: Collection[str]) -> set[str]:
    """Ticks to keep: those kept by now, with what this page added to what it showed, without what it took away."""
    added, removed = set(sent) - set(seen), set(seen) - set(sent)
    return (set(kept) | added) - removed
