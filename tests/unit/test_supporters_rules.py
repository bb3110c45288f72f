"""May somebody lead? Against the rules said once more, plainly, without looking at how they are written there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from supporters.rules import (
    CourseState,
    Lacks,
    Lived,
    Load,
    Missing,
    Standing,
    days_late,
    may_lead,
    supervision_due,
)

TODAY = date(2026, 12, 1)
GOOD = Standing(
    lived=Lived.YES, agreement=(3, 3), ready=True, look_again_on=None,
    courses=(CourseState("ten-weeks", TODAY - timedelta(days=90)),), supervised_since=TODAY - timedelta(days=60),
    last_supervision=TODAY - timedelta(days=3), rhythm=(14, 7), paused=False, leave=(), groups=Load(2, 2),
    sessions=Load(3, 3), hours=Load(15, 15),
)  # fmt: skip


# The rules, plainly ------------------------------------------------------------------------------------------


def plainly(person: Standing, on: date) -> set[str]:
    """[NH] rules 27 to 35 once more: one question after the other."""
    said = set()
    version, read = person.agreement
    if not (version is not None and read >= version):  # 27: acknowledged, and at every new version
        said.add("agreement")
    if person.lived == "peer":
        said |= plainly_as_peer(person, on)
    if person.paused:  # 32
        said.add("paused")
    if any(first <= on and on <= last for first, last in person.leave):  # 31
        said.add("on_leave")
    for name in ("groups", "sessions", "hours"):  # 32
        load = getattr(person, name)
        if not load.now <= load.limit:
            said.add(f"{name} {load.now} {load.limit}")
    if person.apart > 0:  # 24
        said.add("apart")
    if person.cohort > 0:  # 34
        said.add("former_cohort")
    return said


def plainly_as_peer(person: Standing, on: date) -> set[str]:
    said = set() if person.ready else {"not_ready"}  # 28
    for course in person.courses:  # 29
        if course.completed_on is None or course.completed_on > on:
            said.add(f"not_trained {course.code}")
        elif not (course.expires_on is None or on <= course.expires_on):
            said.add(f"training_expired {course.code} {course.expires_on}")
    if person.supervised_since is None:  # 30
        return said | {"no_supervisor"}
    reference = person.last_supervision if person.last_supervision is not None else person.supervised_since
    gone, (every, grace) = (on - reference).days, person.rhythm
    return said | ({f"supervision_overdue {gone - every}"} if gone > every + grace else set())


def as_plain(one: Missing) -> str:
    """A missing piece as the plain words above have it."""
    parts: dict[Lacks, tuple[object, ...]] = {
        Lacks.NOT_TRAINED: (one.what,), Lacks.TRAINING_EXPIRED: (one.what, one.on),
        Lacks.SUPERVISION_OVERDUE: (one.number,), Lacks.GROUPS: (one.number, one.limit),
        Lacks.SESSIONS: (one.number, one.limit), Lacks.HOURS: (one.number, one.limit),
    }  # fmt: skip
    return " ".join(map(str, (one.lacks.value, *parts.get(one.lacks, ()))))


days = st.dates(date(2026, 9, 1), date(2027, 3, 31))
maybe = st.none() | days


@st.composite
def courses(draw: st.DrawFn) -> tuple[CourseState, ...]:
    codes = draw(st.lists(st.sampled_from(["ten-weeks", "crisis", "first-aid"]), unique=True))
    made = []
    for code in codes:
        done = draw(maybe)
        lasts = draw(st.none() | st.integers(0, 200)) if done else None
        made.append(CourseState(code, done, done + timedelta(days=lasts) if done and lasts is not None else None))
    return tuple(made)


@st.composite
def spans(draw: st.DrawFn) -> tuple[tuple[date, date], ...]:
    found = draw(st.lists(st.tuples(days, st.integers(0, 40)), max_size=3))
    return tuple((first, first + timedelta(days=length)) for first, length in found)


loads = st.builds(Load, st.integers(0, 6), st.integers(0, 6))
standings = st.builds(
    Standing, lived=st.sampled_from(Lived), agreement=st.tuples(st.none() | st.integers(1, 4), st.integers(0, 4)),
    ready=st.booleans(), look_again_on=maybe, courses=courses(), supervised_since=maybe, last_supervision=maybe,
    rhythm=st.tuples(st.integers(1, 60), st.integers(0, 30)), paused=st.booleans(), leave=spans(), groups=loads,
    sessions=loads, hours=loads, apart=st.integers(0, 2), cohort=st.integers(0, 2),
)  # fmt: skip


@given(standings, days)
def test_answer_is_that_of_the_rules_said_plainly(person, on):
    assert {as_plain(one) for one in may_lead(person, on)} == plainly(person, on)


@given(standings, days)
def test_answer_names_each_piece_once_and_in_order(person, on):
    found = may_lead(person, on)
    order = list(Lacks)
    assert [order.index(one.lacks) for one in found] == sorted(order.index(one.lacks) for one in found)
    assert len({as_plain(one) for one in found}) == len(found)


@given(standings, days)
def test_those_without_lived_experience_are_not_assessed_trained_or_supervised_as_peers(person, on):
    as_peer = {
        Lacks.NOT_READY, Lacks.NOT_TRAINED, Lacks.TRAINING_EXPIRED, Lacks.NO_SUPERVISOR, Lacks.SUPERVISION_OVERDUE,
    }  # fmt: skip
    peer, staff = (may_lead(replace(person, lived=lived), on) for lived in (Lived.YES, Lived.NO))
    assert [one for one in peer if one.lacks not in as_peer] == list(staff)


@given(standings, days, st.integers(0, 400))
def test_time_alone_never_mends_supervision(person, on, later):
    """Whoever is late stays late until there is a meeting."""

    def late(day: date) -> bool:
        return Lacks.SUPERVISION_OVERDUE in {one.lacks for one in may_lead(person, day)}

    assert not late(on) or late(on + timedelta(days=later))


# By name -----------------------------------------------------------------------------------------------------


def lacks(**fields: object) -> list[Missing]:
    return list(may_lead(replace(GOOD, **fields), TODAY))


def test_nothing_is_missing_at_every_limit():
    assert lacks() == []


def test_no_version_was_ever_published():
    assert lacks(agreement=(None, 0)) == [Missing(Lacks.AGREEMENT)]


def test_new_version_of_the_agreement_asks_anew():
    assert lacks(agreement=(4, 3)) == [Missing(Lacks.AGREEMENT, number=4)]


def test_not_now_tells_when_to_look_again():
    again = TODAY + timedelta(days=30)
    assert lacks(ready=False, look_again_on=again) == [Missing(Lacks.NOT_READY, on=again)]


def test_training_counts_through_its_last_day():
    done = TODAY - timedelta(days=300)
    assert lacks(courses=(CourseState("crisis", done, TODAY),)) == []
    yesterday = TODAY - timedelta(days=1)
    expired = Missing(Lacks.TRAINING_EXPIRED, on=yesterday, what="crisis")
    assert lacks(courses=(CourseState("crisis", done, yesterday),)) == [expired]


def test_supervision_is_overdue_the_day_after_its_grace():
    assert lacks(last_supervision=TODAY - timedelta(days=21)) == []
    assert lacks(last_supervision=TODAY - timedelta(days=22)) == [Missing(Lacks.SUPERVISION_OVERDUE, number=8)]


def test_a_change_of_supervisor_makes_nobody_late_and_gives_nobody_time():
    assert supervision_due(TODAY, TODAY - timedelta(days=10), 14) == TODAY + timedelta(days=4)
    assert days_late(TODAY, TODAY - timedelta(days=20), 14, TODAY) == 6
    assert days_late(TODAY, None, 14, TODAY) == 0


def test_two_leaves_at_once_are_one_answer_until_the_later_end():
    first, last = TODAY - timedelta(days=1), TODAY + timedelta(days=9)
    assert lacks(leave=((first, TODAY), (TODAY, last))) == [Missing(Lacks.ON_LEAVE, on=last)]


def test_everything_at_once_is_said_at_once():
    nothing = Standing(
        lived=Lived.YES, agreement=(1, 0), ready=False, look_again_on=None, courses=(CourseState("ten-weeks"),),
        supervised_since=None, last_supervision=None, rhythm=(14, 7), paused=True, leave=((TODAY, TODAY),),
        groups=Load(3, 2), sessions=Load(4, 3), hours=Load(16, 15), apart=1, cohort=1,
    )  # fmt: skip
    assert {one.lacks for one in may_lead(nothing, TODAY)} == set(Lacks) - {
        Lacks.TRAINING_EXPIRED, Lacks.SUPERVISION_OVERDUE,
    }  # fmt: skip
