"""The servers of a data directory, for the runner and for the tests.

    servers = ensure_servers(data)               # running, whoever started them
    fresh = create_databases(servers, "one")     # a pair of empty databases on them
    stop_servers(data)

Any number of processes may ask at once: a file lock makes it one server of each kind.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from psp.embedded import databases, paths, postgres, secretfile, valkey
from psp.embedded.failures import StartError, full_disk, is_full_disk
from psp.embedded.home import Home, find_home, make_home, remove_home
from psp.embedded.lock import hold_shared, locked, try_exclusive
from psp.embedded.process import Process, is_alive

MAIN, KEYS = "psp", "psp_keys"
# Counts up when databases.make() changes, so that older installations get the change too.
DATABASES_VERSION = 1


@dataclass(frozen=True, slots=True)
class Servers:
    """Addresses of the running servers, passwords included. `data` is their data directory."""

    data: Path
    database_url: str
    database_owner_url: str
    keys_database_url: str
    keys_database_owner_url: str
    redis_url: str


def ensure_servers(data_dir: Path, *, tie: bool = False) -> Servers:
    """Start what does not run yet and answer when both servers do.

    With `tie`, what is started here ends when this process does, however it ends (Linux). Without, the
    servers stay until stop_servers(). Raises StartError with one sentence.
    """
    with _own(data_dir) as data:
        home = make_home(data)
        cluster, broker = _ensure_postgres(home, tie), _ensure_valkey(home, tie)
        return _addresses(home, cluster.port, broker.url)


def ensure_postgres(data_dir: Path, *, tie: bool = False) -> Servers:
    """As ensure_servers, without Valkey: `redis_url` is empty."""
    with _own(data_dir) as data:
        home = make_home(data)
        return _addresses(home, _ensure_postgres(home, tie).port, "")


def ensure_valkey(data_dir: Path, *, tie: bool = False) -> str:
    """As ensure_servers, Valkey only: its URL."""
    with _own(data_dir) as data:
        return _ensure_valkey(make_home(data), tie).url


def missing(data_dir: Path) -> list[str]:
    """Which of the servers that were started for this data directory no longer run."""
    data = data_dir.resolve()
    home, broker = find_home(data), _known_valkey(data)
    postgres_known = "postgres_port" in paths.read_json(data / "servers.json")
    found = []
    if home and postgres_known and postgres.running(home) is None:
        found.append("PostgreSQL")
    if broker and not is_alive(broker):
        found.append("Valkey")
    return found


def stop_servers(data_dir: Path) -> None:
    """Stop the servers of this data directory, whoever started them. Their data stay."""
    with _own(data_dir) as data:
        _stop(data)


def remove_servers(data_dir: Path) -> None:
    """Stop them and delete everything that they hold."""
    with _own(data_dir) as data:
        _stop(data)
        remove_home(data)


def create_databases(servers: Servers, suffix: str, *, copy_of: str = "") -> Servers:
    """A fresh pair of databases `psp_<suffix>` and `psp_keys_<suffix>` with the same roles and rights.

    It is empty, or a copy of the pair whose suffix `copy_of` names, which nobody may be using.
    """
    server, secrets = superuser(servers.data), secretfile.load(servers.data)
    main, keys = f"{MAIN}_{suffix}", f"{KEYS}_{suffix}"
    drop_databases(servers, suffix)
    main_template, keys_template = (f"{MAIN}_{copy_of}", f"{KEYS}_{copy_of}") if copy_of else ("template0",) * 2
    databases.make(server, main, databases.main_pair(secrets), template=main_template)
    databases.make(server, keys, databases.keys_pair(secrets), template=keys_template)
    return replace(_urls(servers.data, server.port, main, keys), redis_url=servers.redis_url)


def drop_databases(servers: Servers, suffix: str) -> None:
    """Remove the pair that create_databases() made."""
    for name in (MAIN, KEYS):
        databases.drop(superuser(servers.data), f"{name}_{suffix}")


def superuser(data_dir: Path) -> postgres.Postgres:
    """The running PostgreSQL with its superuser's password: for tests and backups, never for the program."""
    state = paths.read_json(data_dir / "servers.json")
    return postgres.Postgres(int(state.get("postgres_port", 0)), secretfile.load(data_dir)["launcher"])


