"""Loopback ports."""

from __future__ import annotations

import errno
import socket
from http.client import HTTPConnection, HTTPException

from psp.embedded.failures import StartError

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A port that nobody listens on now. Someone may take it before it is used: be ready to ask again."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def still_free(port: int) -> int:
    """This port if it is one and nobody listens on it, else another free one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return free_port()
    return port or free_port()


def reserve(wanted: str) -> socket.socket:
    """A socket bound to this port of the loopback (0: any), for the web to listen on. Raises StartError."""
    if not wanted.isdecimal() or int(wanted) > 65535:
        raise StartError(f"PORT must be a number from 1 to 65535, not {wanted!r}.")
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, int(wanted)))
        # Two that only bind would both succeed; listening settles who has it.
        listener.listen()
    except OSError as error:
        listener.close()
        raise _refused(int(wanted), error) from error
    return listener


def _refused(port: int, error: OSError) -> StartError:
    if error.errno == errno.EADDRINUSE:
        return StartError(
            f"Port {port} is in use by another program: stop that one, or choose another, e.g. PORT=8001 make run."
        )
    return StartError(f"Port {port} cannot be used ({error.strerror}): choose another, e.g. PORT=8001 make run.")


def answers(port: int, path: str) -> bool:
    """Whether a web server there answers this path, and not with a fault of its own."""
    connection = HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
