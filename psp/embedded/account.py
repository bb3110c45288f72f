"""Whom the servers run as. PostgreSQL refuses to run as root, so root lends them another account."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from psp.embedded.failures import StartError

# One of its own if the machine has it, else the least that every system knows.
CANDIDATES = ("psp", "nobody", "postgres", "daemon")


@dataclass(frozen=True, slots=True)
class Account:
    """A system account without privileges."""

    name: str
    uid: int
    gid: int


def server_account(existing: Path | None = None) -> Account | None:
    """None: ourselves. For root: the owner of `existing` server files, else the first candidate there is."""
    if os.geteuid() != 0:
        _require_a_name(os.geteuid())
        return None
    if existing is not None and existing.exists() and existing.stat().st_uid != 0:
        return _from_entry(pwd.getpwuid(existing.stat().st_uid))
    for name in CANDIDATES:
        try:
            return _from_entry(pwd.getpwnam(name))
        except KeyError:
            continue
    raise StartError(f"PostgreSQL cannot run as root and this system has none of the accounts {', '.join(CANDIDATES)}.")


def _require_a_name(uid: int) -> None:
    try:
        pwd.getpwuid(uid)
    except KeyError as error:
        raise StartError(
            f"PostgreSQL runs only as an account that has a name, and number {uid} has none in /etc/passwd: "
            "use another account, or name a server in DATABASE_URL."
        ) from error


def _from_entry(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def works(argv: Sequence[str], account: Account | None) -> bool:
    """Whether this account can run the command: asked by running it, as permissions have many sources."""
    who = {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": ()}
    try:
        done = subprocess.run(  # type: ignore[call-overload]
            argv, check=False, capture_output=True, timeout=30, cwd="/", env={"LC_ALL": "C"}, **who
        )
    except OSError:
        return False
    return bool(done.returncode == 0)
