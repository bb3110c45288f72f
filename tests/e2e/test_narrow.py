"""Every page that links lead to fits 320 px, which is also 1280 px at 400 % zoom (WCAG 2.2, 1.4.10 Reflow).

In French, whose words are longer. One page of each kind: two addresses that differ by an id are the same page.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from tests.e2e.people import sign_in_participant
from tests.e2e.test_accounts import enter

NARROW = {"width": 320, "height": 640}
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b\d+\b")
# Pages that end something, or that are files.
LEAVE_ALONE = re.compile(r"/leave/|/logout/|/language/|\.(?:ics|json|csv|xlsx|pdf)\b|/download/|/static/|/admin/")
SOMEBODY = """
from contact.models import SafeContact
from tests.factories import an_accepted_participant
made = an_accepted_participant(email="narrow@example.org", language="fr", consents=("taking_part", "contact_email"))
SafeContact.objects.create(person=made.user, email_safe=True)
"""


def kind_of(address: str) -> str:
    """The page behind an address, without its ids and filters."""
    return IDS.sub("*", urlsplit(address).path)


def too_wide(page) -> int:
    """Pixels by which the page scrolls sideways."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def walk(person, start: str) -> dict[str, int]:
    """Open every page that can be reached by links from `start`; how much each is too wide.

    None of them asks a third party for anything ([security] 20).
    """
    page, site = person.page, person.site.url
    found: dict[str, int] = {}
    waiting = [f"{site}{start}"]
    while waiting:
        address = waiting.pop(0)
        if kind_of(address) in found or LEAVE_ALONE.search(address):
            continue
        answer = page.goto(address)
        assert answer.status < 400, f"{address}: {answer.status}"
        found[kind_of(address)] = too_wide(page)
        assert not person.strangers, f"{address}: {person.strangers}"
        links = page.locator("a[href]:not([download])").evaluate_all("all => all.map(one => one.href.split('#')[0])")
        waiting += [link for link in links if link.startswith(f"{site}/fr/")]
    return found


@pytest.fixture
def narrow(visitor):
    person = visitor("fr")
    person.page.set_viewport_size(NARROW)
    return person


def test_property_20_every_public_page_fits_320_pixels_and_asks_nobody_else(narrow):
    found = walk(narrow, "/fr/")
    assert len(found) >= 4, found
    assert not {page: width for page, width in found.items() if width > 0}


def test_property_20_every_page_of_a_participant_fits_320_pixels_and_asks_nobody_else(narrow):
    narrow.site.run(SOMEBODY)
    sign_in_participant(narrow, "narrow@example.org")
    found = walk(narrow, "/fr/my/")
    assert len(found) >= 6, found
    assert not {page: width for page, width in found.items() if width > 0}


@pytest.mark.parametrize(
    ("username", "start", "least"),
    [
        ("coordinator.qc", "/fr/desk/", 12), ("supporter.qc", "/fr/lead/", 2), ("analyst", "/fr/reports/", 1),
        ("privacy", "/fr/privacy/", 1),
    ],
)  # fmt: skip
def test_property_20_every_page_of_the_team_fits_320_pixels_and_asks_nobody_else(narrow, username, start, least):
    enter(narrow, username)
    found = walk(narrow, start)
    assert len(found) >= least, found
    assert not {page: width for page, width in found.items() if width > 0}
