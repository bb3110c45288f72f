"""What members are told about sessions: that the dates are set, a new time, a cancellation. Reminders have a place of
their own (`sessions.reminders`).

All of it through the outbox, under keys that make each message one. Whether it still holds is asked again when
it is sent, so whoever left the group, or a session that moved meanwhile, needs no clearing up.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from consent.choices import CONTACT_PURPOSES, ConsentPurpose
from consent.querysets import agrees
from contact.models import OutboxMessage
from contact.services import queue_message
from groups.models import GroupLead, Membership, PeerGroup
from sessions.choices import SessionState
from sessions.models import GroupSession
from sessions.reminders import take_back
from sessions.rules import useful_until

MOVED, CANCELLED = "session_moved", "session_cancelled"
DATES = "dates_set"


def dates_set(group: PeerGroup) -> None:
    """Tell everybody in the group, and those who lead it, that its dates are on their pages."""
    people = [member.participant.user for member in _reachable(group)]
    people += [lead.user for lead in GroupLead.objects.filter(group=group).select_related("user")]
    for person in people:
        queue_message(
            person=person, template=DATES, key=f"{DATES}|{group.pk}|{person.pk}", context={"group": str(group.pk)}
        )


def still_dated(message: OutboxMessage) -> bool:
    """Whether the group still has a session to come, and the person is still in it or leads it."""
    group = message.context["group"]
    coming = GroupSession.objects.filter(group=group).upcoming(timezone.now())
    members = Membership.objects.active().filter(group=group, participant__user_id=message.person_id)
    leads = GroupLead.objects.filter(group=group, user_id=message.person_id)
    return coming.exists() and (members.exists() or leads.exists())


def moved(session: GroupSession) -> None:
    """Take back reminders of the old time and tell the new one."""
    take_back(session, reason="session_moved")
    _tell_everybody(session, MOVED)


def cancelled(session: GroupSession) -> None:
    """Take back reminders, and tell of it unless the time has passed anyway."""
    take_back(session, reason="session_cancelled")
    if session.starts_at > timezone.now():
        _tell_everybody(session, CANCELLED)


def still_holds(message: OutboxMessage) -> bool:
    """Whether the session is as it was when this was queued, and the person still in its group."""
    session = GroupSession.objects.filter(pk=message.context["session"]).first()
    if session is None or session.revision != int(message.context["revision"]):
        return False
    wanted = SessionState.CANCELLED if message.template_id == CANCELLED else SessionState.SCHEDULED
    members = Membership.objects.active().filter(group_id=session.group_id, participant__user_id=message.person_id)
    return session.state == wanted and members.exists()


def _reachable_members(session: GroupSession) -> QuerySet[Membership]:
    return _reachable(session.group_id)


def _reachable(group: PeerGroup | UUID) -> QuerySet[Membership]:
    members: QuerySet[Membership] = (
        Membership.objects.active()
        .filter(group=group)
        .filter(agrees(CONTACT_PURPOSES, "participant__user_id"))
        .filter(agrees(ConsentPurpose.TAKING_PART, "participant__user_id"))
        .select_related("participant__user")
    )
    return members


def _tell_everybody(session: GroupSession, template: str) -> None:
    for member in _reachable_members(session):
        key = f"{template}|{session.pk}|{member.person_id}|{session.revision}"
        _queue(session, member, template=template, key=key, due_at=None)


def _queue(session: GroupSession, member: Membership, *, template: str, key: str, due_at: datetime | None) -> None:
    queue_message(
        person=member.participant.user, template=template, key=key, due_at=due_at,
        context={"at": session.starts_at.isoformat(), "session": str(session.pk), "revision": str(session.revision)},
        useful_until=useful_until(session.starts_at),
    )  # fmt: skip


def templates() -> Iterable[str]:
    return (MOVED, CANCELLED)
