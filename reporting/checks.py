"""What an operator could set under which no figure may be given."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from psp.feedback_rules import FLOOR
from reporting.disclosure import LOWEST_THRESHOLD
from reporting.periods import Span


@register()
def figures_can_be_protected(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    """Said at the start: later it would be said to whoever opens a report (rule 38)."""
    found: list[CheckMessage] = []
    for name, least in (("PSP_SUPPRESSION_THRESHOLD", LOWEST_THRESHOLD), ("PSP_FEEDBACK_THRESHOLD", FLOOR)):
        value = getattr(settings, name)
        if value < least:
            found.append(Error(f"{name} is {value}; it must be {least} or more.", id="reporting.E001"))
    if settings.PSP_REPORT_FINEST not in set(Span):
        spans = ", ".join(Span)
        message = f"PSP_REPORT_FINEST is {settings.PSP_REPORT_FINEST}; it must be one of {spans}."
        found.append(Error(message, id="reporting.E002"))
    if settings.PSP_REPORT_SETTLE_DAYS < 0:
        found.append(Error("PSP_REPORT_SETTLE_DAYS must be 0 or more.", id="reporting.E003"))
    return found
