"""Who gets a place in an open group at once, who waits, and until when an offer is kept. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

# An offer that nobody can read in time is none.
LEAST_TIME = timedelta(hours=6)


def free_places(most: int, members: int, offered: int) -> int:
    """How many more people can be given or offered a place. An offer keeps its place until it is answered."""
    return max(0, most - members - offered)


def answer_by(now: datetime, days: int, starts: Iterable[datetime]) -> datetime | None:
    """Until when an offered place is kept: so many days, but not past the next session that can still be made.

    None where every session is over or too near: then nothing is offered any more.
    """
    coming = [start for start in sorted(starts) if start - now >= LEAST_TIME]
    return min(now + timedelta(days=days), coming[0]) if coming else None
