"""The runner: from one command to Ready, and back to nothing."""

from __future__ import annotations

import contextlib
import email
import os
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from psp.embedded import env, home, mailsink, paths, process, programs
from psp.embedded.failures import StartError
from psp.embedded.ports import free_port
from psp.embedded.servers import Servers, ensure_servers, superuser
from tests.integration.embedded.conftest import RUNNER, Run, home_of, processes_of, starter

Start = Callable[..., Run]


def refused(run: Run) -> str:
    """The one sentence of a start that was refused: the last line, after the steps that went well."""
    assert run.wait() == 2, run.said
    *steps, sentence = run.said.strip().split("\n")
    assert all(" … " in step or not step for step in steps), run.said
    assert sentence.endswith(".")
    assert "Traceback" not in run.said
    return sentence


@pytest.fixture
def start_used(used: Path, tmp_path: Path) -> Iterator[Start]:
    """Start runners where earlier tests did."""
    yield from starter(used, tmp_path)


def table_exists(url: str, name: str) -> bool:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT to_regclass(%s) IS NOT NULL", (name,)).fetchone() == (True,)


def test_run_says_ready_once_and_sigterm_leaves_nothing(used: Path, start_used: Start) -> None:
    run = start_used()
    address = run.wait_ready()

    assert len(re.findall(r"^Ready: http://127\.0\.0\.1:\d+/$", run.said, re.M)) == 1
    assert urllib.request.urlopen(address + "readyz").status == 200
    belonging = "\n".join(processes_of(used))
    for part in ("gunicorn psp.wsgi", "celery -A psp worker", "celery -A psp beat", "bin/postgres -D", "valkey-server"):
        assert part in belonging

    run.send(signal.SIGTERM)
    assert run.wait() == 0
    assert processes_of(used) == []
    assert "by itself" not in run.said


def test_run_after_kill_9_keeps_the_data_and_doubles_nothing(used: Path, start_used: Start) -> None:
    killed = start_used()
    killed.wait_ready()
    found = env.read_env_file(used)
    with psycopg.connect(found["DATABASE_OWNER_URL"]) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS kept ()")
    time.sleep(0.5)  # test servers write their log a moment later
    killed.send(signal.SIGKILL)
    killed.wait()

    again = start_used()
    again.wait_ready()
    assert "Bringing the databases up to date" not in again.said
    assert table_exists(found["DATABASE_URL"], "kept")
    assert sum("celery -A psp beat" in command for command in processes_of(used)) == 1

    again.send(signal.SIGINT)
    assert again.wait() == 0
    assert processes_of(used) == []


