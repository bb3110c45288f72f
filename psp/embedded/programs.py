"""The command lines of the program's own processes."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import urlsplit

CELERY = (sys.executable, "-m", "celery", "-A", "psp")


def web(listener: int) -> list[str]:
    """Gunicorn on a socket that is already bound. Loaded before forking: the workers share memory."""
    return [
        sys.executable, "-m", "gunicorn", "psp.wsgi", f"--bind=fd://{listener}", "--worker-class=gthread",
        "--workers=2", "--threads=4", "--preload", "--timeout=60", "--graceful-timeout=5", "--no-control-socket",
    ]  # fmt: skip


def worker() -> list[str]:
    """One process with four threads: tasks wait for the database and for mail, not for the processor."""
    return [
        *CELERY, "worker", "--pool=threads", "--concurrency=4", "--hostname=psp@localhost",
        "--without-gossip", "--without-mingle",
    ]  # fmt: skip


def beat(data: Path) -> list[str]:
    return [*CELERY, "beat", f"--schedule={data / 'run' / 'beat-schedule'}", "--pidfile="]


def mail_sink(email_url: str, data: Path) -> list[str]:
    return [
        sys.executable, "-m", "psp.embedded.mailsink",
        f"--port={urlsplit(email_url).port}", f"--folder={data / 'mail'}",
    ]  # fmt: skip
