"""What people do on the site, told once, in the words of the page's fields rather than of one language."""

from __future__ import annotations

import base64
import hmac
import re
import struct
import time
from collections import defaultdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Download, Locator, Page, expect

from psp.demo.accounts import PASSWORD, TOTP_SECRET
from tests.e2e.conftest import Visitor

# As the code that signs somebody in, and as nothing else in a message: neither a day nor a telephone number.
CODE = re.compile(r"(?<![\d-])\d{4}-\d{4}(?![\d-])")
ZONE = ZoneInfo("America/Toronto")
# Seconds that a code of an authenticator is shown.
PERIOD = 30
# A code of the period before is right until this one ends: none that may be too late once it has arrived.
ARRIVES_WITHIN = 15
_used: defaultdict[str, set[str]] = defaultdict(set)
ANSWERS = {"affiliation": "veteran", "adult": "yes", "experienced": "yes", "device": "yes", "meeting": "yes",
           "email_safe": "yes", "hours": "any"}  # fmt: skip
# Names and values of boxes that the story does not tick.
LEFT_OPEN = frozenset(
    {
        "sms_safe",
        "call_safe",
        "voicemail_safe",
        "availability",
        "informal",
        "activity",
        "in_person",
        "women",
        "men",
        "2slgbtqi",
    }
)


def clear_of_midnight(minutes: int) -> None:
    """For stories in which days are counted: where the program's day ends within so many minutes, wait for the next."""
    now = datetime.now(ZONE)
    tomorrow = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), tzinfo=ZONE)
    left = tomorrow.timestamp() - now.timestamp()
    if left < minutes * 60:
        time.sleep(left + 1)


def totp_now(secret: str = TOTP_SECRET, *, later: int = 0) -> str:
    """RFC 6238, written independently of the library that checks it; `later`: of so many periods from now."""
    counter = struct.pack(">Q", int(time.time()) // PERIOD + later)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def unused_code(username: str) -> str:
    """A code works once. Those before and after it are right too, as for a clock that is not: no need to wait."""
    left = PERIOD - time.time() % PERIOD
    for later in (0, 1, -1) if left > ARRIVES_WITHIN else (0, 1):
        if (code := totp_now(later=later)) not in _used[username]:
            _used[username].add(code)
            return code
    time.sleep(left)
    return unused_code(username)


def follow(pressed: Locator, key: str = "") -> None:
    """Press it, by mouse or with this key, and go on once the page that comes of it is there.

    Whether its address is another one or the same: what a page showed before is never taken for what it shows then,
    and nothing that was sent is cut off by the next step.
    """
    with pressed.page.expect_navigation():
        if key:
            pressed.press(key)
        else:
            pressed.click()


def submit(scope: Page | Locator) -> None:
    """Send the page's form, and wait for the answer."""
    follow(scope.locator("main form button[type=submit].btn-primary").first)


def fill(page: Page, **values: str) -> None:
    """Type into the fields of these names."""
    for name, value in values.items():
        page.locator(f"main [name={name}]").fill(value)


def download(visitor: Visitor, ending: str) -> Download:
    """The file behind the link of the page whose address ends so."""
    with visitor.page.expect_download() as waiting:
        visitor.page.locator(f"main a[href$='{ending}']").click()
    return waiting.value


def fill_step(visitor: Visitor, *, name: str, email: str, province: str, answers: dict[str, str]) -> None:
    """Answer whatever the visible step of the application asks."""
    step = visitor.page.locator("[data-step]:visible")
    for box in step.locator("input[type=checkbox]").all():
        if not (box.get_attribute("name") in LEFT_OPEN or box.get_attribute("value") in LEFT_OPEN):
            box.check()
    for field, value in (answers | {"language": visitor.language}).items():
        choice = step.locator(f"input[name={field}][value='{value}']")
        if choice.count():
            choice.check()
    for field, text in {"name": name, "typed_name": name, "email": email}.items():
        if step.locator(f"input[name={field}]").count():
            step.locator(f"input[name={field}]").fill(text)
    for value in ("0-evening", "2-evening"):
        if step.locator(f"input[name=availability][value='{value}']").count():
            step.locator(f"label:has(input[value='{value}'])").click()
    if step.locator("select[name=region]").count():
        step.locator("select[name=region]").select_option(province)


def apply(visitor: Visitor, *, name: str, email: str, province: str = "QC") -> int:
    """Fill in the application step by step and send it; how many steps there were. Each step is checked."""
    visitor.open("intake/")
    steps = 0
    while visitor.page.locator("[data-step]:visible").count():
        fill_step(visitor, name=name, email=email, province=province, answers=ANSWERS)
        visitor.check()
        steps += 1
        visitor.page.locator("[data-step-continue]").click()
        expect(visitor.page.locator("[data-step-number]")).to_have_text(str(steps + 1))
    visitor.check()
    visitor.page.locator("[data-steps-end] button[type=submit]:visible").click()
    visitor.page.wait_for_url("**/intake/sent/")
    visitor.check()
    return steps


def enter_code(page: Page, username: str) -> None:
    """The second factor, after the password."""
    page.wait_for_url("**/accounts/2fa/authenticate/")
    for _try in range(3):
        page.locator("input[name=code]").fill(unused_code(username))
        submit(page)
        if "/accounts/" not in page.url:
            return
    raise AssertionError(page.locator("main").inner_text())


def sign_in_team(visitor: Visitor, username: str, *, front: str = "*/*/") -> None:
    """Password, then the second factor; ends on the account's first page, whose address is like `front`."""
    page = visitor.page
    page.goto(f"{visitor.site.url}/accounts/login/")
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill(PASSWORD)
    submit(page)
    enter_code(page, username)
    page.wait_for_url(f"{visitor.site.url}/{front}")
    # The first page speaks the language that the account chose; the visitor may read on in the other.
    visitor.check(own_language=False)


def sign_in_participant(visitor: Visitor, email: str) -> None:
    """By a code that comes by mail; ends on the portal."""
    page, before = visitor.page, len(visitor.site.messages(email))
    page.goto(f"{visitor.site.url}/accounts/login/code/")
    page.locator("input[name=email]").fill(email)
    submit(page)
    page.wait_for_url("**/accounts/login/code/confirm/")
    message = visitor.site.wait_for_message(email, matching=CODE.pattern, after=before)
    found = CODE.search(message.get_content())
    assert found, message.get_content()
    page.locator("input[name=code]").fill(found.group())
    submit(page)
    page.wait_for_url(f"{visitor.site.url}/{visitor.language}/my/")
    visitor.check()
