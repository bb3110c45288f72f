"""Hours and rates by role, side by side: whether the same hour is paid the same ([NH] section 4).

No name, and no number from which one person could be read: hours of a role, or of a kind of work, are only shown from
five people on ([NH] rule 38), of whole quarters, and only what was handed to pay. A rate is nobody's secret.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from psp.choices import Role
from supporters.hours.choices import HoursKind, HoursState
from supporters.hours.rules import Period
from supporters.models import HoursLine, PayRate

FEWEST = 5
ROLES = (Role.SUPPORTER, Role.CLINICIAN, Role.COORDINATOR)
# What stands for kinds that too few people have, put together.
OTHER = "other"


@dataclass(frozen=True, slots=True)
class RoleHours:
    """`people`: None where they are too few; then `minutes` is empty. Otherwise minutes by kind, or under `OTHER`."""

    role: Role
    people: int | None
    minutes: dict[str, int]


def quarter_of(day: date) -> Period:
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    following = date(first.year + first.month // 10, (first.month + 2) % 12 + 1, 1)
    return Period(first, following - timedelta(days=1))


def quarters_before(today: date, count: int = 4) -> list[Period]:
    """The last quarters that are over, the newest first."""
    found = [quarter_of(quarter_of(today).first - timedelta(days=1))]
    while len(found) < count:
        found.append(quarter_of(found[-1].first - timedelta(days=1)))
    return found


def hours_by_role(period: Period) -> list[RoleHours]:
    rows = HoursLine.objects.filter(state=HoursState.EXPORTED).between(period.first, period.last).order_by()
    lines = list(rows.values_list("role", "user_id", "kind", "minutes"))
    return [protected(role, [line[1:] for line in lines if line[0] == role]) for role in ROLES]


def protected(role: Role, lines: Iterable[tuple[UUID, str, int]]) -> RoleHours:
    """(person, kind, minutes) of one role, so that every number shown is of `FEWEST` people at least.

    Kinds that fewer people have are put together; if those are still too few, the smallest other kind goes with them,
    so that what is missing from the whole is never one person's.
    """
    rows = list(lines)
    people = {person for person, _kind, _minutes in rows}
    if len(people) < FEWEST:
        return RoleHours(role, None, {})
    has = {kind: {person for person, of, _minutes in rows if of == kind} for kind in HoursKind}
    sums = {kind: sum(minutes for _person, of, minutes in rows if of == kind) for kind in HoursKind if has[kind]}
    small = {kind for kind in sums if len(has[kind]) < FEWEST}
    while small and len(set().union(*(has[kind] for kind in small))) < FEWEST:
        small.add(min((kind for kind in sums if kind not in small), key=lambda kind: (len(has[kind]), sums[kind])))
    minutes = {str(kind): total for kind, total in sums.items() if kind not in small}
    return RoleHours(role, len(people), minutes | ({OTHER: sum(sums[kind] for kind in small)} if small else {}))


def rates_on(day: date) -> dict[Role, PayRate]:
    """What is paid in each role on that day."""
    found: dict[Role, PayRate] = {}
    for rate in PayRate.objects.filter(from_day__lte=day).order_by("from_day"):
        found[Role(rate.role)] = rate
    return found
