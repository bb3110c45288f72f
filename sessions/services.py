"""Scheduling a group's sessions, moving and cancelling them. Who was there: `services_attendance`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from groups.choices import GroupState
from groups.models import PeerGroup
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError, require
from psp.holidays import statutory_holidays
from psp.models import User
from sessions import notices
from sessions.choices import SessionState
from sessions.models import GroupSession
from sessions.permissions import can_manage_sessions
from sessions.rules import SessionTime, series

# --- Scheduling -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Preview:
    """The dates that a group's sessions would have. `skipped`: holidays left out, with their name."""

    times: tuple[SessionTime, ...]
    skipped: tuple[tuple[date, str], ...]


def preview_series(group: PeerGroup) -> Preview:
    """What `schedule_series` would save: the group's rhythm in its own time zone without its statutory holidays."""
    names: dict[date, str] = {}
    language = (translation.get_language() or "en")[:2]
    known: dict[int, dict[date, str]] = {}

    def is_holiday(day: date) -> bool:
        if day.year not in known:
            known[day.year] = statutory_holidays(group.region.holidays or None, [day.year], language)
        if day in known[day.year]:
            names[day] = known[day.year][day]
        return day in names

    times = series(
        start_date=group.starts_on, start_time=group.start_time, tz=group.time_zone, count=group.session_count,
        minutes=group.minutes, weeks_apart=group.weeks_apart, skip=is_holiday,
    )  # fmt: skip
    last = times[-1].local.date()
    return Preview(tuple(times), tuple((day, name) for day, name in sorted(names.items()) if day < last))


@transaction.atomic
def schedule_series(*, group: PeerGroup | UUID, by: User) -> list[GroupSession]:
    """Save the sessions of an established group ([PIA] rule 8); where they exist already, return those.

    DomainError: `not_established`. Forbidden outside the coordinator's regions.
    """
    locked = _locked_group(group)
    require(can_manage_sessions(by, locked), "schedule_series")
    existing = list(GroupSession.objects.filter(group=locked).order_by("number"))
    if existing:
        return existing
    if locked.state != GroupState.ESTABLISHED:
        message = _("Sessions are set once the group is established. Establish the group first.")
        raise DomainError(message, code="not_established")
    made = [
        GroupSession(group=locked, number=item.number, starts_at=item.start_utc, ends_at=item.end_utc)
        for item in preview_series(locked).times
    ]
    bulk_create_with_history(made, GroupSession, default_user=by)
    audit.record(Action.CREATE, locked, purpose=Purpose.SESSIONS, fields=("sessions",))
    notices.dates_set(locked)
    return made


@transaction.atomic
def move_session(
    *, session: GroupSession | UUID, by: User, starts_at: datetime, revision: int | None = None
) -> GroupSession:
    """Another time for a planned session, of the same length; its members hear of it and are reminded anew.

    DomainError: `session_over`, `starts_in_the_past`, `sessions_overlap`; Conflict: `stale`.
    """
    locked = _locked_session(session)
    require(can_manage_sessions(by, locked.group), "move_session")
    _check_planned(locked, revision)
    if starts_at == locked.starts_at:
        return locked
    ends_at = starts_at + (locked.ends_at - locked.starts_at)
    _check_free(locked, starts_at, ends_at)
    locked.starts_at, locked.ends_at = starts_at, ends_at
    locked.revision += 1
    locked.save()
    audit.record(Action.CHANGE, locked, purpose=Purpose.SESSIONS, fields=("starts_at",))
    notices.moved(locked)
    return locked


@transaction.atomic
def cancel_session(*, session: GroupSession | UUID, by: User, revision: int | None = None) -> GroupSession:
    """A planned session does not take place; its members hear of it. DomainError: `session_over`."""
    locked = _locked_session(session)
    require(can_manage_sessions(by, locked.group), "cancel_session")
    _check_planned(locked, revision)
    _cancel(locked)
    return locked


@transaction.atomic
def end_series(group: PeerGroup) -> int:
    """The group is over: what was still planned is not. Returns how many sessions that was."""
    planned = GroupSession.objects.select_for_update(of=("self",)).filter(group=group, state=SessionState.SCHEDULED)
    sessions = list(planned.order_by("number"))
    for session in sessions:
        _cancel(session)
    return len(sessions)


def _cancel(session: GroupSession) -> None:
    session.state = SessionState.CANCELLED
    session.save()
    audit.record(Action.CHANGE, session, purpose=Purpose.SESSIONS, fields=("state",))
    notices.cancelled(session)


def _check_planned(session: GroupSession, revision: int | None) -> None:
    if revision is not None and revision != session.revision:
        message = _("Somebody moved this session meanwhile. Look at its new time, then decide again.")
        raise Conflict(message, code="stale")
    if session.state != SessionState.SCHEDULED:
        message = _("This session was held or cancelled already. Nothing was changed.")
        raise DomainError(message, code="session_over")


def _check_free(session: GroupSession, starts_at: datetime, ends_at: datetime) -> None:
    if starts_at <= timezone.now():
        message = _("This moment has passed already. Choose one that is still to come.")
        raise DomainError(message, code="starts_in_the_past", field="starts_at")
    others = GroupSession.objects.filter(group=session.group).exclude(pk=session.pk)
    others = others.exclude(state=SessionState.CANCELLED)
    if others.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        message = _("Another session of this group takes place at that time. Choose another moment.")
        raise DomainError(message, code="sessions_overlap", field="starts_at")


# --- Locks ----------------------------------------------------------------------------------------


def _locked_group(group: PeerGroup | UUID) -> PeerGroup:
    key = group if isinstance(group, UUID) else group.pk
    found: PeerGroup = PeerGroup.objects.select_related("region").select_for_update(of=("self",)).get(pk=key)
    return found


def _locked_session(session: GroupSession | UUID) -> GroupSession:
    key = session if isinstance(session, UUID) else session.pk
    found: GroupSession = GroupSession.objects.select_related("group").select_for_update(of=("self",)).get(pk=key)
    return found
