"""The Celery application: tasks carry opaque ids only, and Valkey is never the record."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "psp.settings")

app = Celery("psp")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.setup_logging.connect
def keep_our_logging(**_kwargs: Any) -> None:
    """Django's settings have configured logging; Celery's own would print task arguments."""


@signals.task_prerun.connect
def begin(task_id: str, **_kwargs: Any) -> None:
    from psp.context_vars import actor_id, request_id
    from psp.crypto import keyring

    keyring.clear()
    actor_id.set(None)
    request_id.set(task_id)


@signals.task_postrun.connect
def finish(**_kwargs: Any) -> None:
    from psp.crypto import keyring

    keyring.clear()
