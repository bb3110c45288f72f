"""What time does to invitations: a reminder, a lapse, and the offer of a free place to the next.

Each step is a transaction of its own and asks everything again under the locks, so that a run which dies loses nothing
and two at once do nothing twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from groups import invited, invited_notices, permissions
from groups.choices import GroupKind, GroupState, InvitationState
from groups.dates import begins_at
from groups.models import Invitation, KindSetting, PeerGroup
from groups.next_offers import next_ones, offers_due
from groups.rules_inviting import LATEST_OFFER, reminder_due
from groups.services_inviting import invite, locked_invitation
from intake.models import Participant
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError, require
from psp.models import User

# One at a time for a group, whoever runs: the rows themselves are locked later, in their own order.
OFFERS_LOCK = 0x6F66666572


def mind(now: datetime) -> None:
    end_of_those_who_left(now)
    lapse_due(now)
    remind_due(now)
    offer_due(now)


# --- Ending -----------------------------------------------------------------------------------------


def lapse_due(now: datetime) -> int:
    """End what was not answered in time; returns how many."""
    due = Invitation.objects.open().filter(answer_by__lte=now).order_by("answer_by", "pk")
    return sum(_end(key, InvitationState.LAPSED) for key in due.values_list("pk", flat=True))


def end_of_those_who_left(now: datetime) -> int:
    """Nobody is asked any more who is not accepted any more. A withdrawn consent ends it in its own transaction."""
    ended = 0
    for kind in GroupKind.values:
        rows = Invitation.objects.open().filter(kind=kind, participant__isnull=False)
        gone = rows.exclude(participant__in=Participant.objects.accepted_for(kind).values("pk"))
        ended += sum(_end(key, InvitationState.DECLINED) for key in gone.values_list("pk", flat=True))
    return ended


@transaction.atomic
def _end(key: UUID, state: InvitationState) -> bool:
    held = locked_invitation(key)
    if held.state != InvitationState.OPEN:
        return False
    invited.end(held, state, by=None)
    return True


# --- Reminding --------------------------------------------------------------------------------------


def remind_due(now: datetime) -> int:
    """One reminder to everybody who has not answered and whose time is nearly over; returns how many."""
    reminded = 0
    for kind, days in KindSetting.objects.values_list("kind", "remind_days"):
        rows = Invitation.objects.open().filter(kind=kind, reminded_at=None, answer_by__gt=now)
        near = rows.filter(answer_by__lte=now + timedelta(days=days)).values_list("pk", "sent_at", "answer_by")
        for key, sent_at, answer_by in near:
            if reminder_due(sent_at, answer_by, days) <= now:
                reminded += _remind(key, now)
    return reminded


@transaction.atomic
def _remind(key: UUID, now: datetime) -> bool:
    held = locked_invitation(key)
    if held.state != InvitationState.OPEN or held.reminded_at is not None:
        return False
    _send_reminder(held, now)
    return True


@transaction.atomic
def remind(*, invitation: Invitation | UUID, by: User, now: datetime) -> Invitation:
    """The one reminder now, because a coordinator thinks so. DomainError `reminded`, `answered`."""
    held = locked_invitation(invitation)
    require(permissions.can_manage_group(by, held.group), "remind")
    if held.state != InvitationState.OPEN:
        raise DomainError(_("This invitation has ended already, so there is nothing to remind of."), code="answered")
    if held.reminded_at is not None:
        raise DomainError(_("This person was reminded already. Once is enough."), code="reminded")
    _send_reminder(held, now)
    return held


def _send_reminder(held: Invitation, now: datetime) -> None:
    person = held.participant.user if held.participant is not None else held.user
    assert person is not None
    held.reminded_at = now
    held.save(update_fields=["reminded_at"])
    audit.record(Action.CHANGE, held, person=person.pk, purpose=Purpose.GROUPS, fields=("reminded_at",))
    invited_notices.remind(held, person)


# --- The next ---------------------------------------------------------------------------------------


def offer_due(now: datetime) -> int:
    """Offer every place that became free in a group which the program forms to the next who fits; returns how many.

    Where people enrol by themselves, those who wait in line come next (`groups.services_enrolling`).
    """
    forming = PeerGroup.objects.filter(state=GroupState.FORMING, opened_at=None)
    asked = forming.filter(invitations__participant__isnull=False).distinct()
    return sum(offer_next(group, now) for group in asked.order_by("pk"))


def offer_next(group: PeerGroup, now: datetime) -> int:
    """The same for one group. Each offer is a change of its own: the next one's file is locked without the group."""
    made = 0
    while _offer_one(group, now):
        made += 1
    return made


@transaction.atomic
def _offer_one(group: PeerGroup, now: datetime) -> bool:
    """Whoever turns out not to fit under the locks is passed over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [OFFERS_LOCK])
    if not offers_due(group, now) or begins_at(group) < now + LATEST_OFFER:
        return False
    return any(_offer(group, person) for person in next_ones(group))


def _offer(group: PeerGroup, person: Participant) -> bool:
    try:
        with transaction.atomic():
            invite(group=group, participant=person, by=None)
    except DomainError:
        return False
    return True
