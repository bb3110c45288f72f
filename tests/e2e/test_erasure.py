"""A person asks to be deleted, one prepares it, another approves it; then they are gone, as the certificate says.

Afterwards nothing of them is anywhere: not in a backup, the write-ahead log, a log of any process, Valkey, or the copy
that somebody else takes.
"""

from __future__ import annotations

import json
import re
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis

from psp.embedded.home import find_home
from tests.e2e.conftest import Visitor
from tests.e2e.people import apply, fill, follow, sign_in_participant, sign_in_team, submit
from tests.e2e.stack import Stack
from tests.e2e.test_whole_way import assert_nothing_leaked
from tests.environment import DATA

PROVINCES = {"fr": "QC", "en": "ON"}
NAME = "Eli-Canari"
STATE = """
import json
from privacy.models import Erasure
from psp.keys.models import DataKey
from psp.models import User
erasure = Erasure.objects.get(reference="{number}")
account = User.objects.get(pk=erasure.person)
print(json.dumps([erasure.state, DataKey.objects.filter(person=erasure.person).exists(), account.username[:5]]))
"""
OTHER = """
from psp.models import User
print(User.objects.filter(kind="participant", is_active=True, made_by_demo=True).order_by("pk").first().pk)
"""


def ask(person: Visitor) -> tuple[str, str]:
    """Ask for deletion; the request's id and the number of the certificate."""
    person.open("my/rights/delete/")
    person.page.locator("input[name=agrees]").check()
    follow(person.page.locator("main form .btn-danger"))
    person.page.wait_for_url(re.compile(r"/my/rights/[0-9a-f-]{36}/$"))
    person.check()
    return person.page.url.rstrip("/").rsplit("/", 1)[1], person.page.locator("main strong.nowrap").inner_text()


def prepare(officer: Visitor, request_id: str) -> str:
    """The path of the deletion that the officer prepared."""
    page = officer.page
    officer.open("privacy/")
    officer.open("privacy/deletions/")
    follow(page.locator(f"main a[href$='/deletions/prepare/{request_id}/']"))
    page.wait_for_url("**/prepare/*/")
    officer.check()
    submit(page)
    page.wait_for_url(re.compile(r"/privacy/deletions/[0-9a-f-]{36}/$"))
    officer.check()
    assert page.locator("main .btn-danger").count() == 0
    return page.url.split(f"/{officer.language}/", 1)[1]


def approve(second: Visitor, path: str) -> None:
    second.open("privacy/deletions/")
    second.open(path)
    follow(second.page.locator("main form .btn-danger"))
    second.check()


def wait_until_done(site: Stack, number: str) -> None:
    deadline = time.monotonic() + 240
    while (state := json.loads(site.run(STATE.format(number=number)))) != ["done", False, "gone-"]:
        assert time.monotonic() < deadline, state
        time.sleep(1)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_deletion_from_the_request_to_the_certificate(language, visitor, site, tmp_path):
    began = time.time()
    email = f"eli.canari.{language}@example.org"
    person = visitor(language, phone=True)
    apply(person, name=NAME, email=email, province=PROVINCES[language])
    sign_in_participant(person, email)
    request_id, number = ask(person)

    officer, second = visitor(language), visitor(language)
    sign_in_team(officer, "privacy")
    path = prepare(officer, request_id)
    sign_in_team(second, "admin", front="admin/")
    approve(second, path)
    wait_until_done(site, number)
    officer.open(path)
    officer.open("privacy/deletions/")

    # The person is signed out, and nobody knows the address any more.
    assert person.page.goto(f"{site.url}/{language}/my/").status < 400
    assert "/my/" not in urlsplit(person.page.url).path

    stranger = visitor(language, phone=True)
    stranger.open("document/")
    fill(stranger.page, number=number)
    submit(stranger.page)
    stranger.check()
    text = stranger.page.locator("main").inner_text()
    assert number in text
    assert not [canary for canary in (NAME, email) if canary in text]
    with stranger.page.expect_download() as waiting:
        stranger.page.locator("button[name=file]").click()
    assert re.fullmatch(r"document-\d{4}-\d\d-\d\d\.pdf", waiting.value.suggested_filename)

    everybody = (person, officer, second, stranger)
    assert [fault for who in everybody for fault in who.faults + who.strangers] == []
    assert site.manage("verify_audit").startswith("The chain holds")
    canaries = [NAME, email, email.split("@")[0]]
    assert_nothing_leaked(site, canaries)
    assert_nothing_elsewhere(site, canaries, tmp_path, since=began)


def assert_nothing_elsewhere(site: Stack, canaries: list[str], folder: Path, *, since: float) -> None:
    """Write-ahead log, Valkey, the ledgers, and the copy of somebody else."""
    home = find_home(DATA.resolve())
    assert home is not None
    places: dict[str, bytes] = {}
    for path in (home.cluster / "pg_wal").iterdir():
        with suppress(FileNotFoundError):  # the server gives one of its files another name in between
            if path.is_file() and path.stat().st_mtime >= since:
                places[str(path)] = path.read_bytes()
    assert places
    places |= {str(path): path.read_bytes() for path in (site.folder / "ledgers").rglob("*") if path.is_file()}
    broker = redis.Redis.from_url(site.environment["REDIS_URL"])
    places |= {f"valkey {key!r}": broker.dump(key) or b"" for key in broker.scan_iter()}
    site.manage("export_person", site.run(OTHER), "--output", str(folder))
    places |= {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    found = [(name, one) for name, content in places.items() for one in canaries if one.encode() in content]
    assert found == []
