"""Whether the databases are up to date, without starting Django (which takes longer than the answer).

After each successful `migrate` the state of the source and of both databases is noted. While neither has
changed there is nothing to do; any doubt means migrating, which is always safe.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg

from psp.embedded import paths
from psp.embedded.external import Target

OWNERS = ("DATABASE_OWNER_URL", "KEYS_DATABASE_OWNER_URL")
NOT_SOURCE = frozenset({"tests", "static", "templates", "docs", "locale", "deploy", "node_modules"})


def is_current(data: Path, environment: Mapping[str, str]) -> bool:
    """Whether nothing has changed since the last successful migration of these databases."""
    noted = paths.read_json(_note(data)).get("state")
    return noted is not None and noted == _state(environment)


def remember(data: Path, environment: Mapping[str, str]) -> None:
    """Note that the databases are up to date now."""
    paths.write_json(_note(data), {"state": _state(environment)})


def _note(data: Path) -> Path:
    return data / "schema.json"


def _state(environment: Mapping[str, str]) -> list[Any] | None:
    """The source's fingerprint and each database's migrations; None if a database has none."""
    applied = [_applied(Target(name, environment[name])) for name in OWNERS]
    return [_fingerprint(paths.project_root()), *applied] if all(applied) else None


def _applied(target: Target) -> list[Any] | None:
    """Address without password, number and newest of the migrations that were applied."""
    where = target.parameters
    try:
        with psycopg.connect(**where, connect_timeout=5) as connection:
            row = connection.execute(
                "SELECT oid::bigint FROM pg_database WHERE datname = current_database()"
            ).fetchone()
            applied = connection.execute(
                "SELECT count(*), max(id), max(applied)::text FROM django_migrations"
            ).fetchone()
    except psycopg.Error:
        return None
    return [where["host"], where["port"], where["dbname"], *(row or ()), *(applied or ())]


def _fingerprint(root: Path) -> str:
    digest = hashlib.sha256((root / "requirements" / "runtime.txt").read_bytes())
    for path in sorted(_sources(root)):
        status = path.stat()
        digest.update(f"{path.relative_to(root)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _sources(root: Path) -> Iterator[Path]:
    folders = [path for path in root.iterdir() if path.is_dir() and path.name not in NOT_SOURCE]
    for folder in folders:
        if not folder.name.startswith("."):
            yield from (path for path in folder.rglob("*") if path.suffix in {".py", ".json"})
