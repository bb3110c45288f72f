"""Hours on their way to pay: one period handed over, one that waits for approval, one that has just begun."""

from __future__ import annotations

from datetime import timedelta

from demo import bulk
from demo.later.team import Team, key
from psp.choices import Role
from psp.models import User
from supporters.hours.choices import HoursKind, ReturnCode
from supporters.hours.rules import Period, period_of
from supporters.hours.services import (
    add_line,
    approve_hours,
    correct_line,
    return_hours,
    seen_of,
    submit_hours,
    take_proposals,
)
from supporters.hours.services_leave import agree_accommodation, ask_accommodation, ask_leave, confirm_leave
from supporters.hours.services_limits import agree_limits, set_limits
from supporters.hours.services_pay import approve_pay_export, ask_pay_export, lines_for
from supporters.models import AccommodationKind, HoursLine, PayRate
from supporters.reference import settings

WORKING = ("supporter.qc", "supporter.on", "clinician.qc", "facilitator.1", "facilitator.2")
# What the calendar does not know: days after the first of the period, kind, minutes.
BESIDE = ((1, HoursKind.MEETING, 60), (3, HoursKind.PREPARATION, 45), (8, HoursKind.TRAVEL, 40))
# Everybody in a role is paid the same.
CENTS = {Role.SUPPORTER: 3400, Role.CLINICIAN: 3400}


def work(team: Team) -> None:
    """The newest period is the one that today lies in."""
    care = settings()
    now = period_of(team.today, care.pay_period_from, care.pay_period_days)
    last, before = (period_of(now.first - timedelta(days=days), care.pay_period_from, care.pay_period_days)
                    for days in (1, 1 + care.pay_period_days))  # fmt: skip
    bulk.create([PayRate(role=role, cents=cents, from_day=before.first) for role, cents in CENTS.items()])
    away(team, last)
    for name in WORKING:
        note(team, name, before)
        approve(team, name, before)
    pay(team)
    for name in WORKING:
        note(team, name, last)
    for name in ("supporter.on", "facilitator.1"):
        approve(team, name, last)
    give_back(team, "facilitator.2", last)
    correct(team, before)
    with team.by("supporter.qc") as person:
        add_line(user=person, by=person, key=key("hours", "now"), day=now.first, kind=HoursKind.PREPARATION, minutes=30)
    room(team)


def note(team: Team, name: str, period: Period) -> None:
    """Take what the calendar proposes, add the rest, and send it."""
    with team.by(name) as person:
        take_proposals(user=person, by=person, period=period)
        for days, kind, minutes in BESIDE:
            day = period.first + timedelta(days=days)
            add_line(user=person, by=person, key=key("hours", name, day, kind), day=day, kind=kind, minutes=minutes)
        submit_hours(user=person, by=person, period=period)


def waiting(person: User, period: Period) -> str:
    return seen_of(HoursLine.objects.filter(user=person).between(period.first, period.last).submitted())


def approve(team: Team, name: str, period: Period) -> None:
    with team.by("supervisor") as by:
        approve_hours(user=team[name], by=by, period=period, seen=waiting(team[name], period))


def give_back(team: Team, name: str, period: Period) -> None:
    with team.by("supervisor") as by:
        return_hours(
            user=team[name], by=by, period=period, seen=waiting(team[name], period), code=ReturnCode.MISSING,
            note="Il manque peut-être le retour sur la dernière séance.",
        )  # fmt: skip


def pay(team: Team) -> None:
    """Asked for by one, agreed to by another."""
    with team.by("admin") as by:
        export = ask_pay_export(by=by, language=by.language)
    with team.by("privacy") as by:
        approve_pay_export(export=export, by=by, seen=seen_of(lines_for(export)))


def correct(team: Team, period: Period) -> None:
    """A meeting that was longer than noted, after it was handed to pay: a line of its own in the next file."""
    with team.by("supporter.on") as person:
        rows = HoursLine.objects.filter(user=person, kind=HoursKind.MEETING).between(period.first, period.last)
        correct_line(line=rows.get(), by=person, key=key("hours", "correction"), minutes=75)
        submit_hours(user=person, by=person, period=period)
    approve(team, "supporter.on", period)


def away(team: Team, period: Period) -> None:
    """Two days that were confirmed, and three that are asked for."""
    with team.by("facilitator.1") as person:
        leave = ask_leave(
            user=person, by=person, kind="paid", first_day=period.first + timedelta(days=2),
            last_day=period.first + timedelta(days=3),
        )  # fmt: skip
    with team.by("supervisor") as by:
        confirm_leave(leave=leave, by=by)
    monday = team.weekday(21, 0)
    with team.by("supporter.on") as person:
        ask_leave(user=person, by=person, kind="paid", first_day=team.day(monday), last_day=team.day(monday + 2))


def room(team: Team) -> None:
    """What makes the work possible, and how much of it is enough."""
    with team.by("supporter.qc") as person:
        wish = ask_accommodation(
            user=person, by=person, kind=AccommodationKind.objects.get(pk="remote"), first_day=team.day(-10)
        )
        set_limits(user=person, by=person, sessions_week=None, hours_week=12)
    with team.by("facilitator.3") as person:
        ask_accommodation(user=person, by=person, kind=AccommodationKind.objects.get(pk="hours"), first_day=team.today)
    with team.by("supervisor") as by:
        agree_accommodation(accommodation=wish, by=by)
        agree_limits(user=team["facilitator.5"], by=by, sessions=1, hours=None, until=team.day(35))
