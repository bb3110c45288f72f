"""Enrolling in open groups, waiting in their line, and offering what becomes free to the next one.

Locks as everywhere: participant → group. What becomes free is offered after the change is committed, in a task of its
own (`groups.tasks.offer_next`), because the next one's lock would come after the group's; beat finds what was missed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import enrolling, permissions
from groups.choices import QUEUE_TRANSITIONS, RUNNING, GroupKind, InvitationState, QueueState
from groups.dates import dates_of
from groups.models import Invitation, KindSetting, Membership, PeerGroup, QueuePlace
from groups.refusals import judged
from groups.rules_enrolling import answer_by
from groups.services import give_place, locked_group, locked_participant
from groups.services_inviting import invite
from intake.models import Participant
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError, require
from psp.models import User
from psp.queue import after_commit

Standing = Membership | QueuePlace | Invitation


# --- The door -------------------------------------------------------------------------------------


@transaction.atomic
def open_group(*, group: PeerGroup | UUID, by: User, revision: int | None = None) -> PeerGroup:
    """People may enrol by themselves from now on. DomainError: `not_for_enrolment`, `ended`; Conflict: `stale`."""
    locked = _door(group, by, revision)
    if locked.kind == GroupKind.FORMAL:
        message = _("The program forms formal groups itself: nobody enrols in one. Invite people instead.")
        raise DomainError(message, code="not_for_enrolment")
    return _set_opened(locked, locked.opened_at or timezone.now())


@transaction.atomic
def close_enrolment(*, group: PeerGroup | UUID, by: User, revision: int | None = None) -> PeerGroup:
    """Nobody enrols any more. Whoever has a place keeps it, and whoever waits still waits for one."""
    return _set_opened(_door(group, by, revision), None)


def _door(group: PeerGroup | UUID, by: User, revision: int | None) -> PeerGroup:
    locked = locked_group(group)
    require(permissions.can_manage_group(by, locked), "open_group")
    if revision is not None and revision != locked.revision:
        raise Conflict(_("This group has changed since you opened it. Look at it again, then decide."), code="stale")
    if locked.state not in RUNNING:
        raise DomainError(_("This group has ended, so nobody can enrol in it."), code="ended")
    return locked


def _set_opened(group: PeerGroup, opened_at: datetime | None) -> PeerGroup:
    if group.opened_at != opened_at:
        group.opened_at = opened_at
        group.revision += 1
        with judged():
            group.save()
        audit.record(Action.CHANGE, group, purpose=Purpose.GROUPS, fields=("opened_at",))
    return group


# --- Enrolling and waiting ------------------------------------------------------------------------


@transaction.atomic
def enrol(*, group: PeerGroup | UUID, participant: Participant | UUID, by: User) -> Standing:
    """A place at once where one is free and nobody waits for it, else a place in the line. Twice is as once.

    DomainError: `not_open`, in the same words whatever the reason.
    """
    person = locked_participant(participant)
    locked = locked_group(group)
    require(permissions.can_enrol(by, person, locked), "enrol")
    if (here := standing(locked, person)) is not None:
        return here
    if not enrolling.open_to(person).filter(pk=locked.pk).exists():
        message = _("Nobody can enrol in this group at the moment. Please choose another one, or ask a coordinator.")
        raise DomainError(message, code="not_open")
    if enrolling.has_place_at_once(locked):
        return give_place(locked, person, by=by)
    return _line_up(locked, person)


def standing(group: PeerGroup, person: Participant) -> Standing | None:
    """What this person has in the group already: a place, an offer, or a place in the line."""
    for rows in (Membership.objects.active(), Invitation.objects.open(), QueuePlace.objects.waiting()):
        found: Standing | None = rows.filter(group=group, participant=person).first()
        if found is not None:
            return found
    return None


def _may_have_it(person: Participant, group: PeerGroup) -> bool:
    return enrolling.within_reach(person).filter(pk=group.pk).exists()


def _line_up(group: PeerGroup, person: Participant) -> QueuePlace:
    place = QueuePlace(group=group, participant=person)
    with judged():
        place.save(force_insert=True)
    audit.record(Action.CREATE, place, person=person.user_id, purpose=Purpose.GROUPS)
    return place


@transaction.atomic
def leave_queue(*, place: QueuePlace | UUID, by: User) -> QueuePlace:
    """Wait no more for this group. No reason is asked; doing it twice changes nothing."""
    found = QueuePlace.objects.get(pk=place if isinstance(place, UUID) else place.pk)
    person = locked_participant(found.participant_id)
    group = locked_group(found.group_id)
    require(permissions.can_enrol(by, person, group), "leave_queue")
    fresh: QueuePlace = QueuePlace.objects.select_related("participant").get(pk=found.pk)
    if fresh.state == QueueState.WAITING:
        _move(fresh, QueueState.ENDED)
    return fresh


@transaction.atomic
def end_queues(*, user: User) -> int:
    """Consent was withdrawn: this person waits for nothing any more. Returns for how many groups they did."""
    return end_waits(QueuePlace.objects.filter(participant__user=user))


def end_waits(places: Any) -> int:
    """Those of them who still wait or have an offer do so no more. Returns how many."""
    waiting = list(places.filter(state__in=enrolling.WAITS).select_related("participant"))
    for place in waiting:
        _move(place, QueueState.ENDED)
    return len(waiting)


def end_line(group: PeerGroup) -> None:
    """The group is over: nobody waits for it."""
    end_waits(QueuePlace.objects.filter(group=group))


def _move(place: QueuePlace, state: QueueState) -> None:
    assert state in QUEUE_TRANSITIONS[QueueState(place.state)]
    place.state = state
    place.ended_at = None if state == QueueState.OFFERED else timezone.now()
    place.save()
    audit.record(Action.CHANGE, place, person=place.person_id, purpose=Purpose.GROUPS, fields=("state",))


# --- Offers ---------------------------------------------------------------------------------------


def offer_soon(group_id: UUID) -> None:
    """Once this change is committed, whatever is free goes to the next ones in line."""
    from groups.tasks import offer_next as task

    after_commit(task, str(group_id))


def offer_next(group: PeerGroup | UUID, now: datetime | None = None) -> list[Invitation]:
    """Offer every free place of a group to the next in its line who may have it. Each offer is a change of its own."""
    key, made = (group if isinstance(group, UUID) else group.pk), []
    _settle(QueuePlace.objects.filter(group=key))
    for place in QueuePlace.objects.waiting().filter(group=key).order_by("since", "id").values_list("pk", flat=True):
        offer = _offer(place, now or timezone.now())
        made += [offer] if offer is not None else []
    return made


@transaction.atomic
def _offer(place_id: UUID, now: datetime) -> Invitation | None:
    found = QueuePlace.objects.get(pk=place_id)
    person = locked_participant(found.participant_id)
    group = locked_group(found.group_id)
    place: QueuePlace = QueuePlace.objects.select_related("participant", "group").get(pk=place_id)
    starts = [start for start, _end in dates_of(group)]
    until = answer_by(now, KindSetting.objects.get(kind=group.kind).answer_days, starts)
    free = group.state in RUNNING and enrolling.room(group)
    if place.state != QueueState.WAITING or until is None or not free or not _may_have_it(person, group):
        return None
    try:
        offer = invite(group=group, participant=person, by=None, answer_by=until)
    except DomainError:
        # Something has come between meanwhile: the next sweep looks again.
        return None
    _move(place, QueueState.OFFERED)
    return offer


def offer_everywhere(now: datetime) -> int:
    """What no task got round to: wherever somebody waits in line. Returns how many offers were made."""
    _settle(QueuePlace.objects.filter(group__state__in=RUNNING))
    waiting = QueuePlace.objects.waiting().filter(group__state__in=RUNNING)
    groups = list(waiting.order_by().values_list("group", flat=True).distinct())
    return sum(len(offer_next(group, now)) for group in groups)


@transaction.atomic
def follow(invitation: Invitation, *, by: Any = None) -> None:
    """The line goes on as an offer was answered; what was not taken is free for the next one."""
    if invitation.participant_id is None or invitation.state == InvitationState.OPEN:
        return
    offered = QueuePlace.objects.filter(
        group=invitation.group_id, participant=invitation.participant_id, state=QueueState.OFFERED
    )
    for place in offered.select_related("participant"):
        taken = invitation.state == InvitationState.ACCEPTED
        _move(place, QueueState.PLACED if taken else QueueState.ENDED)
    if invitation.state != InvitationState.ACCEPTED and invitation.kind != GroupKind.FORMAL:
        offer_soon(invitation.group_id)


def _settle(places: Any) -> None:
    """Offers that ended without the line hearing of it."""
    for place in places.filter(state=QueueState.OFFERED):
        rows = Invitation.objects.filter(group=place.group_id, participant=place.participant_id)
        last = rows.order_by("-sent_at").first()
        if last is not None and last.state != InvitationState.OPEN:
            follow(last)
