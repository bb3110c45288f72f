"""Servers that the person named in the environment: checked before anything else, with a clear answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

import psycopg
import redis
from psycopg import errors, sql

from psp.embedded.databases import EXTENSIONS
from psp.embedded.failures import StartError

SCHEMES = frozenset({"postgres", "postgresql", "psql", "pgsql"})
# Django 5.2 works with this version and newer.
OLDEST_POSTGRESQL = 14
PASSED_ON = frozenset({"sslmode", "sslrootcert", "sslcert", "sslkey"})


@dataclass(frozen=True, slots=True)
class Target:
    """A database address and the environment variable that it came from."""

    variable: str
    url: str

    @property
    def parameters(self) -> dict[str, Any]:
        """For psycopg.connect. Raises StartError if this is no PostgreSQL address."""
        try:
            parts = urlsplit(self.url)
            port = parts.port or 5432
        except ValueError as error:
            raise self._no_address() from error
        name = unquote(parts.path.lstrip("/"))
        if parts.scheme not in SCHEMES or not name:
            raise self._no_address()
        options = {key: value for key, value in parse_qsl(parts.query) if key in PASSED_ON}
        return options | {
            "host": unquote(parts.hostname or ""), "port": port, "dbname": name,
            "user": unquote(parts.username or ""), "password": unquote(parts.password or ""),
        }  # fmt: skip

    def _no_address(self) -> StartError:
        return StartError(
            f"{self.variable} is not the address of a PostgreSQL database: "
            "it should look like postgresql://user:password@host:5432/name."
        )

    @property
    def place(self) -> str:
        return f"{self.parameters['host'] or 'this machine'}:{self.parameters['port']}"

    def named(self, variable: str, database: str) -> Target:
        """The same server and account, another database."""
        return Target(variable, urlunsplit(urlsplit(self.url)._replace(path=f"/{database}")))


def check_database(target: Target) -> None:
    """Raises StartError with one sentence unless the database can be used."""
    with _connect(target) as connection:
        version = connection.info.server_version // 10_000
    if version < OLDEST_POSTGRESQL:
        raise StartError(
            f"The server at {target.place}, which {target.variable} names, is PostgreSQL {version}; "
            f"version {OLDEST_POSTGRESQL} or newer is needed."
        )


def _connect(target: Target) -> psycopg.Connection[Any]:
    try:
        return psycopg.connect(**target.parameters, connect_timeout=5, autocommit=True)
    except psycopg.OperationalError as error:
        raise _explained(target, str(error)) from error


def _explained(target: Target, said: str) -> StartError:
    database = target.parameters["dbname"]
    if "password authentication failed" in said or "no password supplied" in said:
        what = f"The PostgreSQL server at {target.place} refuses the account or password in {target.variable}"
        return StartError(f"{what}: correct {target.variable}.")
    if _database_is_missing(said):
        return StartError(f"The database {database}, which {target.variable} names, does not exist at {target.place}.")
    reason = (
        re.sub(r"\s+", " ", said.strip().splitlines()[-1]).rpartition("failed: ")[2] if said.strip() else "no reason"
    )
    return StartError(
        f"No PostgreSQL server can be used at {target.place}, which {target.variable} names ({reason.rstrip('.')}): "
        f"start it, correct {target.variable}, or leave it unset to use the embedded server."
    )


def _last_line(said: str) -> str:
    return re.sub(r"\s+", " ", said.strip().splitlines()[-1]) if said.strip() else "it gave no reason"


def _database_is_missing(said: str) -> bool:
    return re.search(r'database ".*" does not exist', said) is not None


def database_urls(given: Mapping[str, str]) -> dict[str, str]:
    """The four database addresses, from DATABASE_URL and whichever of the others are set; all checked."""
    app = Target("DATABASE_URL", given["DATABASE_URL"])
    owner = _given(given, "DATABASE_OWNER_URL") or app
    check_database(app)
    if owner != app:
        check_database(owner)
    keys = _given(given, "KEYS_DATABASE_URL") or _default_keys(app, owner)
    keys_owner = _given(given, "KEYS_DATABASE_OWNER_URL") or keys
    for target in {keys, keys_owner}:
        check_database(target)
    _ensure_extensions(owner)
    return {
        "DATABASE_URL": app.url, "DATABASE_OWNER_URL": owner.url,
        "KEYS_DATABASE_URL": keys.url, "KEYS_DATABASE_OWNER_URL": keys_owner.url,
    }  # fmt: skip


def _given(given: Mapping[str, str], variable: str) -> Target | None:
    url = given.get(variable, "")
    return Target(variable, url) if url else None


def _default_keys(app: Target, owner: Target) -> Target:
    """`<name>_keys` on the same server, made now if it is missing. Raises StartError if that is not allowed."""
    name = f"{app.parameters['dbname']}_keys"
    keys = app.named("KEYS_DATABASE_URL", name)
    with _connect(owner) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
            try:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            except errors.InsufficientPrivilege as error:
                raise StartError(
                    f"KEYS_DATABASE_URL is not set, and the account in {owner.variable} may not create the database "
                    f"{name} at {owner.place}: create it, or set KEYS_DATABASE_URL to one for the keys."
                ) from error
    return keys


def _ensure_extensions(owner: Target) -> None:
    """Add the extensions that are missing. Raises StartError naming the one that cannot be added."""
    with _connect(owner) as connection:
        for name in EXTENSIONS:
            try:
                connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))
            except psycopg.Error as error:
                raise StartError(
                    f"The database that {owner.variable} names lacks the PostgreSQL extension {name}, which could not "
                    f"be added ({_last_line(str(error.diag.message_primary or error))}): add it as a superuser."
                ) from error


def check_redis(url: str) -> None:
    """Raises StartError with one sentence unless a Redis or Valkey server answers."""
    try:
        client = redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)
        client.ping()
        client.close()
    except ValueError as error:
        raise StartError(
            "REDIS_URL is not the address of a Redis or Valkey server: it should look like redis://:password@host:6379/0."
        ) from error
    except redis.AuthenticationError as error:
        raise StartError("The server that REDIS_URL names refuses the password: correct REDIS_URL.") from error
    except redis.RedisError as error:
        parts = urlsplit(url)
        raise StartError(
            f"No Redis or Valkey server can be used at {parts.hostname}:{parts.port or 6379}, which REDIS_URL names "
            f"({_reason(error)}): start it, correct REDIS_URL, or leave it unset to use the embedded server."
        ) from error


def _reason(error: Exception) -> str:
    return _last_line(str(error)).rstrip(".")[:120]
