"""Who is asked to join or to lead a group, and how that ends. Whoever calls to change something holds the group's lock.

`groups.services_inviting` decides; this only counts and ends, so that `groups.services` can stand on it.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from contact.services import cancel_messages
from groups import hooks
from groups.choices import INVITATION_TRANSITIONS, GroupKind, InvitationState
from groups.models import Invitation, PeerGroup
from groups.refusals import SENTENCES, judged
from intake.models import Participant
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict
from psp.models import User


def kept(group: PeerGroup) -> int:
    """Places that somebody may still say yes to."""
    return _to_people(group).count()


def kept_for_others(group: PeerGroup, person: Participant) -> int:
    """The same, without what is kept for this person."""
    return _to_people(group).exclude(participant=person).count()


def accounts(group: PeerGroup) -> list[UUID]:
    """Accounts of everybody who may still say yes, to a place or to leading."""
    rows = Invitation.objects.open().filter(group=group).values_list("participant__user_id", "user_id")
    return [person or lead for person, lead in rows]


def _to_people(group: PeerGroup) -> QuerySet[Invitation]:
    found: QuerySet[Invitation] = Invitation.objects.open().filter(group=group, participant__isnull=False)
    return found


def settle(group: PeerGroup, person: Participant, *, by: User | None) -> None:
    """The person gets a place in this group: an invitation to it is answered with that, another formal one is over."""
    rows = Invitation.objects.open().filter(participant=person)
    for invitation in locked(rows.filter(group=group)):
        end(invitation, InvitationState.ACCEPTED, by=by)
    if group.kind == GroupKind.FORMAL:
        for invitation in locked(rows.filter(kind=GroupKind.FORMAL).exclude(group=group)):
            end(invitation, InvitationState.TAKEN_BACK, by=by)


def settle_lead(group: PeerGroup, user: User, *, by: User | None) -> None:
    for invitation in locked(Invitation.objects.open().filter(group=group, user=user)):
        end(invitation, InvitationState.ACCEPTED, by=by)


def end_open(group: PeerGroup, *, by: User | None) -> int:
    """Nobody can join or lead any more who has not said yes by now; returns how many had not."""
    rows = locked(Invitation.objects.open().filter(group=group))
    for invitation in rows:
        end(invitation, InvitationState.TAKEN_BACK, by=by)
    return len(rows)


def locked(rows: QuerySet[Invitation]) -> list[Invitation]:
    return list(rows.select_for_update(of=("self",)).select_related("participant", "group").order_by("pk"))


def end(invitation: Invitation, state: InvitationState, *, by: User | None) -> None:
    """Write how it ended, and let no message about it leave any more. Conflict `answered` where it ended before."""
    if state not in INVITATION_TRANSITIONS[InvitationState(invitation.state)]:
        raise Conflict(SENTENCES["invitation_answer_final"], code="answered")
    invitation.state, invitation.answered_at = state, timezone.now()
    with judged():
        invitation.save(update_fields=["state", "answered_at"])
    audit.record(
        Action.CHANGE, invitation, person=invitation.person_id, purpose=Purpose.GROUPS, fields=("state",)
    )  # fmt: skip
    cancel_messages(key_prefix=message_key(invitation), reason="invitation_ended")
    hooks.answered(invitation, by=by)


def message_key(invitation: Invitation) -> str:
    """How the keys of all messages about it begin."""
    return f"invitation|{invitation.pk}|"
