"""May somebody lead? Pure: what is known about one person at one time in, everything that is missing out.

[NH] rules 27 to 35: nobody is assigned to lead unless ready, trained, under current supervision, with the role
agreement acknowledged, within workload, not paused and free of conflicts. Those who bring no lived experience of
their own (`Lived.NO`, a clinician beside a facilitator) are neither assessed for readiness nor trained nor supervised
as peers; the rest holds for them too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Lived(StrEnum):
    """As what somebody would lead."""

    YES = "peer"
    NO = "staff"


class Lacks(StrEnum):
    """What is missing, in the order in which one would mend it."""

    AGREEMENT = "agreement"
    NOT_READY = "not_ready"
    NOT_TRAINED = "not_trained"
    TRAINING_EXPIRED = "training_expired"
    NO_SUPERVISOR = "no_supervisor"
    SUPERVISION_OVERDUE = "supervision_overdue"
    PAUSED = "paused"
    ON_LEAVE = "on_leave"
    GROUPS = "groups"
    SESSIONS = "sessions"
    HOURS = "hours"
    APART = "apart"
    FORMER_COHORT = "former_cohort"


# How much somebody carries: counted in another way where several groups are thought of at once.
LOADS = frozenset({Lacks.GROUPS, Lacks.SESSIONS, Lacks.HOURS})


@dataclass(frozen=True, slots=True)
class Missing:
    """One missing piece. `on`: the date it is about; `number` of `limit`, or days late; `what`: code of a course."""

    lacks: Lacks
    on: date | None = None
    number: int | None = None
    limit: int | None = None
    what: str = ""


@dataclass(frozen=True, slots=True)
class CourseState:
    """A course that is needed before leading: never done (None, None), done for good (day, None), done until a day."""

    code: str
    completed_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """`now` counts what would be led with the new group; `limit`: the lower of the program's and the person's."""

    now: int
    limit: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known about one person on the day `on`.

    `agreement`: (version in force, version acknowledged); None and 0 where there is none. `ready`: the newest outcome
    before leading; `look_again_on` beside a "not now". `supervised_since`: start of the pairing, None without one;
    `last_supervision`: newest meeting; `rhythm`: (days between two, days of grace). `leave`: (first, last) days.
    `hours`: whole hours in the fullest week. `apart`: how many members must not meet this person; `cohort`: how many
    were in a group with them before and did not agree with them to meet.
    """

    lived: Lived
    agreement: tuple[int | None, int]
    ready: bool
    look_again_on: date | None
    courses: tuple[CourseState, ...]
    supervised_since: date | None
    last_supervision: date | None
    rhythm: tuple[int, int]
    paused: bool
    leave: tuple[tuple[date, date], ...]
    groups: Load
    sessions: Load
    hours: Load
    apart: int = 0
    cohort: int = 0


def may_lead(person: Standing, on: date) -> tuple[Missing, ...]:
    """Everything that is missing for leading on that day, in the order of `Lacks`; empty: they may.

    Each of `Lacks` stands in it once, but for the two about training: once for each course, in the courses' order.
    """
    found = [*_agreement(person), *_as_peer(person, on), *_there(person, on), *_load(person), *_conflicts(person)]
    return tuple(found)


def _agreement(person: Standing) -> list[Missing]:
    current, acknowledged = person.agreement
    missing = current is None or acknowledged < current
    return [Missing(Lacks.AGREEMENT, number=current)] if missing else []


def _as_peer(person: Standing, on: date) -> list[Missing]:
    if person.lived is Lived.NO:
        return []
    ready = [] if person.ready else [Missing(Lacks.NOT_READY, on=person.look_again_on)]
    return [*ready, *_training(person.courses, on), *_supervision(person, on)]


def _training(courses: tuple[CourseState, ...], on: date) -> list[Missing]:
    never = [Missing(Lacks.NOT_TRAINED, what=one.code) for one in courses if not _done_by(one, on)]
    expired = [
        Missing(Lacks.TRAINING_EXPIRED, on=one.expires_on, what=one.code)
        for one in courses
        if _done_by(one, on) and one.expires_on is not None and one.expires_on < on
    ]
    return [*never, *expired]


def _done_by(course: CourseState, on: date) -> bool:
    return course.completed_on is not None and course.completed_on <= on


def _supervision(person: Standing, on: date) -> list[Missing]:
    if person.supervised_since is None:
        return [Missing(Lacks.NO_SUPERVISOR)]
    late = days_late(person.supervised_since, person.last_supervision, person.rhythm[0], on)
    return [Missing(Lacks.SUPERVISION_OVERDUE, number=late)] if late > person.rhythm[1] else []


def supervision_due(since: date, last: date | None, every: int) -> date:
    """The last day on which the next meeting is in time: `every` days after the newest one, or after the pair began.

    A meeting before the pair began counts too: a change of supervisor makes nobody late, nor gives anybody time.
    """
    return (last or since) + timedelta(days=every)


def days_late(since: date, last: date | None, every: int, on: date) -> int:
    """Whole days since it was due; 0 while there is time."""
    return max(0, (on - supervision_due(since, last, every)).days)


def _there(person: Standing, on: date) -> list[Missing]:
    paused = [Missing(Lacks.PAUSED)] if person.paused else []
    until = max((last for first, last in person.leave if first <= on <= last), default=None)
    return [*paused, Missing(Lacks.ON_LEAVE, on=until)] if until is not None else paused


def _load(person: Standing) -> list[Missing]:
    loads = ((Lacks.GROUPS, person.groups), (Lacks.SESSIONS, person.sessions), (Lacks.HOURS, person.hours))
    return [Missing(lacks, number=load.now, limit=load.limit) for lacks, load in loads if load.now > load.limit]


def _conflicts(person: Standing) -> list[Missing]:
    apart = [Missing(Lacks.APART)] if person.apart else []
    return [*apart, Missing(Lacks.FORMER_COHORT)] if person.cohort else apart
