"""What people are told when a session is moved, cancelled, added, restored or placed elsewhere.

Everybody who has a place, and whoever leads: whom no written way reaches becomes a task on the call list. Through the
outbox, under keys that make each message one; whether it still holds is asked again when it is sent.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from consent.choices import ConsentPurpose
from consent.querysets import agrees
from contact.choices import OutboxState
from contact.models import OutboxMessage
from contact.services import cancel_messages, queue_message
from groups.models import Membership, PeerGroup
from psp.models import User
from sessions.choices import SessionState
from sessions.models import Cover, GroupSession
from sessions.querysets_calendar import leads_now
from sessions.reminders import take_back
from sessions.rules import useful_until

MOVED, CANCELLED, ADDED, PLACED = "session_moved", "session_cancelled", "session_added", "session_placed"
TEMPLATES = (MOVED, CANCELLED, ADDED, PLACED)
# To somebody who stood in.
NOT_YOURS = "session_not_yours"
HEARD = (OutboxState.SENDING, OutboxState.SENT, OutboxState.UNKNOWN, OutboxState.TO_CALL)
# Waiting still, or overtaken by the next move before it could leave.
UNHEARD = (OutboxState.WAITING, OutboxState.CANCELLED)


def moved(session: GroupSession) -> None:
    _take_back(session, "session_moved")
    _tell(session, MOVED)


def cancelled(session: GroupSession) -> None:
    """Unless its time has passed anyway. Whoever has not heard yet of a new time hears of the one that they know."""
    known = _known_times(session)
    _take_back(session, "session_cancelled")
    if session.starts_at > timezone.now():
        _tell(session, CANCELLED, besides=known)
    for person, at in known.items():
        if at > timezone.now():
            _tell(session, CANCELLED, only={person}, at=at)


def _known_times(session: GroupSession) -> dict[UUID, datetime]:
    """For whom a move could not be told yet: when they believe that the session is."""
    moves = OutboxMessage.objects.filter(key__startswith=f"{MOVED}|{session.pk}|")
    first: dict[UUID, int] = {}
    for message in sorted(moves, key=lambda one: int(one.context["revision"])):
        if message.state not in UNHEARD:
            first.pop(message.person_id, None)
        else:
            first.setdefault(message.person_id, int(message.context["revision"]))
    rows = session.history.order_by("history_date", "history_id") if first else ()
    times = {row.revision: row.starts_at for row in rows}
    return {person: times.get(revision - 1, session.starts_at) for person, revision in first.items()}


def added(session: GroupSession) -> None:
    _tell(session, ADDED)


def stands_in(session: GroupSession, person: User) -> None:
    """Somebody leads it in place of another: to them it is a new date. Chosen again later is told again."""
    key = f"{ADDED}|{session.pk}|{person.pk}|{session.revision}"
    before = OutboxMessage.objects.filter(key__startswith=key).count()
    queue_message(
        person=person, template=ADDED, key=f"{key}|{before}" if before else key,
        context=_context(session, session.starts_at), useful_until=useful_until(session.starts_at),
    )  # fmt: skip


def stands_in_no_more(session: GroupSession, person: UUID) -> None:
    """Whoever heard that they stand in does not come for nothing; what they did not hear yet is not said at all."""
    heard = OutboxMessage.objects.filter(key__startswith=f"{ADDED}|{session.pk}|{person}|", state__in=HEARD)
    if heard.exists() and session.starts_at > timezone.now():
        key = f"{NOT_YOURS}|{session.pk}|{person}|"
        number = OutboxMessage.objects.filter(key__startswith=key).count()
        queue_message(
            person=User.objects.get(pk=person), template=NOT_YOURS, key=f"{key}{number}",
            context=_context(session, session.starts_at), useful_until=useful_until(session.starts_at),
        )  # fmt: skip


def still_not_theirs(message: OutboxMessage) -> bool:
    """It is still planned, and they do not stand in for it again, nor come for any other reason."""
    session = GroupSession.objects.filter(pk=message.context["session"], state=SessionState.SCHEDULED).first()
    return session is not None and not _belongs(message.person_id, session)


def restored(session: GroupSession) -> None:
    _take_back(session, "session_restored")
    _tell(session, ADDED)


def placed(session: GroupSession, *, is_news: bool = True) -> None:
    """Whoever has not heard yet of a new time hears of that instead, and finds the place with it.

    `is_news`: not where it is only another link, which people find when they come.
    """
    unheard = {template: _unheard(session, template) for template in (MOVED, ADDED, PLACED)}
    _take_back(session, "session_placed")
    for template, people in unheard.items():
        _tell(session, template, people)
    if is_news:
        _tell(session, PLACED, besides=set().union(*unheard.values()))


def _unheard(session: GroupSession, template: str) -> set[UUID]:
    """To whom this could not be said yet."""
    waiting = OutboxMessage.objects.filter(key__startswith=f"{template}|{session.pk}|", state=OutboxState.WAITING)
    return set(waiting.values_list("person_id", flat=True))


def told(group: PeerGroup) -> list[User]:
    """Who hears of a change of this group's sessions: members who take part, then those who lead."""
    members = Membership.objects.active().filter(group=group)
    members = members.filter(agrees(ConsentPurpose.TAKING_PART, "participant__user_id"))
    leads = leads_now().filter(group=group).select_related("user").order_by("pk")
    people = [member.participant.user for member in members.select_related("participant__user")]
    return [*people, *(lead.user for lead in leads)]


