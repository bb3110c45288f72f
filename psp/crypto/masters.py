"""The master keys: from the environment, or from a file that a rotation may change under way."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from psp.crypto import cipher


def parse(lines: Iterable[str]) -> dict[str, bytes]:
    """`id:base64` entries in order; the first is the current one. Raises ImproperlyConfigured."""
    keys: dict[str, bytes] = {}
    for line in filter(None, (line.strip() for line in lines)):
        name, _, text = line.partition(":")
        try:
            keys[name] = cipher.decode_key(text)
        except ValueError as error:
            raise ImproperlyConfigured(f"Master key {name[:12]!r}: {error}") from error
    if not keys:
        raise ImproperlyConfigured("No master key: set PSP_MASTER_KEYS or PSP_MASTER_KEYS_FILE.")
    return keys


@cache
def _from_file(path: str, _changed_ns: int) -> dict[str, bytes]:
    return parse(Path(path).read_text(encoding="utf-8").splitlines())


def all_keys() -> dict[str, bytes]:
    """Every master key by id, the current one first. A changed file is read again at once."""
    path = settings.PSP_MASTER_KEYS_FILE
    if path:
        return _from_file(path, Path(path).stat().st_mtime_ns)
    return parse(settings.PSP_MASTER_KEYS.split(","))


def current() -> tuple[str, bytes]:
    """Id and bytes of the key that new data keys are wrapped with."""
    return next(iter(all_keys().items()))


def write_file(keys: dict[str, bytes]) -> None:
    """Replace the key file in one step, readable by its owner only."""
    import base64

    path = Path(settings.PSP_MASTER_KEYS_FILE)
    text = "".join(f"{name}:{base64.b64encode(key).decode()}\n" for name, key in keys.items())
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def new_id() -> str:
    """A short name for a new master key."""
    return "k" + secrets.token_hex(4)
