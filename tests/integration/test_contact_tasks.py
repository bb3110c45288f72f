"""Task arguments are opaque ids: nothing of a person is in the broker or in the worker's log ([security] 21, 22)."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

import pytest
import redis

from contact.choices import OutboxState
from contact.models import OutboxMessage
from psp.embedded.servers import ensure_valkey, stop_servers
from tests.smtp import HOST

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]
ADDRESS, NAME, PHONE, CODE, CALLED = "kanarie@example.org", "Kanarienvogel", "613 555 0177", "733111", "Zaunkoenig"
CANARIES = (ADDRESS, NAME, PHONE, CODE, CALLED, "6135550177")
# What a request does, in a process of its own, so that it reaches a broker of its own.
REQUEST = f"""
import django
django.setup()
from contact.services import queue_message, send_code, set_safe_contact
from tests.factories import a_participant
from django.utils.timezone import now
fields = {{"email": {ADDRESS!r}, "name": {NAME!r}, "last_login": now()}}
person = a_participant(consents=("taking_part", "contact_email"), **fields).user
set_safe_contact(person=person, by=person, email_safe=True, call_safe=True, phone={PHONE!r}, name_to_use={CALLED!r})
queue_message(person=person, template="check_details", key="check|1", context={{}})
send_code(user=person, code={CODE!r})
"""


@pytest.fixture
def broker(tmp_path):
    """A broker of its own, so that nobody else's worker takes what waits in it."""
    url = ensure_valkey(tmp_path / "broker", tie=True)
    client = redis.Redis.from_url(url)
    yield url, client
    client.close()
    stop_servers(tmp_path / "broker")


def environment(url: str, sink_port: int) -> dict[str, str]:
    return {**os.environ, "REDIS_URL": url, "EMAIL_URL": f"smtp://{HOST}:{sink_port}", "PYTHONPATH": str(ROOT)}


def everything_in(client: redis.Redis) -> str:
    """Every key and value of the broker as text, message bodies decoded."""
    found = list(client.scan_iter())
    for key in list(found):
        kind = client.type(key)
        if kind == b"list":
            found += client.lrange(key, 0, -1)
        elif kind == b"hash":
            found += [part for pair in client.hgetall(key).items() for part in pair]
        elif kind in (b"set", b"zset"):
            found += client.smembers(key) if kind == b"set" else client.zrange(key, 0, -1)
        else:
            found.append(client.get(key))
    bodies = [
        base64.b64decode(json.loads(value)["body"]) for value in found if value.startswith(b"{") and b'"body"' in value
    ]
    return b"\n".join(found + bodies).decode()


def test_property_22_tasks_carry_ids_only_and_the_worker_logs_nothing_of_a_person(smtp_sink, broker, tmp_path):
    url, client = broker
    env = environment(url, smtp_sink.port)
    subprocess.run([sys.executable, "-c", REQUEST], env=env, cwd=ROOT, check=True, timeout=240)

    waiting = [json.loads(item) for item in client.lrange("celery", 0, -1)]
    ids = {message.pk for message in OutboxMessage.objects.all()}
    assert len(waiting) == len(ids) == 2
    for item in waiting:
        args, kwargs, _rest = json.loads(base64.b64decode(item["body"]))
        assert {UUID(arg) for arg in args} <= ids
        assert kwargs == {}
    assert not [canary for canary in CANARIES if canary in everything_in(client)]

    log = tmp_path / "worker.log"
    with log.open("wb") as out:
        worker = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "psp", "worker", "--pool=threads", "--concurrency=2",
             "--without-gossip", "--without-mingle", "--loglevel=DEBUG"],
            env={**env, "LOG_LEVEL": "DEBUG"}, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            _wait_for(lambda: len(smtp_sink.mails) == 2 and client.llen("celery") == 0)
            _wait_for(lambda: set(OutboxMessage.objects.values_list("state", flat=True)) == {OutboxState.SENT})
        finally:
            worker.terminate()
            worker.wait(120)

    bodies = "".join(mail.body for mail in smtp_sink.mails)
    assert CODE in bodies
    assert CALLED in bodies
    assert log.stat().st_size > 0
    for place in (log.read_text(), everything_in(client)):
        assert not [canary for canary in CANARIES if canary in place]


def _wait_for(condition, seconds: int = 150) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "the worker did not do its work"
        time.sleep(0.2)
