"""Everything that somebody can get of the reports: each page and file, by every link and every answer that is offered,
and by answers that are not. As text, without what is new on each showing."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from django.http import HttpResponse

from psp.models import User
from tests.browser import Browser
from tests.factories import sign_in

AREA = re.compile(r"^/(?:en|fr)/reports/")
# New on every showing, and nothing about anybody: tokens of forms and scripts, ids of requests, when a file was made.
FRESH = re.compile(
    r'(?:value|nonce)="[^"]{40,}"|nonce-[\w+/=-]+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|\b[0-9a-f]{64}\b'
    r"|<dcterms:(?:created|modified)[^>]*>[^<]*|/ID\s*\[[^\]]*\]|D:\d{14}[^)]*|\d\d:\d\d:\d\d[.\d]*\S*"
)
WRONG = (
    "period=2026-13", "period=2026-10-07", "period=9999", "period=", "period='--", "by=participant", "by=name",
    "by=region,language,kind", "by=region&by=language", "compare=2026-11-26", "compare=all", "region=QC", "min=1",
    "threshold=1", "format=raw", "period=2026-10&by=region__code&period=2026-09",
)  # fmt: skip


class Page(HTMLParser):
    """Links, and forms that only ask."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[str, dict[str, list[str]]]] = []
        self._form: dict[str, list[str]] | None = None
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(found.get("href", ""))
        elif tag == "form":
            self._form = {} if found.get("method", "get").lower() == "get" else None
            if self._form is not None:
                self.forms.append((found.get("action", ""), self._form))
        elif self._form is not None and tag == "select":
            self._select = found.get("name", "")
        elif self._form is not None and tag == "option" and self._select:
            self._form.setdefault(self._select, []).append(found.get("value", ""))
        elif self._form is not None and tag == "input" and found.get("name"):
            self._form.setdefault(found["name"], []).append(found.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""


def text_of(answer: HttpResponse) -> str:
    """What stands in an answer: the parts of a file that is packed, and the headers that somebody sees."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    name = answer.get("Content-Disposition", "")
    if body[:2] == b"PK":
        packed = zipfile.ZipFile(io.BytesIO(body))
        told = "\n".join(packed.read(one).decode("utf-8", "replace") for one in sorted(packed.namelist()))
    else:
        told = body.decode("utf-8", "replace")
    return f"{answer.status_code} {name}\n{FRESH.sub('', unescape(told))}"


def offered(path: str, page: str) -> Iterator[str]:
    """Addresses that a page leads to: its links, and its forms with each answer once, the others as they stand."""
    found = Page(page)
    yield from (urljoin(path, link.split("#")[0]) for link in found.links if link)
    for action, fields in found.forms:
        target = urljoin(path, action or path.split("?")[0])
        first = {name: values[0] for name, values in fields.items() if values}
        for name, values in fields.items():
            yield from (f"{target}?{urlencode(first | {name: value})}" for value in values)


def harvest(user: User | None, begin: tuple[str, ...], *, most: int = 400) -> dict[str, str]:
    """By address, everything that this account gets. Nothing is sent but questions."""
    browser = Browser(raise_request_exception=False)
    if user is not None:
        sign_in(browser, user)
    waiting = list(begin)
    found: dict[str, str] = {}
    while waiting and len(found) < most:
        path = waiting.pop(0)
        parts = urlsplit(path)
        address = f"{parts.path}?{urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))}".rstrip("?")
        if address in found or not AREA.match(parts.path):
            continue
        answer = browser.get(address)
        found[address] = text_of(answer)
        if answer.get("Content-Type", "").startswith("text/html") and answer.status_code == 200:
            waiting.extend(offered(address, answer.content.decode()))
    return found


def with_wrong_answers(found: dict[str, str]) -> tuple[str, ...]:
    """The addresses with answers that nobody is offered."""
    paths = sorted({address.split("?")[0] for address in found if address.startswith("/en/")})
    return tuple(f"{path}?{wrong}" for wrong in WRONG for path in paths)
