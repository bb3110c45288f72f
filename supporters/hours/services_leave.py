"""Leave, and what makes work possible: asked by the person, confirmed by their supervisor. Never with a reason."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError, constraint_name, require
from psp.models import User
from supporters import hooks
from supporters.choices import LeaveKind
from supporters.hours.choices import LEAVE_TRANSITIONS, NEED_TRANSITIONS, LeaveState, NeedState
from supporters.hours.permissions import can_agree_with, can_decide_for, can_keep_hours
from supporters.hours.services import lock
from supporters.models import Accommodation, AccommodationKind, HoursLine, Leave, Pause

LONGEST = timedelta(days=366)


@transaction.atomic
def ask_leave(
    *, user: User, by: User, kind: str, first_day: date, last_day: date, minutes_day: int | None = None
) -> Leave:
    """Ask for days away; sick leave is noted and counts at once. The same twice is once.

    DomainError: `kind`, `days`, `minutes`, `overlap`.
    """
    require(can_keep_hours(by, user), "ask_leave")
    account = lock(user)
    _check_leave(kind, first_day, last_day, minutes_day)
    wanted = {"kind": kind, "first_day": first_day, "last_day": last_day}
    same: Leave | None = Leave.objects.standing().filter(user=account, **wanted).first()
    if same is not None:
        return same
    state = LeaveState.CONFIRMED if kind == LeaveKind.SICK else LeaveState.ASKED
    made = Leave(user=account, noted_by=by, state=state, minutes_day=minutes_day, **wanted)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        if constraint_name(error) == "leave_one_at_a_time":
            text = _("You noted leave on some of these days already. Change the days, or take the other leave back.")
            raise DomainError(text, code="overlap", field="first_day") from error
        raise
    audit.record(Action.CREATE, made, person=account.pk, purpose=Purpose.OWN)
    if state == LeaveState.CONFIRMED:
        hooks.away(account, first_day, last_day, by=by)
    return made


def _check_leave(kind: str, first_day: date, last_day: date, minutes: int | None) -> None:
    if kind not in LeaveKind.values:
        raise DomainError(_("Choose a kind from the list."), code="kind", field="kind")
    if last_day < first_day or last_day - first_day > LONGEST:
        text = _("The last day comes on the first day or after it, within a year.")
        raise DomainError(text, code="days", field="last_day")
    if minutes is not None and (kind == LeaveKind.UNPAID or not 1 <= minutes <= 720):
        raise DomainError(_("Say how many hours of each day are paid, at most 12."), code="minutes", field="hours")


@transaction.atomic
def confirm_leave(*, leave: Leave, by: User) -> Leave:
    """Say yes; whoever plans sessions is told that somebody is away. Twice is once. Conflict `decided`."""
    fresh = _of_somebody(leave, by)
    if fresh.state == LeaveState.CONFIRMED:
        return fresh
    _to(fresh, LeaveState.CONFIRMED, by)
    hooks.away(fresh.user, fresh.first_day, fresh.last_day, by=by)
    return fresh


@transaction.atomic
def look_for_other_days(*, leave: Leave, by: User) -> Leave:
    """These days do not work; both look for others. Twice is once. Conflict `decided`."""
    fresh = _of_somebody(leave, by)
    return fresh if fresh.state == LeaveState.OTHER_DAYS else _to(fresh, LeaveState.OTHER_DAYS, by)


@transaction.atomic
def take_back_leave(*, leave: Leave, by: User) -> Leave:
    """Come after all, without a reason: sessions of these days that nobody took yet are theirs again. Twice is once.

    Conflict `noted`: days of it are among the hours.
    """
    require(can_keep_hours(by, leave.user), "ask_leave")
    account = lock(leave.user)
    fresh: Leave = Leave.objects.select_for_update(of=("self",)).get(pk=leave.pk)
    if fresh.state == LeaveState.TAKEN_BACK:
        return fresh
    if HoursLine.objects.filter(about=fresh.pk).exists():
        text = _("Days of this leave are among your hours. Remove them there first.")
        raise Conflict(text, code="noted")
    _check_way(fresh, LeaveState.TAKEN_BACK)
    was_away = fresh.state == LeaveState.CONFIRMED
    fresh.state = LeaveState.TAKEN_BACK
    fresh.save(update_fields=["state"])
    audit.record(Action.CHANGE, fresh, person=fresh.user_id, purpose=Purpose.OWN, fields=("state",))
    if was_away and not Pause.objects.standing().filter(user=account).exists():
        hooks.back(account, by=by)
    return fresh


def _of_somebody(leave: Leave, by: User) -> Leave:
    require(can_decide_for(by, leave.user), "decide_leave")
    lock(leave.user)
    fresh: Leave = Leave.objects.select_for_update(of=("self",)).get(pk=leave.pk)
    return fresh


def _check_way(leave: Leave, state: LeaveState) -> None:
    if state not in LEAVE_TRANSITIONS[LeaveState(leave.state)]:
        raise Conflict(_("This leave was decided meanwhile. Open the page again."), code="decided")


def _to(leave: Leave, state: LeaveState, by: User) -> Leave:
    _check_way(leave, state)
    leave.state, leave.decided_by, leave.decided_at = state, by, timezone.now()
    leave.save(update_fields=["state", "decided_by", "decided_at"])
    audit.record(Action.CHANGE, leave, person=leave.user_id, purpose=Purpose.CARE, fields=("state",))
    return leave


# --- What makes work possible ---


@transaction.atomic
def ask_accommodation(
    *, user: User, by: User, kind: AccommodationKind, first_day: date, last_day: date | None = None
) -> Accommodation:
    """Ask for it; one of a kind at a time, and the same twice is once. DomainError: `kind`, `days`."""
    require(can_keep_hours(by, user), "ask_accommodation")
    account = lock(user)
    if not kind.offered:
        raise DomainError(_("Choose a kind from the list."), code="kind", field="kind")
    if last_day is not None and last_day < first_day:
        raise DomainError(_("The last day comes on the first day or after it."), code="days", field="last_day")
    same: Accommodation | None = Accommodation.objects.standing().filter(user=account, kind=kind).first()
    if same is not None:
        return same
    made = Accommodation.objects.create(user=account, kind=kind, first_day=first_day, last_day=last_day)
    audit.record(Action.CREATE, made, person=account.pk, purpose=Purpose.OWN)
    return made


@transaction.atomic
def agree_accommodation(*, accommodation: Accommodation, by: User) -> Accommodation:
    """Agree to it. Twice is once. Conflict `decided`: it is over."""
    require(can_agree_with(by, accommodation.user), "agree_accommodation")
    lock(accommodation.user)
    fresh: Accommodation = Accommodation.objects.select_for_update(of=("self",)).get(pk=accommodation.pk)
    if fresh.state == NeedState.AGREED:
        return fresh
    if NeedState.AGREED not in NEED_TRANSITIONS[NeedState(fresh.state)]:
        raise Conflict(_("This was ended meanwhile. Open the page again."), code="decided")
    fresh.state, fresh.agreed_by, fresh.agreed_at = NeedState.AGREED, by, timezone.now()
    fresh.save(update_fields=["state", "agreed_by", "agreed_at"])
    audit.record(Action.CHANGE, fresh, person=fresh.user_id, purpose=Purpose.CARE, fields=("state",))
    return fresh


@transaction.atomic
def end_accommodation(*, accommodation: Accommodation, by: User) -> Accommodation:
    """No longer needed: the person says so, and nobody else. Twice is once."""
    require(can_keep_hours(by, accommodation.user), "ask_accommodation")
    lock(accommodation.user)
    fresh: Accommodation = Accommodation.objects.select_for_update(of=("self",)).get(pk=accommodation.pk)
    if fresh.state != NeedState.ENDED:
        fresh.state = NeedState.ENDED
        fresh.save(update_fields=["state"])
        audit.record(Action.CHANGE, fresh, person=fresh.user_id, purpose=Purpose.OWN, fields=("state",))
    return fresh
