"""What the browser stories leave behind. This file comes last in the alphabet, so that all stories are over by then."""

from __future__ import annotations

from email.utils import getaddresses

from psp.demo.accounts import ACCOUNTS
from tests.e2e.people import apply
from tests.e2e.stack import Stack
from tests.e2e.test_whole_way import assert_nothing_leaked

CANARY, ADDRESS = "Philomène Canari", "philomene.canari@example.org"
# Names that people type in the other stories, where those have run.
NAMES = ("Ferdinand Canari-Nommé", "Sans Courriel")


def recipients(site: Stack) -> set[str]:
    """Every address to which anything was sent, but those of the demo's team."""
    headers = [str(message[name]) for message in site.messages() for name in ("To", "X-Envelope-To") if message[name]]
    return {address for _name, address in getaddresses(headers)} - {account.email for account in ACCOUNTS}


def test_property_21_no_name_or_address_of_any_story_is_in_a_log_or_a_backup(visitor, site):
    person = visitor("fr", phone=True)
    apply(person, name=CANARY, email=ADDRESS)
    site.wait_for_message(ADDRESS)
    written_to = recipients(site)
    assert ADDRESS in written_to
    assert_nothing_leaked(site, [CANARY, *NAMES, *written_to])
