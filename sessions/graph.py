"""Meetings by video through Microsoft Graph's online meetings: as much of it as we need, as its documentation has it.

`POST /users/{organizer}/onlineMeetings/createOrGet` with our own `externalId`, so that asking twice makes one meeting.
It takes no word about who may come in, so a `PATCH` says that before anybody hears of the address; `PATCH` and `DELETE`
also move and remove. The program signs in by itself (client credentials), which needs the permission
`OnlineMeetings.ReadWrite.All` and an application access policy for the organizer's account.

What is sent says nothing: a neutral subject, two instants, and who may come in. Answers are read for their id and
address only; no body of an answer is ever logged or kept.
"""

from __future__ import annotations

import http.client
import json
import ssl
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

SCOPE = "https://graph.microsoft.com/.default"
# Nobody but the organizer walks in by themselves; nothing is recorded; nobody dials in past the lobby; and the
# names of those who wait or come are announced to nobody.
WHO_COMES_IN: dict[str, Any] = {
    "lobbyBypassSettings": {"scope": "organizer", "isDialInBypassEnabled": False},
    "isEntryExitAnnounced": False, "recordAutomatically": False, "allowRecording": False, "allowTranscription": False,
    "allowedPresenters": "organizer",
}  # fmt: skip
# A token is not used in its last moments: it could run out on the way.
EARLY = 60
LONGEST_ANSWER = 256 * 1024


class ProviderError(Exception):
    """It did not do what was asked. `status`: 0 without an answer. `later`: trying again may help.

    `after`: seconds that the provider asks us to wait.
    """

    def __init__(self, status: int, *, later: bool, after: float | None = None) -> None:
        super().__init__(f"status {status}")
        self.status, self.later, self.after = status, later, after


@dataclass(frozen=True, slots=True)
class Made:
    id: str
    join_url: str = field(repr=False)


@dataclass(slots=True)
class Graph:
    """`address`, `sign_in`: scheme and host of the service, and of where tokens come from. `seconds`: for an answer."""

    address: str
    sign_in: str
    tenant: str
    client: str
    secret: str = field(repr=False)
    organizer: str
    seconds: float = 10
    _token: str = field(default="", repr=False)
    _until: float = 0.0

    def create_or_get(self, external_id: str, *, subject: str, starts_at: datetime, ends_at: datetime) -> Made:
        """The meeting with this id of ours, with its times and its doors as they must be; made if there is none."""
        body = {"externalId": external_id, "subject": subject, **_times(starts_at, ends_at)}
        answer = self._ask("POST", f"{self._meetings}/createOrGet", body)
        try:
            made = Made(str(answer["id"]), str(answer["joinWebUrl"]))
        except KeyError as error:
            raise ProviderError(HTTPStatus.OK, later=False) from error
        self.move(made.id, starts_at=starts_at, ends_at=ends_at)
        return made

    def move(self, meeting: str, *, starts_at: datetime, ends_at: datetime) -> None:
        """Its times, and who comes in, said again: somebody may have opened the doors since."""
        body = {**_times(starts_at, ends_at), **WHO_COMES_IN}
        self._ask("PATCH", f"{self._meetings}/{quote(meeting, safe='')}", body)

    def remove(self, meeting: str) -> None:
        """Gone already is as good."""
        try:
            self._ask("DELETE", f"{self._meetings}/{quote(meeting, safe='')}")
        except ProviderError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise

    @property
    def _meetings(self) -> str:
        return f"/v1.0/users/{quote(self.organizer, safe='')}/onlineMeetings"

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """A token that is refused is fetched anew, once."""
        raw = None if body is None else json.dumps(body).encode()
        for last in (False, True):
            headers = {"Authorization": f"Bearer {self._bearer()}", "Content-Type": "application/json"}
            try:
                return _exchange(self.address, self.seconds, method, path, raw, headers)
            except ProviderError as error:
                if error.status != HTTPStatus.UNAUTHORIZED or last:
                    raise
                self._token = ""
        raise AssertionError("the second round either answers or raises")

    def _bearer(self) -> str:
        if not self._token or time.monotonic() >= self._until:
            form = {
                "client_id": self.client, "client_secret": self.secret, "scope": SCOPE,
                "grant_type": "client_credentials",
            }  # fmt: skip
            path = f"/{quote(self.tenant, safe='')}/oauth2/v2.0/token"
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            answer = _exchange(self.sign_in, self.seconds, "POST", path, urlencode(form).encode(), headers)
            self._token = str(answer.get("access_token", ""))
            self._until = time.monotonic() + float(answer.get("expires_in", 0)) - EARLY
        return self._token


def _times(starts_at: datetime, ends_at: datetime) -> dict[str, str]:
    return {"startDateTime": _utc(starts_at), "endDateTime": _utc(ends_at)}


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _exchange(
    address: str, seconds: float, method: str, path: str, body: bytes | None, headers: dict[str, str]
) -> dict[str, Any]:
    """One request and its answer. ProviderError for whatever is not what was asked for, also for no answer at all."""
    connection = _connection(address, seconds)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        raw = answer.read(LONGEST_ANSWER)
    except (OSError, http.client.HTTPException) as error:
        raise ProviderError(0, later=True) from error
    finally:
        connection.close()
    _judge(answer)
    return _read(raw, answer.status)


def _connection(address: str, seconds: float) -> http.client.HTTPConnection:
    parts = urlsplit(address)
    if parts.scheme == "https":
        return http.client.HTTPSConnection(parts.netloc, timeout=seconds, context=ssl.create_default_context())
    return http.client.HTTPConnection(parts.netloc, timeout=seconds)


# Too fast, not in time, or their fault. A key that is refused may be mended on our side, so it is tried again too.
TRY_LATER = frozenset(
    {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
)


def _judge(answer: http.client.HTTPResponse) -> None:
    if answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return
    later = answer.status in TRY_LATER or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    wait = answer.getheader("Retry-After", "")
    raise ProviderError(answer.status, later=later, after=float(wait) if wait.isdecimal() else None)


def _read(raw: bytes, status: int) -> dict[str, Any]:
    if not raw:
        return {}
    try:
        found = json.loads(raw)
    except ValueError as error:
        raise ProviderError(status, later=True) from error
    return found if isinstance(found, dict) else {}
