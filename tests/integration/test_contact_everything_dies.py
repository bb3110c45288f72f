"""PostgreSQL, worker, beat and Valkey killed around the answer of a mail server: real processes, servers of their own.

Each message arrives once, or is in doubt and shown to staff; none is lost ([security] 38, 39).
"""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from psp.embedded import paths, postgres, programs
from psp.embedded.home import find_home
from psp.embedded.servers import Servers, create_databases, ensure_servers, stop_servers
from tests.smtp import HANG, HOST, Server, Sink

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = 9
MAKE = """
import django; django.setup()
from datetime import timedelta
from django.utils import timezone
from contact.services import queue_message, set_safe_contact
from tests.factories import a_participant
person = a_participant(consents=("taking_part", "contact_email")).user
set_safe_contact(person=person, by=person, email_safe=True)
for number in range({messages}):
    queue_message(person=person, template="check_details", key=f"dies|{{number}}", context={{}},
                  due_at=timezone.now() - timedelta(minutes=1) + timedelta(seconds=number))
"""


class House:
    """The program's own processes on servers that nobody else uses."""

    def __init__(self, data: Path, mail_port: int) -> None:
        self.data, self.running = data, list[subprocess.Popen[bytes]]()
        self.addresses = create_databases(ensure_servers(data), "dies")
        self.environment = {**os.environ, **self._settings(self.addresses, mail_port)}
        (data / "run").mkdir(exist_ok=True)

    def _settings(self, made: Servers, mail_port: int) -> dict[str, str]:
        def key() -> str:
            return base64.b64encode(secrets.token_bytes(32)).decode()

        return {
            "DATABASE_URL": made.database_url, "DATABASE_OWNER_URL": made.database_owner_url,
            "KEYS_DATABASE_URL": made.keys_database_url, "KEYS_DATABASE_OWNER_URL": made.keys_database_owner_url,
            "REDIS_URL": made.redis_url, "PSP_MASTER_KEYS": f"test:{key()}", "PSP_INDEX_KEY": key(),
            "PSP_AUDIT_KEY": key(), "SECRET_KEY": key() * 2, "PSP_DATA": str(self.data), "PSP_SWEEP_SECONDS": "1",
            "EMAIL_URL": f"smtp://{HOST}:{mail_port}",
        }  # fmt: skip

    def run(self, *command: str) -> None:
        subprocess.run([sys.executable, *command], cwd=ROOT, env=self.environment, check=True, timeout=300)

    def start(self, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.data / "run" / "log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.running.append(process)
        return process

    def beat(self, name: str) -> subprocess.Popen[bytes]:
        return self.start([*programs.beat(self.data)[:-2], f"--schedule={self.data / 'run' / name}", "--pidfile="])

    def kill_postgres(self) -> None:
        home = find_home(self.data)
        server = postgres.running(home) if home else None
        assert server is not None
        os.kill(server.pid, signal.SIGKILL)

    def kill_valkey(self) -> None:
        os.kill(int(paths.read_json(self.data / "servers.json")["valkey_process"][0]), signal.SIGKILL)

    def start_servers(self) -> None:
        """At the addresses that they had; the broker has forgotten everything."""
        again = ensure_servers(self.data)
        assert again.redis_url == self.addresses.redis_url

    def states(self) -> list[str]:
        with psycopg.connect(self.addresses.database_url) as reader:
            rows = reader.execute("SELECT state FROM contact_outboxmessage ORDER BY due_at").fetchall()
        return [str(row[0]) for row in rows]

    def end(self) -> None:
        for process in self.running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(60)
        stop_servers(self.data)


@pytest.fixture
def sink() -> Iterator[Sink]:
    made = Sink()
    server = Server(made)
    server.start()
    yield made
    server.stop()


@pytest.fixture
def house(tmp_path: Path, sink: Sink) -> Iterator[House]:
    made = House(tmp_path, sink.port)
    try:
        made.run("manage.py", "migrate", "--verbosity", "0")
        made.run("-c", MAKE.format(messages=MESSAGES))
        yield made
    finally:
        made.end()


def until(happens: Callable[[], bool], what: str, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if happens():
            return
        time.sleep(0.1)
    raise AssertionError(f"it never happened: {what}")


def kill(*processes: subprocess.Popen[bytes]) -> None:
    for process in processes:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(60)


def test_property_38_everything_dies_around_the_250_and_each_message_arrives_once_or_is_in_doubt(house, sink):
    sink.script = ["250 OK", HANG]
    worker, first_beat = house.start(programs.worker()), house.beat("one")
    house.beat("two")
    until(lambda: len(sink.mails) == 2, "the second message is in the server's hands")

    # The database dies before the 250, and is back before the sender needs it.
    house.kill_postgres()
    house.start_servers()
    held, sink.release = sink.release, threading.Event()
    sink.script = ["250 OK", HANG]
    held.set()
    until(lambda: len(sink.mails) == 4, "the fourth message is in the server's hands")

    # Worker, one beat and the broker die before the next 250; the broker comes back empty.
    kill(worker, first_beat)
    house.kill_valkey()
    house.start_servers()
    sink.release.set()
    house.start(programs.worker())
    until(lambda: not {"waiting", "sending"} & set(house.states()), "everything is over")

    ids = [str(mail.message["Message-ID"]) for mail in sink.mails]
    assert len(ids) == len(set(ids)) == MESSAGES
    assert house.states() == ["sent"] * 3 + ["unknown"] + ["sent"] * 5
