"""The application form as a program fills it in: what the page holds, and plausible answers."""

from __future__ import annotations

import re

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
TICKS = re.compile(r'<input type="checkbox" name="([a-z_]+__[a-z_]+)"')
ANSWERS = {
    "affiliation": "veteran", "adult": "yes", "experienced": "yes", "device": "yes", "meeting": "yes",
    "services": "formal", "modalities": "virtual", "read_notice": "on", "languages": "fr",
    "compositions": "any", "availability": "0-evening", "region": "QC", "email_safe": "yes",
    "hours": "any", "name": "Banc d’essai", "name_to_use": "Banc", "language": "fr", "typed_name": "Banc d’essai",
}  # fmt: skip


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page, its token among them."""
    return dict(HIDDEN.findall(page))


def filled(page: str, *, email: str) -> dict[str, str]:
    """A whole application for the form on this page, every line of consent ticked."""
    return hidden(page) | dict.fromkeys(TICKS.findall(page), "on") | ANSWERS | {"email": email}
