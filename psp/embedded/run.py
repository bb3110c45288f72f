"""Everything on one machine: `python -m psp.embedded.run`, which is `make run`.

Order: servers, tables, demo data, then web, worker and beat. Ctrl-C or SIGTERM ends every process that was
started here. Exit status: 0 after being asked to end, 1 if a process failed, 2 with one sentence if the
start is impossible.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from psp.embedded import demo, env, lock, paths, servers
from psp.embedded.children import Children, end_leftovers
from psp.embedded.failures import FULL_DISK_WORDS, ChildDied, Refusal, full_disk, is_full_disk
from psp.embedded.interruption import Interrupted, Interruption
from psp.embedded.messages import compile_catalogues
from psp.embedded.ports import LOOPBACK, free_port
from psp.embedded.process import tie_to_parent
from psp.embedded.progress import complain, say, step

OLDEST_PYTHON = (3, 11)
READY_SECONDS = 60
# A server that keeps dying is not worth starting a fourth time.
RESTARTS = 3


class Runner:
    """One start, from the first check to the last process ended."""

    def __init__(self, data: Path, interruption: Interruption) -> None:
        self.data = data
        self.interruption = interruption
        self.given = dict(os.environ)
        self.children = Children(data, {})
        self.listener: socket.socket | None = None
        self.port = 0
        self.restarts = 0

    def start(self) -> None:
        """From nothing to Ready. Raises Refusal, ChildDied or Interrupted."""
        if left := end_leftovers(self.data):
            say(f"Ended {left} processes that an earlier start had left behind.")
        self.listener = reserve_port(self.given.get("PORT") or "8000")
        self.port = int(self.listener.getsockname()[1])
        self.children.environment = self.prepare_environment()
        compile_catalogues(paths.project_root())
        self.command("Bringing the databases up to date", "migrate", "-m", "psp.embedded.migrate")
        if demo.is_wanted(self.children.environment) and demo.is_missing(self.data, self.children.environment):
            self.make_demo()
        self.start_processes()
        self.announce()

    def prepare_environment(self) -> dict[str, str]:
        """Start or check the servers, and collect what the program must know about them."""
        found = {**self.given, "PORT": str(self.port), "PYTHONUNBUFFERED": "1"}
        with self.server_step("PostgreSQL", "DATABASE_URL"), self.interruption.shield():
            found |= env.database_variables(self.data, self.given, tie=True)
        with self.server_step("Valkey", "REDIS_URL"), self.interruption.shield():
            found |= env.broker_variables(self.data, self.given, tie=True)
        found |= env.private_settings(self.data, self.given) | env.embedded_mark(self.given)
        if demo.is_wanted(found) and not self.given.get("EMAIL_URL"):
            found["EMAIL_URL"] = f"smtp://{LOOPBACK}:{free_port()}"
        found.setdefault("CSRF_TRUSTED_ORIGINS", f"http://127.0.0.1:{self.port},http://localhost:{self.port}")
        known = {name: value for name, value in found.items() if self.given.get(name) != value or name in env.NAMES}
        env.write_env_file(self.data, known)
        return found

    def server_step(self, name: str, variable: str) -> AbstractContextManager[None]:
        return step(f"{'Checking the given' if self.given.get(variable) else 'Starting'} {name}")

    def command(self, what: str, name: str, *arguments: str) -> None:
        """Run one Python command to its end. Raises ChildDied, or Refusal for a full disk."""
        log = self.children.log(name)
        since = log.stat().st_size if log.exists() else 0
        with step(what):
            status = self.children.run(name, [sys.executable, *arguments])
            if status != 0:
                raise self.explain(what, status, log, since)

    def explain(self, what: str, status: int, log: Path, since: int) -> Exception:
        with log.open("rb") as file:
            file.seek(since)
            said = file.read().decode("utf-8", errors="replace")
        if any(words in said for words in FULL_DISK_WORDS):
            return full_disk(self.data)
        return ChildDied(f"{what} failed (exit status {status}); what it said is in {log}.")

    def make_demo(self) -> None:
        with demo.unfinished(self.data):
            self.command("Making demo data (first start only)", "seed", "manage.py", *demo.SEED)

    def start_processes(self) -> None:
        """Mail sink, web, worker and beat; wait until the web answers."""
        mail = self.children.environment.get("EMAIL_URL", "")
        with step("Starting web, worker and beat"):
            with self.interruption.shield():
                if not self.given.get("EMAIL_URL") and mail:
                    self.children.start("mail", mail_sink(mail, self.data))
                self.start_web()
                self.children.start("worker", WORKER)
                self.children.start("beat", [*BEAT, f"--schedule={self.data / 'run' / 'beat-schedule'}"])
            self.wait_until_ready()