def told_of(session: GroupSession) -> list[User]:
    """Who hears of a change of this session: not who leads it no more, but who stands in."""
    covers = list(Cover.objects.standing().filter(session=session).select_related("stand_in"))
    away = {cover.lead_id for cover in covers}
    stand_ins = [cover.stand_in for cover in covers if cover.stand_in is not None]
    return [*(one for one in told(session.group) if one.pk not in away), *stand_ins]


def still_holds(message: OutboxMessage) -> bool:
    """Whether the session is as it was when this was queued, and the person still in its group or leading it."""
    session = GroupSession.objects.filter(pk=message.context["session"]).first()
    if session is None or session.revision != int(message.context["revision"]):
        return False
    wanted = SessionState.CANCELLED if message.template_id == CANCELLED else SessionState.SCHEDULED
    return session.state == wanted and _belongs(message.person_id, session)


def _belongs(person: object, session: GroupSession) -> bool:
    members = Membership.objects.active().filter(group=session.group_id, participant__user_id=person)
    covers = Cover.objects.standing().filter(session=session)
    leads = leads_now().filter(group=session.group_id, user_id=person).exists()
    there = leads and not covers.filter(lead=person).exists()
    return members.exists() or there or covers.filter(stand_in=person).exists()


def _tell(
    session: GroupSession, template: str, only: Collection[UUID] | None = None, besides: Collection[UUID] = (),
    at: datetime | None = None,
) -> None:  # fmt: skip
    at = at or session.starts_at
    context = _context(session, at)
    people = (one for one in told_of(session) if one.pk not in besides and (only is None or one.pk in only))
    for person in people:
        queue_message(
            person=person, template=template, key=f"{template}|{session.pk}|{person.pk}|{session.revision}",
            context=context, useful_until=useful_until(at),
        )  # fmt: skip


def _context(session: GroupSession, at: datetime) -> dict[str, str]:
    return {"at": at.isoformat(), "session": str(session.pk), "revision": str(session.revision)}


def _take_back(session: GroupSession, reason: str) -> None:
    """Whatever was to be said of how it was before, reminders of every rule included."""
    take_back(session, reason=reason)
    for template in TEMPLATES:
        cancel_messages(key_prefix=f"{template}|{session.pk}|", reason=reason)
