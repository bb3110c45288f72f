"""Supervision in words, as the reader's own clock and language have it. Dates alike for both; nobody is compared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from psp.bilingual import reader_language
from psp.calendar_text import long_date, long_datetime, machine_time, relative_days
from supporters.models import NextMeeting, SupervisionMeeting, SupportKind, SupportPlan
from supporters.supervision.facts import Due


def day(value: date) -> dict[str, str]:
    """A day on its own."""
    return {"text": long_date(value, reader_language(), article=False), "iso": value.isoformat()}


def moment(value: datetime, zone: str) -> dict[str, str]:
    return {"text": long_datetime(value, zone, reader_language()), "iso": machine_time(value)}


def due(found: Due, today: date) -> dict[str, Any]:
    """ "due 3 days ago", "due today", "due in 4 days", with the day itself."""
    if found.late:
        words = ngettext("due %(days)d day ago", "due %(days)d days ago", found.late) % {"days": found.late}
    elif found.on == today:
        words = gettext("due today")
    else:
        words = gettext("due %(when)s") % {"when": relative_days(found.on, today, reader_language())}
    last = {"last": day(found.last)} if found.last else {}
    return {"words": words, "late": bool(found.late), "day": day(found.on), **last}


def planned(found: NextMeeting | None, zone: str) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"id": found.pk, "minutes": found.minutes, "passed": found.starts_at <= timezone.now(),
            "when": moment(found.starts_at, zone)}  # fmt: skip


def meeting(row: SupervisionMeeting, now: Any = None) -> dict[str, Any]:
    """`now`: account of the supervisor of now, for the supporter's page: what an earlier one wrote may be shown."""
    return {
        "id": row.pk, "kind": row.get_kind_display(), "day": day(row.held_on), "minutes": row.minutes,
        "agreed": row.agreed, "added": row.added, "with": row.supervisor.name,
        "can_show": now is not None and row.supervisor_id != now.pk,
        "shown": now is not None and row.shared_with_id == now.pk,
    }  # fmt: skip


def kinds_known() -> dict[str, str]:
    """Code → name of every kind of support. One question."""
    return {one.code: str(one) for one in SupportKind.objects.all()}


def plan(row: SupportPlan, today: date, now: Any = None, *, known: Mapping[str, str] | None = None) -> dict[str, Any]:
    """`known`: `kinds_known()`, for a list asked for once."""
    known = kinds_known() if known is None else known
    return {
        "id": row.pk, "kinds": [known.get(code, code) for code in row.kinds], "agreed": row.agreed,
        "from": day(row.from_on), "until": day(row.until_on), "look": day(row.look_on),
        "to_look_at": row.ended_on is None and (row.look_on <= today or row.until_on < today),
        "ended": day(row.ended_on) if row.ended_on else None, "with": row.supervisor.name,
        "can_show": now is not None and row.supervisor_id != now.pk,
        "shown": now is not None and row.shared_with_id == now.pk,
    }  # fmt: skip
