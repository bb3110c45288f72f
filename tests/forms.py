"""Filling in the public form as a person without JavaScript does: get the page, answer, send."""

from __future__ import annotations

import re
from typing import Any

from django.db import connections
from django.test import Client

GOOD: dict[str, Any] = {
    "read_notice": "on", "affiliation": "veteran", "adult": "yes", "experienced": "yes", "device": "yes",
    "meeting": "yes", "services": ["formal"], "modalities": ["virtual"], "region": "QC", "languages": ["fr"],
    "compositions": ["any"], "availability": ["0-evening", "2-evening"], "email_safe": "yes",
    "email": "camille@example.org", "hours": "any", "name": "Camille", "language": "en", "typed_name": "Camille T.",
    "taking_part__informed": "on", "taking_part__questions": "on", "taking_part__voluntary": "on",
    "taking_part__my_information": "on", "taking_part__kept_safe": "on", "taking_part__not_identified": "on",
    "taking_part__agree": "on", "contact_email__may_write": "on", "contact_email__others_may_see": "on",
}  # fmt: skip
# Counters of the rate limit: a keyed digest of a network and a number, for an hour.
NOT_ABOUT_PEOPLE = {"psp_cache"}


def hidden_fields(page: str) -> dict[str, str]:
    """Values of the form's own hidden fields."""
    found = {}
    for tag in re.findall(r'<input type="hidden"[^>]*>', page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] in ("sent_key", "texts", "look_anyway"):
            found[name[1]] = value[1] if value else ""
    return found


def typed(client: Client, language: str = "en", **changes: Any) -> dict[str, Any]:
    """A filled-in form of a page got just now; a change to None leaves the field out."""
    page = client.get(f"/{language}/intake/").content.decode()
    answers = GOOD | {"language": language} | hidden_fields(page) | changes
    return {name: value for name, value in answers.items() if value is not None}


def fill(client: Client, language: str = "en", **changes: Any) -> Any:
    """Get the page, fill it in with GOOD answers and `changes`, and send it."""
    return client.post(f"/{language}/intake/", typed(client, language, **changes))


def row_counts() -> dict[str, int]:
    """How many rows every table of both databases has."""
    counts = {}
    for alias in ("default", "keys"):
        with connections[alias].cursor() as cursor:
            tables = connections[alias].introspection.table_names(cursor)
            for table in sorted(set(tables) - NOT_ABOUT_PEOPLE):
                cursor.execute(f'SELECT count(*) FROM "{table}"')
                counts[f"{alias}.{table}"] = cursor.fetchone()[0]
    return counts


def grown(before: dict[str, int]) -> dict[str, int]:
    """Tables with another number of rows than before, and the difference."""
    now = row_counts()
    return {table: count - before[table] for table, count in now.items() if count != before[table]}
