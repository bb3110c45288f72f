"""The erasure ledger: which people's keys were destroyed, in a file outside every database.

A backup that is older than an erasure holds the person's rows and perhaps their key. After a restore the ledger says
whose to destroy again (`manage.py replay_erasures`). It names nobody: an account is a keyed digest, which only the
list of accounts in a backup, together with the key, can be matched against.

One line of JSON for each erasure, appended and forced to the disk before any key is destroyed. Each line's `digest`
covers the one before, so a line that was changed, moved or taken out of the middle shows.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from psp.crypto import cipher

GENESIS = "0" * 64


class LedgerBroken(Exception):
    """The file was altered, or it was written with another key. The message says which line."""


@dataclass(frozen=True, slots=True)
class Line:
    """`who`: keyed digests of the accounts. `by`: opaque ids of the two who decided, None where unknown."""

    number: int
    at: str
    erasure: str
    certificate: str
    cause: str
    who: tuple[str, ...]
    by: tuple[str | None, ...]
    digest: str

    def body(self) -> dict[str, Any]:
        return {
            "number": self.number, "at": self.at, "erasure": self.erasure, "certificate": self.certificate,
            "cause": self.cause, "who": list(self.who), "by": list(self.by),
        }  # fmt: skip


def _secret(use: str) -> bytes:
    return hmac.digest(cipher.decode_key(settings.PSP_AUDIT_KEY), f"erasure-ledger:{use}".encode(), hashlib.sha256)


def who_is(account: UUID) -> str:
    """What the ledger calls this account."""
    return hmac.new(_secret("who"), account.bytes, hashlib.sha256).hexdigest()


def _digest(previous: str, body: dict[str, Any]) -> str:
    text = json.dumps(body, separators=(",", ":"), sort_keys=True)
    return hmac.new(_secret("chain"), (previous + text).encode(), hashlib.sha256).hexdigest()


def path() -> Path:
    return Path(settings.PSP_ERASURE_LEDGER)


def lines() -> list[Line]:
    """Every line, checked. LedgerBroken if the chain does not hold; nothing where there is no file yet."""
    try:
        return _checked(path().read_bytes())
    except FileNotFoundError:
        return []


def check_whole(known: Iterable[Line], done: Iterable[UUID]) -> None:
    """LedgerBroken where the database knows of an erasure that the file does not: it is lost, or lost its end."""
    missing = {str(one) for one in done} - {line.erasure for line in known}
    if missing:
        raise LedgerBroken(f"The erasure ledger lacks {len(missing)} erasures that the database knows to be done.")


def _checked(content: bytes) -> list[Line]:
    found: list[Line] = []
    # What follows the last newline was never whole: whoever wrote it died before anything was destroyed.
    for number, raw in enumerate(content.split(b"\n")[:-1], start=1):
        try:
            line = _parsed(raw)
        except (ValueError, KeyError, TypeError) as error:
            raise LedgerBroken(f"Line {number} of the erasure ledger cannot be read.") from error
        previous = found[-1].digest if found else GENESIS
        if line.number != number or not hmac.compare_digest(line.digest, _digest(previous, line.body())):
            raise LedgerBroken(f"Line {number} of the erasure ledger does not follow from the one before.")
        found.append(line)
    return found


def _parsed(raw: bytes) -> Line:
    data = json.loads(raw)
    return Line(
        number=data["number"], at=data["at"], erasure=data["erasure"], certificate=data["certificate"],
        cause=data["cause"], who=tuple(data["who"]), by=tuple(data["by"]), digest=data["digest"],
    )  # fmt: skip


def append(
    *,
    at: str,
    erasure: UUID,
    certificate: str,
    cause: str,
    accounts: Iterable[UUID],
    by: Iterable[UUID | None],
    done: Iterable[UUID] = (),
) -> Line:
    """Write that these accounts are erased, on the disk when this returns. The same erasure twice is once.

    `done`: every erasure of before, which the file must know. OSError or LedgerBroken: then nothing may be destroyed.
    """
    with _opened() as file:
        content = file.read()
        known = _checked(content)
        check_whole(known, done)
        same = next((line for line in known if line.erasure == str(erasure)), None)
        if same is not None:
            return same
        unsigned = Line(
            number=len(known) + 1, at=at, erasure=str(erasure), certificate=certificate, cause=cause,
            who=tuple(sorted(who_is(account) for account in accounts)),
            by=tuple(str(one) if one else None for one in by), digest="",
        )  # fmt: skip
        digest = _digest(known[-1].digest if known else GENESIS, unsigned.body())
        whole = content.rfind(b"\n") + 1
        file.truncate(whole)
        file.seek(whole)
        file.write(json.dumps(unsigned.body() | {"digest": digest}, sort_keys=True).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    _sync_folder()
    return _parsed(json.dumps(unsigned.body() | {"digest": digest}).encode())


@contextmanager
def _opened() -> Iterator[Any]:
    """The file, made readable for its owner alone, while no other process writes it."""
    path().parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path(), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _sync_folder() -> None:
    """A new file's name is on the disk only once its folder is."""
    folder = os.open(path().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
