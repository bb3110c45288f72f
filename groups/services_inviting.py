"""Asking people to join or to lead a group, and what becomes of their answers.

Locks are always taken in the order participant → group → invitation. A place that became free is offered to the next
by beat, in a transaction of its own (`groups.services_offers`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import invited, invited_notices, may_lead, permissions
from groups.choices import (
    RUNNING,
    GroupKind,
    GroupState,
    InvitationState,
    LeadRole,
)
from groups.dates import begins_at, check_free
from groups.models import Invitation, KindSetting, Membership, PeerGroup
from groups.refusals import SENTENCES, judged
from groups.rules_inviting import answer_until
from groups.services import (
    check_company,
    check_may_join,
    check_may_lead,
    check_room,
    give_lead,
    give_place,
    locked_group,
    locked_participant,
)
from intake.models import Participant
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError, require
from psp.models import User

ANSWERS = (InvitationState.ACCEPTED, InvitationState.DECLINED, InvitationState.OTHER_TIME)
LONGEST_WAIT = timedelta(days=60)


# --- Asking -----------------------------------------------------------------------------------------


@transaction.atomic
def invite(
    *, group: PeerGroup | UUID, by: User | None, participant: Participant | UUID | None = None,
    user: User | None = None, role: str = "", answer_by: datetime | None = None,
) -> Invitation:  # fmt: skip
    """Keep a place for somebody, or ask somebody to lead, and tell them in the way that is safe for them.

    `by` None: the program itself offers a place to the next. Without `answer_by` the kind's setting says until when.
    DomainError: what `groups.services.add_member` and `add_lead` say, and `places_kept`, `invited_elsewhere`,
    `has_place`, `invitation_open_once`, `begins_too_soon`, `invitation_leaves_time`.
    """
    if participant is not None:
        return _invite_person(locked_participant(_key(participant)), locked_group(group), by, answer_by)
    assert user is not None
    return _invite_lead(user, locked_group(group), LeadRole(role), by, answer_by)


def _invite_person(person: Participant, group: PeerGroup, by: User | None, answer_by: datetime | None) -> Invitation:
    if by is not None:
        require(permissions.can_manage_group(by, group), "invite")
        require(permissions.can_place_participant(by, person), "invite")
    check_invitable(group, person, by)
    return _send(Invitation(group=group, participant=person), person.user, by, answer_by)


def _invite_lead(
    user: User, group: PeerGroup, role: LeadRole, by: User | None, answer_by: datetime | None
) -> Invitation:
    if by is not None:
        require(permissions.can_manage_group(by, group), "invite")
    check_may_lead(group, user, role, by)
    if group.leads.filter(user=user).exists():
        raise DomainError(SENTENCES["lead_once"], code="lead_once", field="user")
    return _send(Invitation(group=group, user=user, role=role), user, by, answer_by)


def check_invitable(group: PeerGroup, person: Participant, by: User | None) -> None:
    """Whether this person may be offered a place now, all rules but the times. Both rows are locked."""
    if person.merged_into_id or person.emptied_at:
        message = _("This file is closed. Look for the person’s other file.")
        raise DomainError(message, code="file_closed", field="participant")
    if Membership.objects.active().filter(group=group, participant=person).exists():
        raise DomainError(SENTENCES["membership_once"], code="membership_once")
    check_room(group, person)
    check_may_join(group, person)
    if group.kind == GroupKind.FORMAL:
        _check_free_for_formal(group, person)
    check_company(group, person, by)
    check_free(group, person.user_id, by)


def _check_free_for_formal(group: PeerGroup, person: Participant) -> None:
    """One formal group at a time, and one invitation to one."""
    if Invitation.objects.open().filter(participant=person, kind=GroupKind.FORMAL).exclude(group=group).exists():
        raise DomainError(SENTENCES["invitation_one_formal"], code="invited_elsewhere", field="participant")
    places = Membership.objects.active().filter(participant=person, group__kind=GroupKind.FORMAL)
    if places.filter(group__state__in=RUNNING).exclude(group=group).exists():
        message = _("This person has a place in another formal group. Nothing was changed.")
        raise DomainError(message, code="has_place", field="participant")


def _send(invitation: Invitation, person: User, by: User | None, answer_by: datetime | None) -> Invitation:
    _keep(invitation, person, by, answer_by)
    invited_notices.tell(invitation, person)
    return invitation


def _keep(invitation: Invitation, person: User, by: User | None, answer_by: datetime | None) -> Invitation:
    group, now = invitation.group, timezone.now()
    invitation.kind, invitation.sent_by, invitation.sent_at = group.kind, by, now
    invitation.answer_by = _checked_until(answer_by, now) if answer_by else _usual_until(group, person, now)
    with judged():
        invitation.save(force_insert=True)
    audit.record(Action.CREATE, invitation, person=person.pk, purpose=Purpose.GROUPS)
    return invitation


def _checked_until(answer_by: datetime, now: datetime) -> datetime:
    if not now < answer_by <= now + LONGEST_WAIT:
        raise DomainError(SENTENCES["invitation_leaves_time"], code="invitation_leaves_time", field="answer_by")
    return answer_by


def _usual_until(group: PeerGroup, person: User, now: datetime) -> datetime:
    days = KindSetting.objects.values_list("answer_days", flat=True).get(kind=group.kind)
    forming = group.state == GroupState.FORMING
    begins = begins_at(group) if forming else None
    if begins is not None and begins <= now:
        message = _("This group’s first session has passed. Give the group another beginning before inviting anybody.")
        raise DomainError(message, code="begins_too_soon")
    return answer_until(now, days, person.time_zone, begins)


# --- Answering --------------------------------------------------------------------------------------


@transaction.atomic
def answer(*, invitation: Invitation | UUID, answer: str, by: User) -> Invitation:
    """What somebody says to an invitation: themselves, or to a coordinator who writes it down. No reason is asked.

    Yes gives the place. Where that cannot be any more, the person's own yes ends as "taken back" (read the `state`);
    a coordinator reads the DomainError. DomainError `may_not_lead` to whoever lacks something before they lead, with
    what it is. Conflict `answered` where it ended before.
    """
    if answer not in ANSWERS:
        raise DomainError(_("Choose one of the answers."), code="answer_unknown", field="answer")
    held = locked_invitation(invitation)
    require(permissions.can_answer(by, held), "answer_invitation")
    _check_open(held)
    if answer != InvitationState.ACCEPTED:
        invited.end(held, InvitationState(answer), by=by)
    elif held.person_id == by.pk:
        _say_yes(held, by)
    else:
        _give(held, by)
    return held


def _say_yes(invitation: Invitation, by: User) -> None:
    """Whoever says yes and cannot come in any more learns that the place is gone, and nothing else ([NH] rule 24).

    What somebody lacks themselves before they lead is theirs to know and to mend: the question stays open for that.
    """
    try:
        with transaction.atomic():
            _give(invitation, by)
    except DomainError as error:
        if error.code == may_lead.MISSING:
            raise
        invitation.refresh_from_db(fields=["state", "answered_at"])
        invited.end(invitation, InvitationState.TAKEN_BACK, by=None)


def _give(invitation: Invitation, by: User) -> None:
    """`settle` ends the invitation as accepted, together with the place."""
    if invitation.participant is not None:
        give_place(invitation.group, invitation.participant, by=by)
    elif invitation.user is not None:
        give_lead(group=invitation.group, user=invitation.user, role=invitation.role, by=by)
    invitation.refresh_from_db(fields=["state", "answered_at"])


@transaction.atomic
def think_again(*, invitation: Invitation | UUID, by: User) -> Invitation:
    """After a "no" or a wish for another time: the same invitation anew, while the place is there. For the one asked,
    who is on the page: no message says so again.

    Until the same day: nobody keeps a place from others by changing their mind. Conflict `answered` unless it is the
    last word to this group. DomainError `place_gone` where the place is not there any more, whatever the reason, and
    `may_not_lead` with what they lack themselves.
    """
    held = locked_invitation(invitation)
    require(held.person_id == by.pk, "think_again")
    if not is_latest(held) or held.state not in (InvitationState.DECLINED, InvitationState.OTHER_TIME):
        raise Conflict(SENTENCES["invitation_answer_final"], code="answered")
    anew = Invitation(group=held.group, participant=held.participant, user=held.user, role=held.role)
    try:
        with transaction.atomic():
            _check_again(held)
            return _keep(anew, by, held.sent_by, held.answer_by)
    except DomainError as error:
        if error.code == may_lead.MISSING:
            raise
        message = _("This place is not free any more. We are sorry. It is not because of anything you did.")
        raise DomainError(message, code="place_gone") from error


def _check_again(held: Invitation) -> None:
    if held.participant is not None:
        if Membership.objects.filter(group=held.group, participant=held.participant).exists():
            # Had a place since, which ended: a coordinator decides, or the person enrols anew.
            raise DomainError(SENTENCES["membership_once"], code="had_place")
        check_invitable(held.group, held.participant, None)
    elif held.user is not None:
        check_may_lead(held.group, held.user, held.role, held.user)


def is_latest(invitation: Invitation) -> bool:
    """Whether nothing newer was sent to the same person for the same group."""
    rows = Invitation.objects.filter(
        group=invitation.group_id, participant=invitation.participant_id, user=invitation.user_id
    )
    return not rows.filter(sent_at__gt=invitation.sent_at).exists()


# --- Ending -----------------------------------------------------------------------------------------


@transaction.atomic
def take_back(*, invitation: Invitation | UUID, by: User) -> Invitation:
    """The place is not kept any more. Conflict `answered` where it ended before."""
    held = locked_invitation(invitation)
    require(permissions.can_take_back(by, held), "take_back")
    _check_open(held)
    invited.end(held, InvitationState.TAKEN_BACK, by=by)
    return held


@transaction.atomic
def end_invitations(*, user: User, by: User | None) -> int:
    """Whoever takes part no more, or leads no more, is asked nothing any more; returns how many were open."""
    person = Participant.objects.select_for_update(of=("self",), no_key=True).filter(user=user).first()
    rows = Invitation.objects.open().filter(user=user)
    if person is not None:
        rows = rows | Invitation.objects.open().filter(participant=person)
    found = list(rows.order_by("group_id").values_list("pk", "group_id"))
    for key, group_id in found:
        locked_group(group_id)
        for held in invited.locked(Invitation.objects.open().filter(pk=key)):
            invited.end(held, InvitationState.DECLINED, by=by)
    return len(found)


def locked_invitation(invitation: Invitation | UUID) -> Invitation:
    """With its participant and its group, all locked in the one order."""
    key = invitation if isinstance(invitation, UUID) else invitation.pk
    participant, group = Invitation.objects.values_list("participant", "group").get(pk=key)
    person = locked_participant(participant) if participant else None
    place = locked_group(group)
    held: Invitation = Invitation.objects.select_for_update(of=("self",)).select_related("user").get(pk=key)
    held.participant, held.group = person, place
    return held


def _check_open(invitation: Invitation) -> None:
    if invitation.state != InvitationState.OPEN:
        raise Conflict(SENTENCES["invitation_answer_final"], code="answered")


def _key(participant: Participant | UUID) -> UUID:
    return participant if isinstance(participant, UUID) else participant.pk
