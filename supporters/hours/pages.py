"""What the pages of hours show: a pay period of one person, and what waits for a supervisor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from psp.models import User
from supporters.hours.choices import OPEN_HOURS, HoursKind, HoursState
from supporters.hours.proposing import Proposal, proposals
from supporters.hours.rules import Period, period_of
from supporters.hours.services import LOOK_BACK, seen_of, today_of
from supporters.hours.words import day_of, length, period_text, shown, sums, times_of
from supporters.models import CareSetting, HoursLine, HoursReturn
from supporters.reference import settings


def period_for(day: date, care: CareSetting | None = None) -> Period:
    care = care or settings()
    return period_of(day, care.pay_period_from, care.pay_period_days)


def asked_period(user: User, text: str) -> Period:
    """The period that an address names by one of its days; the present one for anything else."""
    today = today_of(user)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = today
    return period_for(day if today - LOOK_BACK <= day <= today else today)


def own_page(user: User, period: Period) -> dict[str, Any]:
    """Everything about one period of one's own."""
    lines = list(HoursLine.objects.filter(user=user).between(period.first, period.last).select_related("user"))
    proposed = proposals(user, period, now=timezone.now())
    return {
        **period_parts(period), "proposed": [_proposed(one, user) for one in proposed],
        "proposed_whole": length(sum(one.minutes for one in proposed)), "lines": [shown(line) for line in lines],
        "sums": sums(lines), "returned": _returned(user), "earlier": period_for(period.first - timedelta(days=1)).first,
        "later": _later(period, today_of(user)), "to_send": sum(line.state in OPEN_HOURS for line in lines),
        "waits": sum(line.state == HoursState.SUBMITTED for line in lines),
    }  # fmt: skip


def period_parts(period: Period) -> dict[str, Any]:
    return {"first": period.first.isoformat(), "last": period.last.isoformat(), "period": period_text(period)}


def _later(period: Period, today: date) -> date | None:
    following = period.last + timedelta(days=1)
    return following if following <= today else None


def _proposed(one: Proposal, user: User) -> dict[str, Any]:
    line = HoursLine(user=user, starts_at=one.starts_at, ends_at=one.ends_at)
    return {"key": one.key, "kind": HoursKind(one.kind).label, "day": day_of(one.day), "day_iso": one.day.isoformat(),
            "length": length(one.minutes), "times": times_of(line)}  # fmt: skip


def _returned(user: User) -> list[dict[str, Any]]:
    """What came back and was not sent again, whatever its period: why, and where it is."""
    lines = HoursLine.objects.filter(user=user, state=HoursState.RETURNED, returned__isnull=False)
    days: dict[HoursReturn, list[date]] = defaultdict(list)
    for line in lines.select_related("returned").order_by("-returned__at", "day"):
        if line.returned is not None:
            days[line.returned].append(line.day)
    return [
        {"why": row.get_code_display(), "note": row.note, "first": found[0], "days": period_of_days(found)}
        for row, found in days.items()
    ]


def period_of_days(days: list[date]) -> str:
    return day_of(days[0]) if days[0] == days[-1] else period_text(Period(days[0], days[-1]))


def waiting_people(lines: Iterable[HoursLine]) -> list[dict[str, Any]]:
    """Lines that wait, by person and pay period, by name: no order says who worked more."""
    care = settings()
    parts: dict[tuple[Any, Period], list[HoursLine]] = {}
    for line in lines:
        parts.setdefault((line.user, period_for(line.day, care)), []).append(line)
    rows = [
        {"person": person, "name": person.name or person.username, **period_parts(period), "sums": sums(found),
         "lines": [shown(line) for line in found], "seen": seen_of(found), "key": f"{person.pk}-{period.first}"}
        for (person, period), found in parts.items()
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row["name"].casefold(), row["first"]))
