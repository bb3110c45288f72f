"""Who is acting, in which request: known to the audit and the logs without being passed around."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

if TYPE_CHECKING:
    from collections.abc import Iterator

actor_id: ContextVar[UUID | None] = ContextVar("actor_id", default=None)
request_id: ContextVar[str] = ContextVar("request_id", default="")


@contextmanager
def acting(user_id: UUID | None, *, request: str = "") -> Iterator[None]:
    """Do something as this account, e.g. in a task or command."""
    actor_token, request_token = actor_id.set(user_id), request_id.set(request or str(uuid4()))
    try:
        yield
    finally:
        actor_id.reset(actor_token)
        request_id.reset(request_token)
