"""What a coordinator does when two people who must not meet are in one group. Neither is told of the other."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.conflicts import Conflict, conflicts_of
from groups.models import GroupLead, Invitation, Membership, PeerGroup
from groups.models_conflicts import ConflictCare
from groups.services import leave_group, remove_lead
from groups.services_inviting import take_back
from intake.choices import PriorityReason, WaitingState
from intake.models import KeepApart, WaitingPlace
from intake.permissions import can_give_priority, can_keep_apart
from intake.services_waiting import give_priority
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict as Stale
from psp.errors import require
from psp.models import User

# Whoever had to give up a place for their safety comes before others for so long.
FIRST_FOR = timedelta(days=90)


def conflict_between(apart: KeepApart, group: PeerGroup | UUID) -> Conflict | None:
    """As it stands now; None where it is mended."""
    key = group if isinstance(group, UUID) else group.pk
    if apart.ended_at is not None or apart.other_id is None:
        return None
    found = conflicts_of([(apart.pk, apart.person_id, apart.other_id)])
    return next((one for one in found if one.group.pk == key), None)


@transaction.atomic
def take_care(*, apart: KeepApart, group: PeerGroup, by: User) -> ConflictCare:
    """Tell the others that `by` sees to it. Somebody else may take it over at any time."""
    require(can_keep_apart(by, apart), "take_conflict")
    care, _made = ConflictCare.objects.update_or_create(
        apart=apart, group=group, defaults={"by": by, "since": timezone.now()}
    )
    _note(Action.CHANGE, apart)
    return care


@transaction.atomic
def part_them(*, apart: KeepApart, group: PeerGroup, account: UUID, by: User) -> None:
    """One of the two is in the group no more. A member waits again, before others for a while; the place is nobody's.

    Conflict: `mended` where it is so already. DomainError: `last_lead`. Forbidden for who may not know of the pair,
    or manages neither the group nor the person.
    """
    require(can_keep_apart(by, apart), "part_them")
    found = conflict_between(apart, group)
    if found is None or account not in found.accounts:
        raise Stale(_("This is mended already. Nothing was changed."), code="mended")
    _note(Action.CHANGE, apart)
    member = Membership.objects.active().filter(group=group, participant__user=account).first()
    if member is not None:
        _lets_go(leave_group(membership=member, by=by).participant_id, group.kind, by)
    for asked in Invitation.objects.open().filter(Q(participant__user=account) | Q(user=account), group=group):
        take_back(invitation=asked, by=by)
        if asked.participant_id is not None:
            _lets_go(asked.participant_id, group.kind, by)
    for lead in GroupLead.objects.filter(group=group, user=account):
        remove_lead(lead=lead, by=by)
    ConflictCare.objects.filter(apart=apart, group=group).delete()


def _lets_go(participant: UUID, kind: str, by: User) -> None:
    """Nobody loses their turn because somebody else was there. The reason that is kept stands in the person's own copy,
    and in lists of coordinators who may not know: it is the same for both, and says nothing of the other."""
    waiting = WaitingPlace.objects.filter(participant=participant, state=WaitingState.WAITING, priority="")
    place = waiting.filter(service=kind).select_related("participant").first()
    if place is not None and can_give_priority(by, place):
        until = timezone.localdate() + FIRST_FOR
        give_priority(place=place, reason=PriorityReason.PLACE_ENDED, until=until, by=by)


def _note(action: Action, apart: KeepApart) -> None:
    """As with the pair itself: in the log of the person under whose file it stands, and without the row."""
    audit.record(action, KeepApart, person=apart.person_id, purpose=Purpose.GROUPS)
