"""Everything on one machine: `python -m psp.embedded.run`, which is `make run`.

Order: servers, tables, demo data, then web, worker and beat. Ctrl-C, SIGTERM or SIGHUP ends every process
that was started here. Exit status: 0 after being asked to end, 1 if a process failed, 2 with one sentence if
the start is impossible.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import sys
import time
from contextlib import AbstractContextManager
from pathlib import Path

from psp.embedded import demo, env, lock, paths, programs, schema, servers
from psp.embedded.children import Children, end_leftovers
from psp.embedded.failures import ChildDiedError, StartError, full_disk, is_full_disk, log_end, says_full_disk
from psp.embedded.interruption import Interrupted, Interruption, Parent
from psp.embedded.messages import compile_catalogues
from psp.embedded.ports import LOOPBACK, answers, free_port, reserve
from psp.embedded.process import tie_to_parent
from psp.embedded.progress import complain, say, step

READY_SECONDS = 60
# A server that keeps dying is not worth starting a fourth time.
RESTARTS = 3


class Runner:
    """One start, from the first check to the last process ended."""

    def __init__(self, data: Path, interruption: Interruption) -> None:
        self.data = data
        self.interruption = interruption
        self.given = {name: value for name, value in os.environ.items() if value}
        self.children = Children(data, {})
        self.listener: socket.socket | None = None
        self.addresses: dict[str, str] = {}
        self.restarts = 0

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1]) if self.listener else 0

    def start(self) -> None:
        """From nothing to Ready. Raises StartError, ChildDiedError or Interrupted."""
        if left := end_leftovers(self.data):
            say(f"Ended {left} processes that an earlier start had left behind.")
        self.listener = reserve(self.given.get("PORT", "8000"))
        note_state(self.data, port=self.port)
        self.start_servers()
        self.children.environment = self.given | self.settings()
        compile_catalogues(paths.project_root())
        self.migrate()
        self.make_demo()
        self.start_processes()

    def start_servers(self) -> None:
        """Start the embedded servers, or check the given ones."""
        with self.server_step("PostgreSQL", "DATABASE_URL"), self.interruption.shield():
            self.addresses |= env.database_variables(self.data, self.given, tie=True)
        with self.server_step("Valkey", "REDIS_URL"), self.interruption.shield():
            self.addresses |= env.broker_variables(self.data, self.given, tie=True)

    def server_step(self, name: str, variable: str) -> AbstractContextManager[None]:
        return step(f"{'Checking the given' if variable in self.given else 'Starting'} {name}")

    def settings(self) -> dict[str, str]:
        """What the program reads, kept in PSP_DATA/env for later commands."""
        found = {"PORT": str(self.port), "CSRF_TRUSTED_ORIGINS": env.origins(self.port)}
        found |= env.private_settings(self.data, self.given) | env.given_settings(self.given)
        if demo.is_wanted(found) and "EMAIL_URL" not in found:
            found["EMAIL_URL"] = f"smtp://{LOOPBACK}:{free_port()}"
        found |= self.addresses | env.embedded_mark(self.given) | {"PSP_DATA": str(self.data)}
        env.write_env_file(self.data, found)
        return found | {"PYTHONUNBUFFERED": "1"}

    def command(self, what: str, name: str, *arguments: str) -> None:
        """Run one Python command to its end. Raises ChildDiedError, or StartError for a full disk."""
        log = self.children.log(name)
        since = log.stat().st_size if log.exists() else 0
        with step(what):
            status = self.children.run(name, [sys.executable, *arguments])
            if status != 0 and says_full_disk(log_end(log, since)):
                raise full_disk(self.data)
            if status != 0:
                raise ChildDiedError(f"{what} failed (exit status {status}); what it said is in {log}.")

    def migrate(self) -> None:
        if not schema.is_current(self.data, self.children.environment):
            self.command("Bringing the databases up to date", "migrate", "manage.py", "migrate", "--no-input")
            schema.remember(self.data, self.children.environment)

    def make_demo(self) -> None:
        environment = self.children.environment
        if demo.is_wanted(environment) and demo.is_missing(self.data, environment):
            with demo.unfinished(self.data):
                self.command("Making the demo data (first start only)", "seed", "manage.py", *demo.SEED)

    def start_processes(self) -> None:
        """Mail sink, web, worker and beat; wait until the web answers. Raises ChildDiedError."""
        with step("Starting web, worker and beat"):
            with self.interruption.shield():
                self.start_each()
            deadline = time.monotonic() + READY_SECONDS
            while not answers(self.port, "/readyz"):
                self.children.check()
                if time.monotonic() >= deadline:
                    log = self.children.log("web")
                    raise ChildDiedError(f"The web process does not get ready; what it said is in {log}.")
                time.sleep(0.05)

    def start_each(self) -> None:
        environment, listener = self.children.environment, self.listener
        if listener is None:
            return
        if "EMAIL_URL" not in self.given and "EMAIL_URL" in environment:
            self.children.start("mail", programs.mail_sink(environment["EMAIL_URL"], self.data))
        self.children.start("web", programs.web(listener.fileno()), pass_fds=[listener.fileno()])
        self.children.start("worker", programs.worker())
        self.children.start("beat", programs.beat(self.data))

    def announce(self) -> None:
        """The line that people and scripts wait for, then who may sign in."""
        say(f"Ready: http://{LOOPBACK}:{self.port}/")
        if demo.is_wanted(self.children.environment):
            log = self.children.log("accounts")
            since = log.stat().st_size if log.exists() else 0
            if self.children.run("accounts", [sys.executable, "manage.py", "demo_accounts"]) == 0:
                say(log_end(log, since).rstrip())
        say("Stop with Ctrl-C.")

    def watch(self) -> None:
        """Until something ends. A server that died is started again where it was."""
        while True:
            self.interruption.check()
            self.children.check()
            for name in servers.missing(self.data):
                self.revive(name)
            time.sleep(0.5)

    def revive(self, name: str) -> None:
        """Raises ChildDiedError when it will not stay, or can only come back at another address."""
        variable = {"PostgreSQL": "DATABASE_URL", "Valkey": "REDIS_URL"}[name]
        if variable in self.given:
            return
        self.restarts += 1
        log = self.children.log(name.lower())
        if self.restarts > RESTARTS:
            raise ChildDiedError(f"{name} keeps ending by itself; what it said is in {log}.")
        with step(f"{name} has ended by itself ({log}): starting it again"), self.interruption.shield():
            again = servers.ensure_servers(self.data, tie=True)
        if env.addresses(again)[variable] != self.addresses[variable]:
            raise ChildDiedError(f"{name} could not come back at its address; what it said is in {log}.")

    def stop(self) -> None:
        """End everything that this runner started."""
        self.interruption.ending(self.children.kill)
        with contextlib.suppress(OSError):  # a full disk must not keep anything running
            note_state(self.data, ending=True)
        with step("Stopping"):
            self.children.stop()
            servers.stop_servers(self.data)


def note_state(data: Path, **state: object) -> None:
    paths.write_json(data / "runner.json", state)


def claim(data: Path) -> int:
    """The right to be the one runner of this data directory, until the process ends. Raises StartError."""
    for seconds in (1, 20):
        try:
            return lock.acquire(data / "runner.lock", seconds)
        except lock.LockTimeoutError:
            state = paths.read_json(data / "runner.json")
            if not state.get("ending"):
                break
    where = f" at http://{LOOPBACK}:{state['port']}/" if state.get("port") else ""
    raise StartError(
        f"It already runs from {data}{where}: stop that one, or give this one a PSP_DATA and PORT of its own."
    )


def run(data: Path, interruption: Interruption) -> int:
    """Start, watch, stop; the exit status."""
    paths.prepare(data)
    claimed = claim(data)
    runner = Runner(data, interruption)
    try:
        runner.start()
        runner.announce()
        runner.watch()
    except Interrupted:
        return 0
    finally:
        runner.stop()
        os.close(claimed)
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Run the whole program on this machine.")
    parser.add_argument("--with-parent", action="store_true", help="end when the process that started this one does")
    with_parent = parser.parse_args().with_parent
    if with_parent:
        tie_to_parent(signal.SIGTERM)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        return run(paths.data_dir(), Interruption(Parent() if with_parent else None))
    except Interrupted:
        return 0
    except ChildDiedError as failure:
        complain(str(failure))
        return 1
    except StartError as refusal:
        complain(str(refusal))
        return 2
    except OSError as error:
        if not is_full_disk(error):
            raise
        complain(str(full_disk(paths.data_dir())))
        return 2


if __name__ == "__main__":
    sys.exit(main())
