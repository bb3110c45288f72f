"""Roles and databases of an installation: who owns, who serves, and who holds the keys.

`psp_owner` makes and changes tables, `psp_app` serves and can do neither; the database of data keys has
an owner and a role of its own, and the first two cannot even connect to it. `deploy/init-db.sh` makes the
same on other servers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psycopg import Connection, sql

from psp.embedded.ports import LOOPBACK
from psp.embedded.postgres import Postgres

EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent", "citext")


@dataclass(frozen=True, slots=True)
class Pair:
    """The owner of a database and the role that serves from it; names of their passwords beside."""

    owner: str
    app: str
    owner_password: str
    app_password: str
    extensions: tuple[str, ...] = ()


def main_pair(secrets: dict[str, str]) -> Pair:
    return Pair("psp_owner", "psp_app", secrets["owner"], secrets["app"], EXTENSIONS)


def keys_pair(secrets: dict[str, str]) -> Pair:
    return Pair("psp_keys_owner", "psp_keys", secrets["keys_owner"], secrets["keys_app"])


def url(port: int, role: str, password: str, database: str) -> str:
    return f"postgresql://{role}:{password}@{LOOPBACK}:{port}/{database}"


def make(server: Postgres, name: str, pair: Pair, *, template: str = "template0") -> None:
    """Make the two roles and the database, as far as they are missing. Safe to repeat.

    With `template`, a database that nobody uses now, it begins as a copy of that one.
    """
    with server.connect() as connection:
        _make_role(connection, pair.owner, pair.owner_password)
        _make_role(connection, pair.app, pair.app_password)
        if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", name):
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(pair.owner), sql.Identifier(template)
                )
            )
        _close_to_others(connection, name, pair)
    with server.connect(name) as connection:
        _furnish(connection, pair)


def _exists(connection: Connection[Any], query: str, value: str) -> bool:
    return connection.execute(query.encode(), (value,)).fetchone() is not None


def _make_role(connection: Connection[Any], name: str, password: str) -> None:
    """A role that can sign in and nothing else; its password becomes the given one."""
    if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", name):
        connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(name)))
    connection.execute(
        sql.SQL("ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD {}").format(
            sql.Identifier(name), sql.Literal(password)
        )
    )


def _close_to_others(connection: Connection[Any], name: str, pair: Pair) -> None:
    """Only the two roles may connect, and nobody but the launcher to PostgreSQL's own databases."""
    for database in (name, "postgres", "template1"):
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
    connection.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), sql.Identifier(pair.app))
    )


def _furnish(connection: Connection[Any], pair: Pair) -> None:
    """Extensions, and the rights of the serving role on whatever the owner will make."""
    for extension in pair.extensions:
        connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
    owner, app = sql.Identifier(pair.owner), sql.Identifier(pair.app)
    for statement in (
        "ALTER SCHEMA public OWNER TO {owner}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE ON SCHEMA public TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
        " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}",
    ):
        connection.execute(sql.SQL(statement).format(owner=owner, app=app))


def drop(server: Postgres, name: str) -> None:
    """Remove a database with everything in it, whoever is connected."""
    with server.connect() as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
