"""A stand-in for GC Notify: real HTTP on the loopback, as strict as the real one about what it takes.

Written from the service's documentation, not from our client: header, body, answers and the limit for each key.
"""

from __future__ import annotations

import contextlib
import json
import re
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

HOST, KEY, TEMPLATE = "127.0.0.1", "trial-26785a09-ab16-4eb0-8407-a37497a57506", str(uuid.UUID(int=7))
DROP, HANG = "drop", "hang"
KNOWN = {"phone_number", "template_id", "personalisation", "reference", "sms_sender_id"}


@dataclass
class StandIn:
    """`taken`: bodies that were accepted or handed over. `script`: what to do with the next requests: a status,
    DROP (take it, then cut the line) or HANG (take it and say nothing until `release`); then it answers as it should.
    `limit`: requests for each key until `limit` is lifted. `failed`: references that did not arrive, the latest first.
    """

    taken: list[dict[str, Any]] = field(default_factory=list)
    script: list[Any] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    limit: int = 1000
    seen: int = 0
    release: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, path: str, headers: Any, raw: bytes) -> tuple[int, dict[str, Any]]:
        if path != "/v2/notifications/sms":
            return 404, error(404, "NotFound", "not found")
        if headers.get("Authorization") != f"ApiKey-v1 {KEY}":
            return 403, error(403, "AuthError", "Invalid token: API key not found")
        with self.lock:
            self.seen += 1
            if self.seen > self.limit:
                return 429, error(429, "RateLimitError", f"Exceeded rate limit of {self.limit} requests per 60 seconds")
        body = json.loads(raw)
        if problem := _problem(headers, body):
            return 400, error(400, "ValidationError", problem)
        self.taken.append(body)
        made = str(uuid.uuid4())
        return 201, {
            "id": made, "reference": body.get("reference"), "uri": f"https://api.example/v2/notifications/{made}",
            "content": {"body": body["personalisation"]["text"], "from_number": "+16135550100"},
            "template": {"id": TEMPLATE, "version": 1, "uri": f"https://api.example/v2/template/{TEMPLATE}"},
        }  # fmt: skip

    def listed(self, address: str, headers: Any) -> tuple[int, dict[str, Any]]:
        """What did not arrive, 250 at a time; each is known by its place."""
        parts = urlsplit(address)
        asked = parse_qs(parts.query, strict_parsing=True)
        if headers.get("Authorization") != f"ApiKey-v1 {KEY}":
            return 403, error(403, "AuthError", "Invalid token: API key not found")
        if parts.path != "/v2/notifications" or set(asked) - {"template_type", "status", "reference", "older_than"}:
            return 400, error(400, "ValidationError", "Additional properties are not allowed")
        if (asked.get("template_type"), asked.get("status")) != (["sms"], ["failed"]):
            return 400, error(400, "ValidationError", "the tests ask for failed text messages only")
        begin = uuid.UUID(asked["older_than"][0]).int if "older_than" in asked else 0
        page = [
            {"id": str(uuid.UUID(int=place)), "reference": reference, "type": "sms", "status": "permanent-failure",
             "phone_number": "+16135550142", "body": "What was said", "email_address": None}
            for place, reference in list(enumerate(self.failed, start=1))[begin : begin + 250]
        ]  # fmt: skip
        return 200, {"notifications": page, "links": {"current": address}}


def _problem(headers: Any, body: Any) -> str:
    if headers.get("Content-Type") != "application/json":
        return "not JSON"
    if set(body) - KNOWN:
        return f"Additional properties are not allowed ({sorted(set(body) - KNOWN)})"
    if not re.fullmatch(r"\+\d{8,15}", str(body.get("phone_number", ""))):
        return "phone_number Not a valid phone number"
    if body.get("template_id") != TEMPLATE:
        return "Template not found"
    if set(body.get("personalisation", {})) != {"text"}:
        return "Missing personalisation: text"
    return ""


def error(status: int, kind: str, message: str) -> dict[str, Any]:
    return {"status_code": status, "errors": [{"error": kind, "message": message}]}


def handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            step = stand_in.script.pop(0) if stand_in.script else None
            if isinstance(step, int):
                return self.reply(step, error(step, "Exception", "Internal server error"))
            status, body = stand_in.answer(self.path, self.headers, raw)
            if step == DROP:
                self.close_connection = True
                return None
            if step == HANG:
                stand_in.release.wait(30)
            return self.reply(status, body)

        def do_GET(self) -> None:
            step = stand_in.script.pop(0) if stand_in.script else None
            if isinstance(step, int):
                return self.reply(step, error(step, "Exception", "Internal server error"))
            return self.reply(*stand_in.listed(self.path, self.headers))

        def reply(self, status: int, body: dict[str, Any]) -> None:
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def handle(self) -> None:
            # Whoever asked has hung up: that is what some tests are about.
            with contextlib.suppress(ConnectionError):
                super().handle()

        def log_message(self, *_args: Any) -> None:
            """Say nothing."""

    return Handler


@pytest.fixture
def notify(settings: Any) -> Iterator[StandIn]:
    """A stand-in that the project's own delivery reaches over a real connection on a free port."""
    stand_in = StandIn()
    server = ThreadingHTTPServer((HOST, 0), handler(stand_in))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    settings.PSP_SMS, settings.GC_NOTIFY_TIMEOUT = "gc_notify", 5
    settings.GC_NOTIFY_URL = f"http://{HOST}:{server.server_address[1]}"
    settings.GC_NOTIFY_API_KEY, settings.GC_NOTIFY_TEMPLATE_ID = KEY, TEMPLATE
    yield stand_in
    stand_in.release.set()
    server.shutdown()
    server.server_close()
    thread.join(5)
