"""People with a supervisor, sessions that they led, and hours on their way to pay, for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.utils import timezone

from groups.models import GroupLead
from psp.choices import Role
from psp.models import User
from sessions.models import GroupSession
from supporters.hours.choices import HoursKind
from supporters.hours.rules import Period
from supporters.hours.services import add_line, approve_hours, seen_of, submit_hours
from supporters.hours.services_leave import ask_accommodation, ask_leave
from supporters.hours.services_pay import approve_pay_export, ask_pay_export, lines_for
from supporters.models import AccommodationKind, CareSetting, HoursLine, Pairing, PayExport, PayRate
from tests import factories as make


def a_supervisor(**fields) -> User:
    return make.with_role(make.a_user(**fields), Role.SUPERVISOR)


def an_administrator(**fields) -> User:
    return make.with_role(make.a_user(**fields), Role.ADMINISTRATOR)


def a_pair(**fields) -> tuple[User, User]:
    """(somebody who leads, their supervisor)."""
    lead, supervisor = make.a_newcomer(**fields), a_supervisor()
    Pairing.objects.create(user=lead, supervisor=supervisor, since=timezone.localdate() - timedelta(days=90))
    return lead, supervisor


def a_session(lead: User, *, day: date, clock: time = time(19), minutes: int = 90, **fields) -> GroupSession:
    """One session of a group of its own that `lead` leads, by their own clock."""
    group = make.a_group(make.a_coordinator("QC"))
    GroupLead.objects.create(group=group, user=lead, role="facilitator")
    starts = datetime.combine(day, clock, ZoneInfo(lead.time_zone)).astimezone(UTC)
    ends = starts + timedelta(minutes=minutes)
    return GroupSession.objects.create(group=group, number=1, starts_at=starts, ends_at=ends, **fields)


def a_day_ago(days: int = 1) -> date:
    return timezone.localdate() - timedelta(days=days)


def a_line(
    lead: User, *, day: date | None = None, kind: str = HoursKind.MEETING, minutes: int = 60, **times
) -> HoursLine:
    if times:
        return add_line(user=lead, by=lead, key=uuid4(), day=day or a_day_ago(), kind=kind, **times)
    return add_line(user=lead, by=lead, key=uuid4(), day=day or a_day_ago(), kind=kind, minutes=minutes)


def of(day: date) -> Period:
    return Period(day, day)


def approved(line: HoursLine, supervisor: User) -> HoursLine:
    """Sent and approved."""
    period, lead = of(line.day), line.user
    submit_hours(user=lead, by=lead, period=period)
    waiting = HoursLine.objects.filter(user=lead).between(line.day, line.day).submitted()
    approve_hours(user=lead, by=supervisor, period=period, seen=seen_of(waiting))
    line.refresh_from_db()
    return line


def paid(line: HoursLine, supervisor: User) -> PayExport:
    """Approved, and handed to pay in a file that two people agreed to."""
    approved(line, supervisor)
    export = ask_pay_export(by=an_administrator(), language="en")
    export = approve_pay_export(export=export, by=an_administrator(), seen=seen_of(lines_for(export)))
    line.refresh_from_db()
    return export


def hours_in_the_world(lead: User, supervisor: User) -> dict[str, Any]:
    """For the access matrix: what is this supporter's and this supervisor's, and what is of others."""
    mine, (other, _other) = make.a_newcomer(), a_pair()
    Pairing.objects.create(user=mine, supervisor=supervisor)
    for one in (mine, other):
        line = a_line(one)
        submit_hours(user=one, by=one, period=of(line.day))
    (leave_asked, need_asked), (leave_there, need_there) = (_away(one) for one in (mine, other))
    leave, need = _away(lead)
    paid_person, their_supervisor = a_pair()
    made = paid(a_line(paid_person, day=a_day_ago(60)), their_supervisor)
    settings = CareSetting.objects.get(pk=1)
    settings.save()
    return {
        "worked_here": a_line(lead), "worked_there": a_line(other), "hours_lead_here": mine, "hours_lead_there": other,
        "leave_here": leave, "leave_there": leave_there, "leave_asked": leave_asked,
        "need_here": need, "need_there": need_there, "need_asked": need_asked,
        "pay_made": made, "pay_asked": ask_pay_export(by=an_administrator(), language="en"),
        "pay_rate": PayRate.objects.create(role=Role.SUPPORTER, cents=3000, from_day=date(2026, 1, 1)),
        "history_supporters_caresetting_object": settings,
        "history_supporters_caresetting": settings.history.first(),
    }  # fmt: skip


def _away(one: User) -> tuple[Any, Any]:
    """Leave, and something that makes the work possible, both asked for."""
    day = timezone.localdate() + timedelta(days=3)
    kind = AccommodationKind.objects.get(pk="hours")
    return (
        ask_leave(user=one, by=one, kind="paid", first_day=day, last_day=day),
        ask_accommodation(user=one, by=one, kind=kind, first_day=day),
    )
