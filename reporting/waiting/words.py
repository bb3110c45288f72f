"""What the public page says about waiting, from the figures that were published."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from psp.bilingual import reader_language
from psp.calendar_text import MONTHS
from reporting.choices import WaitOutcome, WaitStep
from reporting.models import PublishedWait
from reporting.waiting.times import newest, wanted


def public_waits() -> dict[str, Any]:
    """{"waits": [{"label", "text"}], "waits_until": "October 2026"}; every wait is named, also before any figure."""
    found = {(row.step, row.service): row for row in newest()}
    lines = [{"label": label(step, service), "text": text(found.get((step, service)))} for step, service in wanted()]
    months = {row.month for row in found.values()}
    return {"waits": lines, "waits_until": _month(months.pop()) if months else ""}


def _month(day: Any) -> str:
    code = reader_language()
    return f"{MONTHS[code][day.month - 1]} {day.year}"


def label(step: str, service: str) -> str:
    return {
        (WaitStep.MEETING, ""): _("From sending to the first meeting"),
        (WaitStep.DECISION, ""): _("From sending to the answer"),
        (WaitStep.PLACE, "formal"): _("From “yes” to a place in a formal group"),
        (WaitStep.PLACE, "informal"): _("From “yes” to a place in an informal group"),
        (WaitStep.PLACE, "activity"): _("From “yes” to a place in an activity"),
    }[WaitStep(step), service]


def text(row: PublishedWait | None) -> str:
    """One sentence that anybody can read, and no more than may be said."""
    if row is None or row.outcome == WaitOutcome.TOO_FEW:
        return _("Too few people yet to say this honestly.")
    if row.outcome == WaitOutcome.WAITING:
        return _("We cannot say yet: more than half of the people still wait.")
    weeks = row.weeks or 1
    return ngettext(
        "Half of the people waited less than about one week.",
        "Half of the people waited less than about %(weeks)s weeks.", weeks,
    ) % {"weeks": weeks}  # fmt: skip
