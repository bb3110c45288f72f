"""A Celery application like the program's own, with one more task: it does nothing. The ceiling for sending."""

from __future__ import annotations

from psp.celery import app


@app.task(acks_late=True, ignore_result=True)  # type: ignore[untyped-decorator]
def nothing(_message_id: str) -> None:
    """An id comes in, as with a message."""
