"""Text messages through GC Notify: `POST /v2/notifications/sms`, and later `GET /v2/notifications` for those that did
not arrive, as its documentation has it.

The wording is ours, so the service needs one template of its own whose whole text is the placeholder ((text)), and
its setting that begins every message with the service's name must be off.
"""

from __future__ import annotations

import http.client
import json
import ssl
from contextlib import nullcontext
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from contact.carrier import Gate, NotTakenError, OutcomeUnknownError, TextMessage

PATH = "/v2/notifications/sms"
# "failed" stands for every way of failing. The service keeps what it sent for a week.
DID_NOT_ARRIVE = "/v2/notifications?template_type=sms&status=failed"
# Of 250 each. More than that in a week is no single number that is wrong.
MOST_PAGES = 8
# A server between us and GC Notify answered in its place: nobody knows what became of the request.
LOST_ON_THE_WAY = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT})
# Too fast, or more than a day allows; and a key that is refused, which is our fault and not the message's.
TRY_LATER = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


@dataclass(frozen=True, slots=True)
class GCNotify:
    """`address`: scheme and host of the service. `seconds`: how long to wait for each answer."""

    address: str
    key: str = field(repr=False)
    template: str
    seconds: float = 15

    def send(self, message: TextMessage, gate: Gate = nullcontext) -> None:
        connection = self._connection()
        try:
            try:
                connection.connect()
            except OSError as error:
                raise NotTakenError(0, final=False) from error
            _judge(self._answer(connection, message, gate))
        finally:
            connection.close()

    def failed(self) -> list[str]:
        """References of messages that the service took and could not deliver, the latest first. Of its answers nothing
        else is kept: they repeat the number and the text. NotTakenError where the service does not answer as it should.
        """
        found: list[str] = []
        last = ""
        for _page in range(MOST_PAGES):
            page = self._page(f"{DID_NOT_ARRIVE}&older_than={last}" if last else DID_NOT_ARRIVE)
            if not page:
                break
            found += [str(one["reference"]) for one in page if one.get("reference")]
            last = str(page[-1]["id"])
        return found

    def _page(self, path: str) -> list[dict[str, Any]]:
        connection = self._connection()
        try:
            connection.request("GET", path, headers={"Authorization": f"ApiKey-v1 {self.key}"})
            answer = connection.getresponse()
            if answer.status != HTTPStatus.OK:
                raise NotTakenError(answer.status, final=False)
            page: list[dict[str, Any]] = json.loads(answer.read())["notifications"]
        except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as error:
            raise NotTakenError(0, final=False) from error
        finally:
            connection.close()
        return page

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.address)
        if parts.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(parts.netloc, timeout=self.seconds, context=context)
        return http.client.HTTPConnection(parts.netloc, timeout=self.seconds)

    def _answer(self, connection: http.client.HTTPConnection, message: TextMessage, gate: Gate) -> int:
        """The status of the answer. Whatever breaks from the first byte on leaves the outcome unknown."""
        body = {
            "phone_number": message.to, "template_id": self.template, "personalisation": {"text": message.body},
            "reference": message.reference,
        }  # fmt: skip
        headers = {"Authorization": f"ApiKey-v1 {self.key}", "Content-Type": "application/json"}
        try:
            with gate():
                connection.request("POST", PATH, json.dumps(body).encode(), headers)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise OutcomeUnknownError from error


def _judge(status: int) -> None:
    """Nothing for 201; the answer's body is not read, because it repeats the number and the text."""
    if status == HTTPStatus.CREATED:
        return
    if status < HTTPStatus.MULTIPLE_CHOICES or status in LOST_ON_THE_WAY:
        raise OutcomeUnknownError
    later = status in TRY_LATER or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    raise NotTakenError(status, final=not later)
