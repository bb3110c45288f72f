"""A stand-in for Microsoft Graph's online meetings: real HTTP on the loopback, as strict about what it takes.

Written from the service's documentation, not from our client: the token, headers, parameters that `createOrGet` and
`PATCH` know, answers, and the limit with its Retry-After.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest

HOST, TENANT, CLIENT = "127.0.0.1", str(uuid.UUID(int=11)), str(uuid.UUID(int=12))
SECRET, ORGANIZER = "a-secret-of-the-program", str(uuid.UUID(int=13))
DROP, HANG = "drop", "hang"
CREATES = {"externalId", "subject", "startDateTime", "endDateTime", "participants"}
UPDATES = {
    "subject", "startDateTime", "endDateTime", "participants", "lobbyBypassSettings", "isEntryExitAnnounced",
    "recordAutomatically", "allowRecording", "allowTranscription", "allowMeetingChat", "allowedPresenters",
}  # fmt: skip


@dataclass
class StandIn:
    """`meetings`: by id, as they stand. `asked`: (method, path) of every request that came with a good token.

    `script`: what to do with the next of them: a status, (429, seconds), DROP (do it, then cut the line) or HANG (say
    nothing until `release`); then it answers as it should. `tokens`: how many were given out.
    """

    meetings: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    script: list[Any] = field(default_factory=list)
    good: set[str] = field(default_factory=set)
    tokens: int = 0
    release: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def sign_in(self, path: str, raw: bytes) -> tuple[int, dict[str, Any]]:
        form = {name: values[0] for name, values in parse_qs(raw.decode()).items()}
        wanted = {
            "client_id": CLIENT, "client_secret": SECRET, "grant_type": "client_credentials",
            "scope": "https://graph.microsoft.com/.default",
        }  # fmt: skip
        if path != f"/{TENANT}/oauth2/v2.0/token" or form != wanted:
            return 401, {"error": "invalid_client"}
        token = secrets.token_urlsafe(12)
        with self.lock:
            self.tokens += 1
            self.good.add(token)
        return 200, {"token_type": "Bearer", "expires_in": 3599, "access_token": token}

    def answer(self, method: str, path: str, raw: bytes) -> tuple[int, dict[str, Any] | None]:
        root = f"/v1.0/users/{ORGANIZER}/onlineMeetings/"
        if not path.startswith(root):
            return 404, error("UnknownError", "")
        name, body = unquote(path.removeprefix(root)), json.loads(raw) if raw else {}
        if method == "POST" and name == "createOrGet":
            return self.create(body)
        if name not in self.meetings:
            return 404, error("NotFound", "Meeting not found.")
        if method == "DELETE":
            del self.meetings[name]
            return 204, None
        if problem := _problem(body, UPDATES):
            return 400, error("BadRequest", problem)
        self.meetings[name] |= body
        return 200, self.meetings[name]

    def create(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if problem := _problem(body, CREATES) or ("" if body.get("externalId") else "externalId is required"):
            return 400, error("BadRequest", problem)
        for meeting in self.meetings.values():
            if meeting["externalId"] == body["externalId"]:
                return 200, meeting
        made = f"MSo{secrets.token_urlsafe(9)}/{secrets.token_urlsafe(3)}*0**19:m@thread.v2"
        join = f"https://teams.example/l/meetup-join/{secrets.token_urlsafe(12)}"
        open_doors = {"lobbyBypassSettings": {"scope": "organization", "isDialInBypassEnabled": False}}
        self.meetings[made] = {"id": made, "joinWebUrl": join, "isEntryExitAnnounced": True, **open_doors, **body}
        return 201, self.meetings[made]

    @property
    def one(self) -> dict[str, Any]:
        (meeting,) = self.meetings.values()
        return meeting


def _problem(body: dict[str, Any], known: set[str]) -> str:
    if set(body) - known:
        return f"Unknown parameters {sorted(set(body) - known)}"
    times = [body.get("startDateTime"), body.get("endDateTime")]
    if len(set(map(bool, times))) > 1:
        return "startDateTime and endDateTime go together"
    if all(times) and datetime.fromisoformat(str(times[0])) >= datetime.fromisoformat(str(times[1])):
        return "endDateTime is earlier than startDateTime"
    return ""


def error(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "innerError": {"request-id": str(uuid.uuid4())}}}


class Handler(BaseHTTPRequestHandler):
    stand_in: StandIn

    def serve(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.endswith("/token"):
            return self.reply(*self.stand_in.sign_in(self.path, raw))
        if self.headers.get("Authorization", "").removeprefix("Bearer ") not in self.stand_in.good:
            return self.reply(401, error("InvalidAuthenticationToken", "Access token is empty or expired."))
        if raw and self.headers.get("Content-Type") != "application/json":
            return self.reply(415, error("BadRequest", "Content-Type"))
        self.stand_in.asked.append((self.command, self.path))
        return self.follow(self.stand_in.script.pop(0) if self.stand_in.script else None, raw)

    def follow(self, step: Any, raw: bytes) -> None:
        if isinstance(step, int):
            return self.reply(step, error("generalException", "Internal server error"))
        if isinstance(step, tuple):
            return self.reply(step[0], error("TooManyRequests", "Slow down"), {"Retry-After": str(step[1])})
        if step == HANG:
            self.stand_in.release.wait(30)
        status, body = self.stand_in.answer(self.command, self.path, raw)
        if step == DROP:
            self.close_connection = True
            return None
        return self.reply(status, body)

    def do_POST(self) -> None:
        self.serve()

    def do_PATCH(self) -> None:
        self.serve()

    def do_DELETE(self) -> None:
        self.serve()

    def reply(self, status: int, body: dict[str, Any] | None, more: dict[str, str] | None = None) -> None:
        raw = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in (more or {}).items():
            self.send_header(name, value)
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


@pytest.fixture
def graph(settings: Any) -> Iterator[StandIn]:
    """A stand-in that the project's own client reaches over a real connection on a free port."""
    stand_in = StandIn()
    server = ThreadingHTTPServer((HOST, 0), type("Bound", (Handler,), {"stand_in": stand_in}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    settings.PSP_VIDEO, settings.GRAPH_TIMEOUT = "teams", 5
    settings.GRAPH_URL = settings.GRAPH_SIGN_IN_URL = f"http://{HOST}:{server.server_address[1]}"
    settings.GRAPH_TENANT, settings.GRAPH_CLIENT, settings.GRAPH_SECRET = TENANT, CLIENT, SECRET
    settings.GRAPH_ORGANIZER = ORGANIZER
    yield stand_in
    stand_in.release.set()
    server.shutdown()
    server.server_close()
    thread.join(5)
