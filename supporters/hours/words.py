"""Hours in words, as the reader's language has them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from psp.bilingual import reader_language
from psp.calendar_text import NO_BREAK, long_date, time_of_day
from supporters.hours.choices import HoursKind, HoursState
from supporters.hours.rules import Period, totals
from supporters.models import HoursLine, PayRate

TAG_KINDS = {
    HoursState.DRAFT: "neutral", HoursState.SUBMITTED: "active", HoursState.RETURNED: "warning",
    HoursState.APPROVED: "success", HoursState.EXPORTED: "success",
}  # fmt: skip


def length(minutes: int) -> str:
    """ "1 h 30", « 1 h 30 », "45 min"; less than nothing with its sign before it."""
    sign = "−" if minutes < 0 else ""
    hours, rest = divmod(abs(minutes), 60)
    if not hours:
        return f"{sign}{rest}{NO_BREAK}min"
    return f"{sign}{hours}{NO_BREAK}h" + (f"{NO_BREAK}{rest:02}" if rest else "")


def day_of(day: date) -> str:
    return long_date(day, reader_language(), article=False)


def period_text(period: Period) -> str:
    """ "Monday, 5 January 2026 to Sunday, 18 January 2026"."""
    return _("%(first)s to %(last)s") % {"first": day_of(period.first), "last": day_of(period.last)}


def times_of(line: Any) -> str:
    """ "7:00 p.m. to 8:30 p.m." on the person's own clock; "" where only the length is known."""
    if line.starts_at is None:
        return ""
    zone = ZoneInfo(line.user.time_zone)
    first, last = (time_of_day(moment.astimezone(zone), reader_language()) for moment in (line.starts_at, line.ends_at))
    return pgettext("times", "%(first)s to %(last)s") % {"first": first, "last": last}


def shown(line: HoursLine) -> dict[str, Any]:
    """One line for a list."""
    state = HoursState(line.state)
    return {
        "id": line.pk, "day": day_of(line.day), "day_iso": line.day.isoformat(), "kind": line.get_kind_display(),
        "length": length(line.minutes), "times": times_of(line), "corrects": line.corrects_id is not None,
        "state": state.label, "tag_kind": TAG_KINDS[state], "open": state in (HoursState.DRAFT, HoursState.RETURNED),
        "paid": state == HoursState.EXPORTED,
    }  # fmt: skip


def sums(lines: Iterable[HoursLine]) -> dict[str, Any]:
    """Totals by kind, in the order of the kinds, and the whole."""
    found = totals((line.kind, line.minutes) for line in lines)
    kinds = [{"kind": kind.label, "length": length(found[kind])} for kind in HoursKind if kind in found]
    return {"kinds": kinds, "whole": length(sum(found.values()))}


def money(cents: int) -> str:
    """ "$31.50", « 31,50 $ »."""
    whole, rest = divmod(abs(cents), 100)
    return f"{whole},{rest:02}{NO_BREAK}$" if reader_language() == "fr" else f"${whole}.{rest:02}"


def rate_text(rate: PayRate | None) -> str:
    return _("%(money)s an hour") % {"money": money(rate.cents)} if rate else _("no rate is set")
