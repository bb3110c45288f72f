"""What a provider of meetings by video can do, and which one the program uses. A link that is typed needs none."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Protocol

from django.conf import settings

from sessions.graph import Graph, Made
from sessions.ics import TITLES

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)


class Provider(Protocol):
    """Everything may raise `sessions.graph.ProviderError`, and everything may be asked twice."""

    def create_or_get(self, external_id: str, *, subject: str, starts_at: datetime, ends_at: datetime) -> Made: ...

    def move(self, meeting: str, *, starts_at: datetime, ends_at: datetime) -> None: ...

    def remove(self, meeting: str) -> None: ...


def provider() -> Provider | None:
    """None where links are typed."""
    if settings.PSP_VIDEO != "teams":
        return None
    return _graph(
        settings.GRAPH_URL, settings.GRAPH_SIGN_IN_URL, settings.GRAPH_TENANT, settings.GRAPH_CLIENT,
        settings.GRAPH_SECRET, settings.GRAPH_ORGANIZER, settings.GRAPH_TIMEOUT,
    )  # fmt: skip


@cache
def _graph(*known: str | float) -> Graph:
    """One for each process, which keeps its token."""
    return Graph(*known)  # type: ignore[arg-type]


def subject(language: str) -> str:
    """As neutral as a calendar's title: it stands in the provider's pages and in everybody's browser."""
    return TITLES[language]


def pause_after(attempts: int, asked: float | None = None) -> timedelta:
    """How long to wait after so many tries in vain; never shorter than the provider asks."""
    own: timedelta = min(FIRST_PAUSE * 2 ** min(attempts - 1, 10), LONGEST_PAUSE)
    return max(own, timedelta(seconds=min(asked or 0, 24 * 3600)))