def test_run_starts_a_killed_server_again_and_names_a_child_that_died(used: Path, start_used: Start) -> None:
    run = start_used()
    address = run.wait_ready()
    cluster = home_of(used).cluster
    os.kill(int((cluster / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    assert process.wait_until(lambda: "starting it again … done" in run.said, 150), run.said
    assert urllib.request.urlopen(address + "readyz").status == 200

    worker = int(paths.read_json(used / "run" / "worker.json")["pid"])
    os.kill(worker, signal.SIGKILL)
    assert run.wait() == 1
    assert f"The worker process ended by itself (signal 9); what it said is in {used}/logs/worker.log." in run.said
    assert processes_of(used) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_run_ends_when_only_its_make_is_told_to(used: Path, tmp_path: Path, number: signal.Signals) -> None:
    """Make passes an interrupt on to nobody, and a killed one cannot."""
    makefile = tmp_path / "Makefile"
    makefile.write_text(f"run:\n\t@exec {' '.join(RUNNER)} --with-parent\n")
    made = Run(used, tmp_path / "make.log", ("make", "-f", str(makefile)), PSP_DEMO="0")
    made.wait_ready()

    made.send(number)
    made.wait()
    assert process.wait_until(lambda: processes_of(used) == [], 150), processes_of(used)
    assert "Stopping … done" in made.said


def test_second_runner_on_the_same_data_is_refused(data: Path, start: Start) -> None:
    first = start()
    assert process.wait_until((data / "runner.json").exists, 150)
    assert "already runs from" in refused(start())

    first.send(signal.SIGTERM)
    assert first.wait() == 0


# --- What cannot work says so in one sentence -----------------------------------------------------


def test_run_on_a_port_in_use_is_refused(start: Start) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        sentence = refused(start(PORT=str(port)))

    assert sentence.startswith(f"Port {port} is in use by another program")


@pytest.mark.parametrize("wrong", ["eighty", "70000", "-1"])
def test_run_on_a_port_that_is_none_is_refused(start: Start, wrong: str) -> None:
    assert refused(start(PORT=wrong)).startswith("PORT must be a number")


def test_run_without_the_given_postgres_is_refused(start: Start) -> None:
    sentence = refused(start(DATABASE_URL=f"postgresql://someone:hidden@127.0.0.1:{free_port()}/psp"))

    assert sentence.startswith("No PostgreSQL server can be used at 127.0.0.1:")
    assert "which DATABASE_URL names" in sentence
    assert "hidden" not in sentence


def test_run_with_a_wrong_password_is_refused(start: Start, servers: Servers) -> None:
    wrong = re.sub(r":[^:@]+@", ":hidden@", servers.database_url)
    sentence = refused(start(DATABASE_URL=wrong))

    assert "refuses the account or password in DATABASE_URL" in sentence
    assert "hidden" not in sentence


def test_run_on_a_database_that_is_missing_is_refused(start: Start, servers: Servers) -> None:
    server = superuser(servers.data)
    url = f"postgresql://psp_launcher:{server.password}@127.0.0.1:{server.port}/absent"
    assert refused(start(DATABASE_URL=url)).startswith("The database absent, which DATABASE_URL names, does not exist")


def test_run_that_may_not_make_the_keys_database_is_refused(start: Start, servers: Servers) -> None:
    server = superuser(servers.data)
    with server.connect() as connection:
        connection.execute("DROP DATABASE IF EXISTS lonely")
        connection.execute("CREATE DATABASE lonely OWNER psp_owner")
    sentence = refused(start(DATABASE_URL=servers.database_owner_url.rsplit("/", 1)[0] + "/lonely"))

    assert sentence.startswith("KEYS_DATABASE_URL is not set, and the account in DATABASE_URL may not create")
    assert "lonely_keys" in sentence


@pytest.mark.parametrize(
    "wrong", ["sqlite:///db.sqlite3", "127.0.0.1", "postgresql://host:port/name", "postgresql://h/"]
)
def test_run_with_an_address_that_is_none_is_refused(start: Start, wrong: str) -> None:
    assert refused(start(DATABASE_URL=wrong)).startswith("DATABASE_URL is not the address of a PostgreSQL database")


def test_run_without_the_given_redis_is_refused(start: Start, servers: Servers) -> None:
    away = refused(start(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0"))
    wrong = refused(start(REDIS_URL=re.sub(r":[^:@]+@", ":hidden@", servers.redis_url)))

    assert away.startswith("No Redis or Valkey server can be used at 127.0.0.1:")
    assert "refuses the password" in wrong
    assert "hidden" not in wrong


def test_run_on_a_given_server_makes_the_keys_database_there(start: Start, servers: Servers, data: Path) -> None:
    server = superuser(servers.data)
    with server.connect() as connection:
        connection.execute("CREATE DATABASE given")
    url = f"postgresql://psp_launcher:{server.password}@127.0.0.1:{server.port}/given"
    run = start(DATABASE_URL=url, REDIS_URL=servers.redis_url)
    assert process.wait_until(lambda: "Bringing the databases up to date … done" in run.said, 180), run.said

    assert env.read_env_file(data)["KEYS_DATABASE_URL"].endswith("/given_keys")
    assert "postgres" not in "\n".join(processes_of(data))
    run.send(signal.SIGHUP)
    assert run.wait() == 0
    with server.connect("given_keys") as connection:
        assert connection.execute("SELECT count(*) > 0 FROM django_migrations").fetchone() == (True,)


def test_first_start_with_too_little_space_is_refused_and_leaves_nothing(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "FIRST_START_BYTES", 1 << 60)
    with pytest.raises(
        StartError, match=r"^The first start needs \d+ MB, and the disk that holds .* MB free: free some"
    ):
        ensure_servers(data)

    assert home.find_home(data) is None
    assert processes_of(data) == []


@pytest.fixture
def small_disk(data: Path) -> Iterator[None]:
    """A file system of one megabyte where the data directory will be: only some may mount one."""
    data.parent.chmod(0o755)
    data.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=0755", "none", str(data)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("this account may not mount a small disk; the test before this one needs none")
    yield
    subprocess.run(["umount", "-l", str(data)], check=True)
    shutil.rmtree(data)


def test_run_on_a_full_disk_is_refused(data: Path, small_disk: None, start: Start) -> None:
    before = refused(start())
    with contextlib.suppress(OSError), (data / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(4096))
    full = refused(start())

    assert before.startswith("The first start needs 500 MB")
    assert full.startswith((f"The disk that holds {data} is full", "The first start needs 500 MB"))
    assert "set PSP_DATA to another disk" in full


# --- Mail of the demo -----------------------------------------------------------------------------


def test_mail_sink_keeps_each_message_as_a_private_file(data: Path, tmp_path: Path) -> None:
    folder, port = tmp_path / "mail", free_port()
    argv = programs.mail_sink(f"smtp://127.0.0.1:{port}", tmp_path)
    sink = process.spawn(argv, log=tmp_path / "sink.log", cwd=paths.project_root())
    try:
        assert process.wait_until(lambda: _reachable(port), 120), (tmp_path / "sink.log").read_text()
        with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
            client.sendmail("from@example.ca", ["to@example.ca"], "Subject: Rencontre\r\n\r\nÀ demain.".encode())
    finally:
        sink.terminate()
        assert sink.wait(timeout=120) == 0

    (kept,) = folder.glob("*.eml")
    message = email.message_from_bytes(kept.read_bytes())
    assert message["X-Envelope-To"] == "to@example.ca"
    assert kept.read_bytes().endswith("\r\n\r\nÀ demain.\r\n".encode())
    assert kept.stat().st_mode & 0o777 == 0o600


def test_mail_sink_keeps_the_newest_200(tmp_path: Path) -> None:
    kept = [mailsink.store(tmp_path, "a@example.ca", ["b@example.ca"], b"Subject: x\r\n\r\n") for _ in range(203)]

    assert sorted(tmp_path.glob("*.eml")) == kept[3:]


def _reachable(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