def nowhere(data_dir: Path) -> Servers:
    """Addresses as they will be, but on a port where nothing ever answers: for before the first start."""
    return replace(_urls(data_dir, 1, MAIN, KEYS), redis_url=valkey.url(1, secretfile.load(data_dir)["valkey"]))


# --- Under the lock -------------------------------------------------------------------------------


@contextmanager
def _own(data_dir: Path) -> Iterator[Path]:
    """The data directory, locked. A full disk anywhere inside becomes a StartError."""
    data = data_dir.resolve()
    try:
        paths.prepare(data)
        with locked(data / "servers.lock"):
            yield data
    except OSError as error:
        if is_full_disk(error):
            raise full_disk(data) from error
        if isinstance(error, PermissionError):
            raise StartError(f"The servers cannot start: {error.strerror} ({error.filename or data}).") from error
        raise


def _remember(data: Path, **values: object) -> None:
    state = paths.read_json(data / "servers.json")
    if {**state, **values} != state:
        paths.write_json(data / "servers.json", {**state, **values})


def _ensure_postgres(home: Home, tie: bool) -> postgres.Postgres:
    secrets, state = secretfile.load(home.data), paths.read_json(home.data / "servers.json")
    server = postgres.ensure(
        home, int(state.get("postgres_port", 0)), secrets["launcher"], tie=signal.SIGINT if tie else None
    )
    if state.get("databases_version") != DATABASES_VERSION:
        databases.make(server, MAIN, databases.main_pair(secrets))
        databases.make(server, KEYS, databases.keys_pair(secrets))
    _remember(home.data, postgres_port=server.port, databases_version=DATABASES_VERSION)
    return server


def _ensure_valkey(home: Home, tie: bool) -> valkey.Valkey:
    state = paths.read_json(home.data / "servers.json")
    server = valkey.ensure(
        home, int(state.get("valkey_port", 0)), _known_valkey(home.data), secretfile.load(home.data)["valkey"],
        tie=signal.SIGTERM if tie else None,
    )  # fmt: skip
    _remember(home.data, valkey_port=server.port, valkey_process=[server.process.pid, server.process.started])
    return server


def _known_valkey(data: Path) -> Process | None:
    recorded = paths.read_json(data / "servers.json").get("valkey_process")
    return Process(int(recorded[0]), str(recorded[1])) if recorded else None


def _stop(data: Path) -> None:
    if broker := _known_valkey(data):
        valkey.stop(broker)
    if home := find_home(data):
        postgres.stop(home)


def _addresses(home: Home, port: int, redis_url: str) -> Servers:
    return replace(_urls(home.data, port, MAIN, KEYS), redis_url=redis_url)


def _urls(data: Path, port: int, main_name: str, keys_name: str) -> Servers:
    secrets = secretfile.load(data)
    main, keys = databases.main_pair(secrets), databases.keys_pair(secrets)
    return Servers(
        data=data,
        database_url=databases.url(port, main.app, main.app_password, main_name),
        database_owner_url=databases.url(port, main.owner, main.owner_password, main_name),
        keys_database_url=databases.url(port, keys.app, keys.app_password, keys_name),
        keys_database_owner_url=databases.url(port, keys.owner, keys.owner_password, keys_name),
        redis_url="",
    )


# --- Using them for a while -----------------------------------------------------------------------


@contextmanager
def servers_in_use(data_dir: Path) -> Iterator[Servers]:
    """Running servers inside the block. The last of several users at once to leave stops them."""
    data = data_dir.resolve()
    paths.prepare(data)
    user = hold_shared(data / "servers.users")
    try:
        yield ensure_servers(data)
    finally:
        if try_exclusive(user):
            stop_servers(data)
        os.close(user)
