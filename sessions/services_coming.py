"""Saying whether one means to come to a session, and taking it back. No reason is asked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.models import Membership
from intake.models import Participant
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError, require
from psp.models import User
from sessions.choices import SessionState
from sessions.models import Coming, GroupSession


@transaction.atomic
def say_coming(*, session: GroupSession | UUID, participant: Participant, comes: bool, by: User) -> Coming:
    """For the person alone, as often as they like until the session begins.

    DomainError: `not_asked` (also where the person has no place in the group any more), `session_begun`.
    """
    person = Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=participant.pk)
    require(person.user_id == by.pk, "say_coming")
    key = session if isinstance(session, UUID) else session.pk
    found: GroupSession = GroupSession.objects.select_related("group").get(pk=key)
    _check_asked(found, person)
    row: Coming | None = Coming.objects.filter(session=found, participant=person).first()
    if row is not None and row.comes == comes:
        return row
    new, row = row is None, row or Coming(session=found, participant=person)
    row.comes, row.said_at = comes, timezone.now()
    row.save(force_insert=new)
    audit.record(
        Action.CREATE if new else Action.CHANGE, row, person=by.pk, purpose=Purpose.OWN, fields=("comes",)
    )  # fmt: skip
    return row


def _check_asked(session: GroupSession, person: Participant) -> None:
    member = Membership.objects.active().filter(group=session.group_id, participant=person)
    if not session.group.asks_who_comes or not member.exists():
        raise DomainError(_("This group does not ask who comes. You do not have to say anything."), code="not_asked")
    if session.state != SessionState.SCHEDULED or session.starts_at <= timezone.now():
        message = _("This session has begun or does not take place, so there is nothing to answer any more.")
        raise DomainError(message, code="session_begun")


def forget(membership: Any) -> int:
    """The place is gone, and with it whatever was said about sessions to come."""
    coming = Coming.objects.filter(participant=membership.participant_id, session__group=membership.group_id)
    count: int = coming.filter(session__starts_at__gt=timezone.now()).delete()[0]
    return count
