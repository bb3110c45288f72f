"""Handing work to the background without depending on the broker.

The database is the record: whatever is queued here is also found by beat's sweep. If the broker is
away, the request goes on and the sweep does the work a minute later.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import transaction
from kombu.exceptions import OperationalError

from psp.logs import get_logger

log = get_logger(__name__)
Hint = tuple[Any, tuple[str, ...]]
# What was committed while this request runs; None outside of requests.
_waiting: ContextVar[list[Hint] | None] = ContextVar("waiting_hints", default=None)


def after_commit(task: Any, *ids: str) -> None:
    """Run `task(*ids)` soon after the current transaction commits. Only opaque ids may be passed.

    In a request the broker hears of it once the answer has left: nobody waits for the broker.
    """
    transaction.on_commit(lambda: _soon(task, ids))


def _soon(task: Any, ids: tuple[str, ...]) -> None:
    waiting = _waiting.get()
    if waiting is None:
        _publish(task, ids)
    else:
        waiting.append((task, ids))


def _publish(task: Any, ids: tuple[str, ...]) -> None:
    try:
        task.apply_async(args=ids, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("broker_away", task=task.name, error=type(error).__name__)


def begin(**_signal: Any) -> None:
    _waiting.set([])


def finish(**_signal: Any) -> None:
    """The answer has left: tell the broker what waits."""
    waiting = _waiting.get() or []
    _waiting.set(None)
    for task, ids in waiting:
        _publish(task, ids)


def subscribe() -> None:
    request_started.connect(begin, dispatch_uid="psp.queue.begin")
    request_finished.connect(finish, dispatch_uid="psp.queue.finish")
