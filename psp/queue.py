"""Handing work to the background without depending on the broker.

The database is the record: whatever is queued here is also found by beat's sweep. If the broker is
away, the request goes on and the sweep does the work a minute later.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from kombu.exceptions import OperationalError

from psp.logs import get_logger

log = get_logger(__name__)


def after_commit(task: Any, *ids: str) -> None:
    """Run `task(*ids)` soon after the current transaction commits. Only opaque ids may be passed."""
    transaction.on_commit(lambda: _publish(task, ids))


def _publish(task: Any, ids: tuple[str, ...]) -> None:
    try:
        task.apply_async(args=ids, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("broker_away", task=task.name, error=type(error).__name__)
