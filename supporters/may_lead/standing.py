"""What is known of those who lead, as `supporters.rules` takes it: the same few questions for one and for hundreds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

from intake.models import KeepApart
from psp.models import User
from supporters import calendar
from supporters.choices import Outcome, TextKind
from supporters.hours.rules import Allowance, lowest, minutes_between, monday, planned_week
from supporters.hours.workload import FURTHEST
from supporters.joining.former import met_before
from supporters.may_lead.facts import FACTS
from supporters.may_lead.leading import Accounts
from supporters.rules import CourseState, Lived, Load, Missing, Standing, may_lead

AHEAD = timedelta(days=14)
Rows = Iterable[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Adding:
    """A group that somebody would lead. `members`: accounts of those who are in it or are asked to be; `dates`: when
    it meets; `proposed`: whether others think of them for it, rather than they themselves saying yes."""

    group: UUID | None = None
    members: frozenset[UUID] = frozenset()
    dates: tuple[tuple[datetime, datetime], ...] = ()
    proposed: bool = True


# Monday → minutes of each session that somebody leads in that week.
Weeks = dict[date, list[int]]


@dataclass(frozen=True)
class Known:
    """The rows of `supporters.may_lead.facts`, by account."""

    on: date
    rhythm: tuple[int, int]
    most: tuple[int, int, int]
    allowance: Allowance
    in_force: dict[str, int]
    courses: tuple[str, ...]
    acknowledged: dict[tuple[UUID, str], int]
    readiness: dict[UUID, tuple[str, date | None]]
    done: dict[tuple[UUID, str], CourseState]
    paired: dict[UUID, date]
    met: dict[UUID, date]
    paused: frozenset[UUID]
    leave: dict[UUID, tuple[tuple[date, date], ...]]
    limits: dict[UUID, tuple[tuple[int | None, int | None], ...]]
    wishes: dict[UUID, tuple[int, bool]]
    led: dict[UUID, dict[UUID, bool]]
    weeks: dict[UUID, Weeks] = field(default_factory=dict)


def standings(
    accounts: Collection[UUID], on: date, *, staff: Collection[UUID] = (), adding: Adding | None = None
) -> dict[UUID, Standing]:
    """How each of these accounts stands on that day. `staff`: those who would lead as clinicians.

    With `adding`, as it would be with that group led too. The number of queries does not depend on how many accounts.
    """
    known = read(accounts, on, adding)
    apart, cohort = conflicts(accounts, adding.members if adding else ())
    return {
        one: replace(
            standing(known, one, Lived.NO if one in staff else Lived.YES, adding), apart=apart[one], cohort=cohort[one]
        )
        for one in accounts
    }  # fmt: skip


def missing(
    accounts: Collection[UUID], on: date, *, staff: Collection[UUID] = (), adding: Adding | None = None
) -> dict[UUID, tuple[Missing, ...]]:
    """What is missing for each of them to lead on that day."""
    found = standings(accounts, on, staff=staff, adding=adding)
    return {one: may_lead(person, on) for one, person in found.items()}


# Reading ------------------------------------------------------------------------------------------------------


def read(accounts: Collection[UUID], on: date, adding: Adding | None = None) -> Known:
    known = known_of(accounts, on)
    known.weeks.update(weeks_of(accounts, on, adding))
    return known


def known_of(accounts: Accounts, on: date) -> Known:
    """All but the sessions of the coming weeks."""
    return known_from([list(fact(accounts, on)) for fact in FACTS], on)


def known_from(rows: Sequence[Rows], on: date) -> Known:
    """From the answers to `FACTS`, in their order."""
    (setting, in_force, courses, acknowledged, readiness, done, paired, met, paused, leave, limits, wishes, led) = rows
    ((every, grace, groups_most, sessions_most, hours_most, prepare, debrief, meeting),) = setting
    away: dict[UUID, list[tuple[date, date]]] = defaultdict(list)
    for user, first, last in leave:
        away[user].append((first, last))
    groups: dict[UUID, dict[UUID, bool]] = defaultdict(dict)
    for user, group, staff in led:
        groups[user][group] = staff
    return Known(
        on, (every, grace), (groups_most, sessions_most, hours_most), Allowance(prepare, debrief, meeting, every),
        dict(in_force), tuple(sorted(code for (code,) in courses)),
        {(user, kind): number for user, kind, number in acknowledged},
        {user: (outcome, again) for user, outcome, again in readiness}, _best(done), dict(paired), dict(met),
        frozenset(user for (user,) in paused), {user: tuple(spans) for user, spans in away.items()},
        {user: _own_limits(on, *row) for user, *row in limits},
        {user: (groups, none) for user, groups, none in wishes}, dict(groups),
    )  # fmt: skip


def _own_limits(
    on: date, sessions: int | None, hours: int | None, agreed_sessions: int | None, agreed_hours: int | None,
    until: date | None,
) -> tuple[tuple[int | None, int | None], ...]:  # fmt: skip
    """For sessions and for hours: what they set themselves, and what was agreed for a while."""
    counts = until is not None and on <= until
    agreed = (agreed_sessions, agreed_hours) if counts else (None, None)
    return (sessions, agreed[0]), (hours, agreed[1])


def _best(rows: Rows) -> dict[tuple[UUID, str], CourseState]:
    """Of each course the one that counts longest: a renewal, not what it renewed."""
    found: dict[tuple[UUID, str], CourseState] = {}
    for user, code, completed, expires in rows:
        before = found.get((user, code))
        longer = before is None or (before.expires_on is not None and (expires is None or expires > before.expires_on))
        if longer:
            found[user, code] = CourseState(code, completed, expires)
    return found


def weeks_of(accounts: Collection[UUID], on: date, adding: Adding | None = None) -> dict[UUID, Weeks]:
    """What they lead, by week on each one's own clock: this week, the next two, and every week of a group added."""
    dates = adding.dates if adding else ()
    first, end = window(on, adding)
    rows = [one for one in calendar.led(accounts, first, end) if adding is None or one.group != adding.group]
    led = [(one.user, one.starts_at, one.ends_at) for one in rows]
    led += [(account, start, end) for start, end in dates for account in accounts]
    clocks = {pk: ZoneInfo(zone) for pk, zone in User.objects.filter(pk__in=accounts).values_list("pk", "time_zone")}
    found: dict[UUID, Weeks] = defaultdict(lambda: defaultdict(list))
    for account, start, end in led:
        week = monday(start.astimezone(clocks[account]).date())
        if week >= monday(on):
            found[account][week].append(minutes_between(start, end))
    return found


