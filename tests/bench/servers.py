"""What the benches run against: servers of their own, seeded data, the site and the floor side by side."""

from __future__ import annotations

import base64
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = Path(os.environ.get("PSP_DATA", ROOT / ".local"))
PEOPLE = {"small": 10_000, "full": 100_000}


def key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def prepare(people: int) -> float:
    """Fresh databases in the environment, migrated and seeded; seconds that the seeding took."""
    from psp.embedded.servers import create_databases, ensure_servers

    made = create_databases(ensure_servers(DATA / "bench"), "bench")
    os.environ.update(
        DATABASE_URL=made.database_url, DATABASE_OWNER_URL=made.database_owner_url,
        KEYS_DATABASE_URL=made.keys_database_url,
        KEYS_DATABASE_OWNER_URL=made.keys_database_owner_url, REDIS_URL=made.redis_url, SECRET_KEY=key() + key(),
        PSP_MASTER_KEYS=f"bench:{key()}", PSP_INDEX_KEY=key(), PSP_AUDIT_KEY=key(), PSP_HTTPS="0", PSP_DEMO="1",
        PSP_DATA=str(DATA / "bench"), ALLOWED_HOSTS="127.0.0.1", EMAIL_URL="smtp://127.0.0.1:1", LOG_LEVEL="WARNING",
        DJANGO_SETTINGS_MODULE="psp.settings", PSP_APPLICATIONS_PER_HOUR="1000000", PSP_FEED_FETCHES_PER_HOUR="1000000",
    )  # fmt: skip
    manage("migrate", "--verbosity", "0")
    with psycopg.connect(made.database_owner_url, autocommit=True) as owner:
        owner.execute("CREATE TABLE bench_floor (id uuid PRIMARY KEY, text text NOT NULL)")
        owner.execute("GRANT SELECT, INSERT ON bench_floor TO psp_app")
    begun = time.perf_counter()
    manage("seed_demo", "--participants", str(people), "--seed", "1")
    seconds = time.perf_counter() - begun
    with psycopg.connect(made.database_owner_url, autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")
    return seconds


def manage(*arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, check=True)


@contextmanager
def serving(application: str, *more: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """gunicorn with one worker process, until the block ends: its port and its parent process."""
    port = free_port()
    command = [str(Path(sys.executable).parent / "gunicorn"), application, "--bind", f"127.0.0.1:{port}",
               "--worker-class", "gthread", "--threads", "2", "--keep-alive", "60", *more]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for_port(port)
        yield port, process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


@contextmanager
def working() -> Iterator[subprocess.Popen[bytes]]:
    """A Celery worker as `make run` starts it."""
    command = [
        str(Path(sys.executable).parent / "celery"),
        "-A",
        "psp",
        "worker",
        "--pool",
        "threads",
        "--concurrency",
        "4",
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(8)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def wait_for_port(port: int, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"Nothing answers on port {port}.")


def resident_mb(parent: int) -> float:
    """Resident memory of the largest process among `parent` and its children, in MB."""
    found = [parent]
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(status.parent.name))
    return max(_rss(process) for process in found)


def _rss(process: int) -> float:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0
