"""The passwords and keys of a local installation: made once, at random, readable by nobody else."""

from __future__ import annotations

import base64
import secrets
from pathlib import Path

from psp.embedded import paths

PASSWORDS = ("launcher", "owner", "app", "keys_owner", "keys_app", "valkey")
KEYS = ("index_key", "audit_key")


def load(data: Path) -> dict[str, str]:
    """Every secret by name, from PSP_DATA/secrets.json; those still missing are made."""
    path = data / "secrets.json"
    found: dict[str, str] = paths.read_json(path)
    missing = {name: value for name, value in _fresh().items() if name not in found}
    if missing:
        found = {**found, **missing}
        paths.write_json(path, found)
    return found


def _fresh() -> dict[str, str]:
    passwords = {name: secrets.token_urlsafe(24) for name in PASSWORDS}
    return passwords | {name: random_key() for name in KEYS} | {"secret_key": secrets.token_urlsafe(60)}


def random_key() -> str:
    """32 random bytes in base64."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def master_keys_file(data: Path) -> Path:
    """PSP_DATA/master-keys, lines of `id:base64`, the first one current; made if there is none."""
    path = data / "master-keys"
    if not path.exists():
        paths.write_private(path, f"k1:{random_key()}\n")
    return path
