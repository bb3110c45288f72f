"""How much somebody carries at most: they may only set less than the program does ([NH] rule 32)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError, require
from psp.models import User
from supporters.hours.permissions import can_agree_with, can_keep_hours
from supporters.hours.rules import only_lower
from supporters.hours.services import lock, today_of
from supporters.models import Limits
from supporters.reference import settings

LONGEST = timedelta(days=183)


def limits_of(user: User) -> Limits:
    """The stored ones, or empty ones that are not stored yet."""
    return Limits.objects.filter(pk=user.pk).first() or Limits(user=user)


@transaction.atomic
def set_limits(*, user: User, by: User, sessions_week: int | None, hours_week: int | None) -> Limits:
    """One's own limits; None: the program's. At once, without a reason. DomainError `too_many`."""
    require(can_keep_hours(by, user), "set_limits")
    account, care = lock(user), settings()
    _check("sessions_week", sessions_week, care.max_sessions_week)
    _check("hours_week", hours_week, care.max_hours_week)
    limits = limits_of(account)
    limits.sessions_week, limits.hours_week = sessions_week, hours_week
    limits.save()
    audit.record(Action.CHANGE, limits, person=account.pk, purpose=Purpose.OWN)
    return limits


@transaction.atomic
def agree_limits(*, user: User, by: User, sessions: int | None, hours: int | None, until: date) -> Limits:
    """What both agreed on for a while; the person sees it and may end it. DomainError: `empty`, `until`, `too_many`."""
    require(can_agree_with(by, user), "agree_limits")
    account, care = lock(user), settings()
    if sessions is None and hours is None:
        raise DomainError(_("Say how many sessions or hours you agreed on."), code="empty", field="sessions")
    _check("sessions", sessions, care.max_sessions_week)
    _check("hours", hours, care.max_hours_week)
    today = today_of(account)
    if not today <= until <= today + LONGEST:
        raise DomainError(_("Choose a day within the next six months."), code="until", field="until")
    limits = limits_of(account)
    limits.agreed_sessions, limits.agreed_hours, limits.agreed_until, limits.agreed_by = sessions, hours, until, by
    limits.save()
    audit.record(Action.CHANGE, limits, person=account.pk, purpose=Purpose.CARE)
    return limits


@transaction.atomic
def end_agreed_limits(*, user: User, by: User) -> Limits:
    """Either of the two ends it before its day. Twice is once."""
    require(can_keep_hours(by, user) or can_agree_with(by, user), "agree_limits")
    limits = limits_of(lock(user))
    if limits.agreed_until is not None:
        limits.agreed_sessions = limits.agreed_hours = limits.agreed_until = limits.agreed_by = None
        limits.save()
        purpose = Purpose.OWN if by.pk == user.pk else Purpose.CARE
        audit.record(Action.CHANGE, limits, person=user.pk, purpose=purpose)
    return limits


def _check(field: str, number: int | None, most: int) -> None:
    if not only_lower(most, number):
        text = _("The program’s limit is %(most)d. Yours can be lower, or as much.") % {"most": most}
        raise DomainError(text, code="too_many", field=field)
