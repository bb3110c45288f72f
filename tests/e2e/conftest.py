"""A browser as people have it (back/forward cache on), in both languages, and axe on every page that it opens."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from psp.embedded.browser import get_browser
from tests.e2e.stack import Stack, running_stack

# A wait ends as soon as what it waits for is there: long ones cost nothing, and a machine that is busy needs them.
STEP_MS, SIGHT_MS = 60_000, 30_000
expect.set_options(timeout=SIGHT_MS)
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
# Everything that a browser keeps for a site, beside cookies.
STORED = """async () => [...Object.keys(localStorage), ...Object.keys(sessionStorage),
    ...(await indexedDB.databases()).map(one => one.name), ...(await caches.keys())]"""
# Whether a coordinator's shortcuts are on; and how the administrators' pages look, of Django's own.
# The last is the address that the tab shows, for the desk's Back button; it holds opaque ids and goes with the tab.
MAY_BE_STORED = ("desk-shortcuts", "django.admin.", "theme", "htmx-current-path-for-history")
# What differs from showing to showing of one page: keys of a form, of a script, of a record, and what is written.
TOKENS = re.compile(r'(?:value|nonce)="[^"]{20,}"|[0-9a-f]{8}-[0-9a-f-]{27}')
WRITTEN = re.compile(r">[^<]*[^<\s][^<]*<")
COUNTED = re.compile(r'(?<=[ \n])((?:datetime|href|id|for|name|value|action|title|aria-[a-z]+)=")([^"]*)"')
LOOK = "() => [innerWidth, innerHeight, matchMedia('(prefers-color-scheme: dark)').matches]"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("site"), participants=114) as stack:
        yield stack


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Closed after the last browser test: while it is open, other tests of this process may not use the database."""
    with sync_playwright() as playwright:
        # Playwright switches the back/forward cache off, which would make tests of leaving pass falsely.
        launched = playwright.chromium.launch(
            executable_path=get_browser(), ignore_default_args=["--disable-back-forward-cache"],
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
                  "--disable-component-update", "--disable-sync", "--no-first-run",
                  # The site's certificate is its own. A context accepts it for pages only: a link marked as a
                  # download opens a connection of its own once the page's is idle, and would be cancelled.
                  "--ignore-certificate-errors"],
        )  # fmt: skip
        yield launched
        launched.close()


class Visitor:
    """One person with a browser of their own. Every page they open is checked when `check` is called."""

    axe = Axe()

    def __init__(self, context: BrowserContext, site: Stack, language: str) -> None:
        self.context, self.site, self.language = context, site, language
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.strangers: list[str] = []
        self.start = datetime.now(UTC)
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        context.on("request", lambda request: self._note_request(request.url))

    def _note(self, message: ConsoleMessage) -> None:
        # A refused status is what some steps are about; anything else on the console is a fault.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(message.text)

    def _note_request(self, url: str) -> None:
        if not url.startswith((self.site.url, "data:", "blob:")):
            self.strangers.append(url)

    def open(self, path: str) -> None:
        """`path` without language, e.g. "intake/"."""
        answer = self.page.goto(f"{self.site.url}/{self.language}/{path}")
        assert answer is not None
        assert answer.status < 400, f"{path}: {answer.status}"
        self.check()

    def _shown(self) -> tuple[object, ...]:
        """How the page is built now, its size and its colours. Which words stand in a place is left out, not whether
        any do: axe judges by elements, attributes and styles."""
        bare = WRITTEN.sub(">x<", TOKENS.sub("", self.page.content()))
        bare = COUNTED.sub(lambda found: f"{found[1]}{re.sub('[0-9]+', '#', found[2])}", bare)
        return (bare, *self.page.evaluate(LOOK))

    def check(self, *, own_language: bool = True) -> None:
        """No axe violation, nobody else asked, the chosen language, no fault, nothing stored, no sideways scroll."""
        # What a step waited for may be gone from the old page before the new one has come.
        self.page.wait_for_load_state()
        try:
            self._look(own_language)
        except PlaywrightError:
            # The page went away while it was looked at: what came in its place is what has to be sound.
            self.page.wait_for_load_state()
            self._look(own_language)
        assert not self.faults, self.faults
        assert not self.strangers, self.strangers

    def _look(self, own_language: bool) -> None:
        self._look_by_axe()
        if own_language:
            assert self.page.locator("html").get_attribute("lang") == self.language, self.page.url
        told = [name for name in self.page.evaluate(STORED) if not name.startswith(MAY_BE_STORED)]
        assert not told, f"{self.page.url} left {told} in the browser"
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{self.page.url} scrolls sideways by {wide} px"

    def _look_by_axe(self) -> None:
        shown = self._shown()
        if shown in _sound:
            return
        # Axe reads style sheets that import others, as Django's do, by writing them into the page: our policy refuses.
        options = {"runOnly": AXE_TAGS, "resultTypes": ["violations"], "preload": "/admin/" not in self.page.url}
        self.page.evaluate(self.axe.axe_script)
        # Only what is wrong comes back: carrying all that is well takes longer than finding it.
        wrong = self.page.evaluate("options => axe.run(options).then(found => found.violations)", options)
        told = [f"{one['id']}: {one['help']}\n{[node['html'] for node in one['nodes']]}" for one in wrong]
        assert not told, "\n".join([self.page.url, *told])
        _sound.add(shown)


# What axe found nothing in: a page built the same way, of the same size and colours, is not looked at twice.
_sound: set[tuple[object, ...]] = set()


@pytest.fixture
def visitor(browser: Browser, site: Stack) -> Iterator[Callable[..., Visitor]]:
    """Make visitors: `visitor("fr", phone=True)`."""
    contexts: list[BrowserContext] = []

    def make(language: str, *, phone: bool = False, **options: object) -> Visitor:
        context = browser.new_context(
            viewport=PHONE if phone else DESKTOP, ignore_https_errors=True, locale=f"{language}-CA", has_touch=phone,
            timezone_id="America/Toronto", **options,
        )  # fmt: skip
        context.set_default_timeout(STEP_MS)
        contexts.append(context)
        return Visitor(context, site, language)

    yield make
    for context in contexts:
        context.close()
