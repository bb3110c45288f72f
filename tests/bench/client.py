"""Requests one after the other over one kept connection, in turn with their floor, and their medians."""

from __future__ import annotations

import http.client
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode


@dataclass(eq=False)
class Site:
    """One server on the loopback, with the cookies of one visitor."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None

    def request(
        self, method: str, path: str, form: dict[str, str] | list[tuple[str, str]] | None = None
    ) -> tuple[int, str]:
        """Status and body; cookies are kept, redirects are not followed."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = urlencode(form).encode() if form is not None else None
        if body is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": f"http://127.0.0.1:{self.port}/",
            }
        try:
            answer, text = self._asked(method, path, body, headers)
        except http.client.RemoteDisconnected:
            # The server lets a connection go that nobody used for a while, as between two slow pages of the other.
            self.connection.close()
            answer, text = self._asked(method, path, body, headers)
        except (http.client.HTTPException, ConnectionError):
            self.connection = None
            raise
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, text

    def _asked(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, str]:
        assert self.connection is not None
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        return answer, answer.read().decode()


def in_turn(
    one: Callable[[], object], other: Callable[[], object], times: int, warm_up: int = 10
) -> tuple[float, float]:
    """Median milliseconds of each, measured in turn so that both meet the same weather."""
    for _number in range(warm_up):
        one()
        other()
    first: list[float] = []
    second: list[float] = []
    for _number in range(times):
        for call, found in ((one, first), (other, second)):
            begun = time.perf_counter()
            call()
            found.append((time.perf_counter() - begun) * 1000)
    return statistics.median(first), statistics.median(second)
