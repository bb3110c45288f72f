"""What the database knows of those who lead, one question each: rows for `supporters.may_lead.standing`.

`accounts` is a collection of ids or a query; every question is the same for one and for five hundred.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet

from supporters.choices import ReadyFor, TextKind
from supporters.may_lead.leading import Accounts, source
from supporters.models import (
    Acknowledgement,
    CareSetting,
    Course,
    Leave,
    Limits,
    Pairing,
    Pause,
    ProgramText,
    Qualification,
    Readiness,
    SupervisionMeeting,
)

AGREEMENTS = (TextKind.AGREEMENT_SUPPORTER, TextKind.AGREEMENT_STAFF)
SETTING = (
    "supervision_days", "supervision_grace_days", "max_groups", "max_sessions_week", "max_hours_week",
    "preparation_minutes", "debrief_minutes", "supervision_minutes",
)  # fmt: skip
LIMITS = ("user_id", "sessions_week", "hours_week", "agreed_sessions", "agreed_hours", "agreed_until")
Fact = Callable[[Accounts, date], QuerySet[Any]]


def setting(_accounts: Accounts, _on: date) -> QuerySet[Any]:
    return CareSetting.objects.filter(pk=1).values_list(*SETTING)


def in_force(_accounts: Accounts, _on: date) -> QuerySet[Any]:
    """(kind, number) of the agreements as they are now."""
    rows: QuerySet[Any] = ProgramText.objects.published().filter(kind__in=AGREEMENTS).order_by()
    found: QuerySet[Any] = rows.values_list("kind").annotate(Max("number"))
    return found


def courses(_accounts: Accounts, _on: date) -> QuerySet[Any]:
    return Course.objects.filter(needed=True).values_list("code")


def acknowledged(accounts: Accounts, _on: date) -> QuerySet[Any]:
    rows = Acknowledgement.objects.filter(user__in=accounts, text__kind__in=AGREEMENTS).order_by()
    found: QuerySet[Any] = rows.values_list("user_id", "text__kind").annotate(Max("text__number"))
    return found


def readiness(accounts: Accounts, on: date) -> QuerySet[Any]:
    """The newest conversation before leading."""
    rows = Readiness.objects.filter(user__in=accounts, ready_for=ReadyFor.LEADING, held_on__lte=on)
    newest = rows.order_by("user_id", "-held_on", "-made_at").distinct("user_id")
    return newest.values_list("user_id", "outcome", "look_again_on")


def qualifications(accounts: Accounts, on: date) -> QuerySet[Any]:
    rows = Qualification.objects.filter(user__in=accounts, course__needed=True, completed_on__lte=on).order_by()
    return rows.values_list("user_id", "course_id", "completed_on", "expires_on")


def paired(accounts: Accounts, _on: date) -> QuerySet[Any]:
    """With somebody who still supervises."""
    rows: QuerySet[Any] = Pairing.objects.current().filter(user__in=accounts)
    return rows.values_list("user_id", "since")


def met(accounts: Accounts, on: date) -> QuerySet[Any]:
    """The newest meeting of a kind that counts: a word in passing is welcome, and replaces none."""
    counts = CareSetting.objects.filter(pk=1, rhythm_kinds__contains=[OuterRef("kind")])
    rows = SupervisionMeeting.objects.filter(Exists(counts), user__in=accounts, held_on__lte=on).order_by()
    found: QuerySet[Any] = rows.values_list("user_id").annotate(Max("held_on"))
    return found


def paused(accounts: Accounts, _on: date) -> QuerySet[Any]:
    return Pause.objects.standing().filter(user__in=accounts).values_list("user_id")


def leave(accounts: Accounts, on: date) -> QuerySet[Any]:
    """Leave that is not over, asked for or confirmed; what was taken back keeps nobody away."""
    rows: QuerySet[Any] = Leave.objects.standing().filter(user__in=accounts, last_day__gte=on)
    return rows.order_by("first_day", "pk").values_list("user_id", "first_day", "last_day")


def limits(accounts: Accounts, _on: date) -> QuerySet[Any]:
    return Limits.objects.filter(user__in=accounts).values_list(*LIMITS)


def wishes(accounts: Accounts, _on: date) -> QuerySet[Any]:
    return source().wishes(accounts)


def led(accounts: Accounts, _on: date) -> QuerySet[Any]:
    return source().led(accounts)


# In the order in which `supporters.may_lead.standing` takes them.
FACTS: tuple[Fact, ...] = (
    setting, in_force, courses, acknowledged, readiness, qualifications, paired, met, paused, leave, limits, wishes,
    led,
)  # fmt: skip
