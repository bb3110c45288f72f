"""The lines to call now, as pages show them: from the database, and from the content files if there is nothing.

Kept in this process for a moment, because every public page shows them; what an administrator changes is seen
everywhere within `KEEP_SECONDS`. A page that somebody needs now never comes without a number.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from psp.bilingual import in_language
from psp.content import load
from psp.logs import get_logger
from psp.models import Region
from psp.models_crisis import CrisisLine, number_link
from psp.opening import is_open, opening_words
from psp.week_hours import lines as hour_lines

log = get_logger(__name__)
KEEP_SECONDS = 30.0
_kept: dict[str, tuple[float, Any]] = {}


def forget(**_signal: Any) -> None:
    """The next page reads the table again. Called when a line is saved, in this process."""
    _kept.clear()


def offered() -> list[CrisisLine]:
    """Lines in order, none of them switched off."""
    known = _kept.get("lines")
    if known is None or time.monotonic() - known[0] > KEEP_SECONDS:
        known = _kept["lines"] = (time.monotonic(), _from_table() or seeded())
    found: list[CrisisLine] = known[1]
    return found


def _from_table() -> list[CrisisLine]:
    try:
        with transaction.atomic():
            return list(CrisisLine.objects.filter(active=True))
    except DatabaseError as error:  # the numbers come whatever is broken
        log.error("crisis_lines_unread", error=type(error).__name__)
        return []


def seeded() -> list[CrisisLine]:
    """What the program came with, not saved."""
    return [from_content(item, order=number * 10) for number, item in enumerate(load("crisis_lines")["lines"], start=1)]


def from_content(item: dict[str, Any], *, order: int) -> CrisisLine:
    numbers = {number["kind"]: number for number in item["numbers"]}
    ways = {field: numbers.get(kind, {}).get("display", "") for field, kind in
            (("phone", "call"), ("tty", "tty"), ("sms", "text"))}  # fmt: skip
    texts = {name: item[name] for name in ("name_en", "name_fr", "what_en", "what_fr")}
    return CrisisLine(
        code=item["code"], **texts, **ways, hours=item["hours"], regions=item["provinces"] or [], order=order
    )


def shown(line: CrisisLine, language: str, now: datetime) -> dict[str, Any]:
    """One line in the reader's language, as the component `help_now` wants it."""
    code = "fr" if language.startswith("fr") else "en"
    return {
        "name": in_language(line, "name", code), "about": in_language(line, "what", code),
        "hours": hour_lines(line.hours, code) or [_("Day and night, every day")],
        "open": is_open(line.hours, line.time_zone, now),
        "opens": opening_words(line.hours, line.time_zone, now, code), "where": _where(line, code),
        "phone": line.phone, "phone_href": number_link(line.phone),
        "tty": line.tty, "tty_href": number_link(line.tty),
        "sms": line.sms, "sms_href": number_link(line.sms, "sms"), "sms_note": in_language(line, "sms_note", code),
        "chat": in_language(line, "chat", code),
    }  # fmt: skip


def _where(line: CrisisLine, code: str) -> str:
    """Names of the provinces, for a line that is not for everywhere."""
    names = {item["code"]: item[f"name_{code}"] for item in load("regions")["provinces"]} if line.regions else {}
    return ", ".join(names.get(region, region) for region in line.regions)


def load_lines() -> None:
    """Create the lines of the content files that are missing. What an administrator changed is kept."""
    known = set(CrisisLine.objects.values_list("pk", flat=True))
    for line in seeded():
        if line.pk not in known:
            line.save(force_insert=True)


def region_choices() -> list[tuple[str, str]]:
    return [(region.code, str(region)) for region in Region.objects.all()]