def window(on: date, adding: Adding | None = None) -> tuple[datetime, datetime]:
    """Within which sessions begin that count, wherever in the world somebody's week begins."""
    dates = adding.dates if adding else ()
    last = max([on + AHEAD, *(timezone.localdate(start) for start, _end in dates)])
    return _morning(monday(on)) - FURTHEST, _morning(monday(last) + timedelta(weeks=1)) + FURTHEST


def _morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def conflicts(accounts: Collection[UUID], members: Collection[UUID]) -> tuple[dict[UUID, int], dict[UUID, int]]:
    """With how many of the members each must not meet, and with how many they were in a group before."""
    apart: dict[UUID, int] = defaultdict(int)
    if members:
        here, there = Q(person__in=accounts, other__in=members), Q(other__in=accounts, person__in=members)
        rows = KeepApart.objects.in_force().filter(here | there).values_list("person_id", "other_id")
        asked, inside = set(accounts), set(members)
        for one, other in rows:
            for account, member in ((one, other), (other, one)):
                apart[account] += account in asked and member in inside
    met = {account: len(people) for account, people in met_before(accounts, members).items()}
    return apart, defaultdict(int, met)


def never_with(members: Collection[UUID]) -> set[UUID]:
    """Everybody, whoever they are, who must not meet one of the members or was in a group with one before."""
    if not members:
        return set()
    rows = KeepApart.objects.in_force().filter(Q(person__in=members) | Q(other__in=members))
    found = set(met_before(None, members))
    for one, other in rows.values_list("person_id", "other_id"):
        found |= {account for account, member in ((one, other), (other, one)) if member in members and account}
    return found


# One person ---------------------------------------------------------------------------------------------------


def standing(
    known: Known, user: UUID, lived: Lived, adding: Adding | None = None, *, week: date | None = None
) -> Standing:  # fmt: skip
    """From what is known. Loads are those of the fullest week, or of the week that begins on `week`."""
    kind = TextKind.AGREEMENT_STAFF if lived is Lived.NO else TextKind.AGREEMENT_SUPPORTER
    outcome, again = known.readiness.get(user, ("", None))
    groups, sessions, hours = _loads(known, user, adding, week)
    none_wished = known.wishes[user][1] if user in known.wishes else False
    return Standing(
        lived=lived, agreement=(known.in_force.get(kind), known.acknowledged.get((user, kind), 0)),
        ready=outcome == Outcome.READY, look_again_on=again,
        courses=tuple(known.done.get((user, code)) or CourseState(code) for code in known.courses),
        supervised_since=known.paired.get(user), last_supervision=known.met.get(user), rhythm=known.rhythm,
        paused=user in known.paused or (adding is not None and adding.proposed and none_wished),
        leave=known.leave.get(user, ()), groups=groups, sessions=sessions, hours=hours,
    )  # fmt: skip


def _loads(known: Known, user: UUID, adding: Adding | None, only: date | None) -> tuple[Load, Load, Load]:
    """The lowest of the program's limit and the person's own ones counts ([NH] rule 32)."""
    wished = (known.wishes[user][0],) if user in known.wishes else ()
    own = (wished, *known.limits.get(user, ((), ())))
    most = [lowest(limit, *mine) for limit, mine in zip(known.most, own, strict=True)]
    groups = {*known.led.get(user, ())} | ({adding.group} if adding else set())
    led = known.weeks.get(user, {})
    supervised = user in known.paired
    lengths = [led.get(only, [])] if only else list(led.values())
    weeks = [planned_week(week, known.allowance, supervised=supervised) for week in lengths]
    return (
        Load(len(groups), most[0]), Load(max((week.sessions for week in weeks), default=0), most[1]),
        Load(max((week.hours for week in weeks), default=0), most[2]),
    )  # fmt: skip
