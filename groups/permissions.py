"""Who may do what with a group. Services and buttons ask the same functions."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from groups.models import Forming, Invitation, Membership, PeerGroup
from intake.models import Participant
from psp.choices import Role
from psp.models import User
from psp.sight import coordinated_regions, sight_of


def can_create_group(user: Any, program_region_code: str) -> bool:
    return program_region_code in coordinated_regions(user)


def can_manage_group(user: Any, group: PeerGroup) -> bool:
    """Members, leads, establishing, cancelling: the coordinators of the group's program region."""
    return group.program_region_id in coordinated_regions(user)


def can_place_participant(user: Any, participant: Participant) -> bool:
    """Put this person into a group: coordinators of the person's own program region."""
    return participant.program_region_id in coordinated_regions(user)


def can_enrol(user: Any, participant: Participant, group: PeerGroup) -> bool:
    """The person, into what is open; or a coordinator of both, e.g. on the phone with them."""
    return participant.user_id == user.pk or (
        can_manage_group(user, group) and can_place_participant(user, participant)
    )


def can_leave_group(user: Any, membership: Membership) -> bool:
    """The person, at any time and without a reason; or a coordinator of the group's region or of the person's."""
    return (
        membership.participant.user_id == user.pk
        or can_manage_group(user, membership.group)
        or can_place_participant(user, membership.participant)
    )


def can_answer(user: Any, invitation: Invitation) -> bool:
    """The one who is asked; or a coordinator of the group's region, who writes down what they said."""
    return invitation.person_id == user.pk or can_manage_group(user, invitation.group)


def can_take_back(user: Any, invitation: Invitation) -> bool:
    """A coordinator of the group's region, or of the person's where it is a place."""
    person = invitation.participant
    return can_manage_group(user, invitation.group) or (person is not None and can_place_participant(user, person))


def can_send_forming(user: Any, forming: Forming) -> bool:
    """Coordinators of every region whose people are in the pool."""
    return set(forming.program_regions) <= coordinated_regions(user)


def can_form(user: Any, program_regions: Collection[str]) -> bool:
    """Think of groups for people of these program regions: their coordinators, each region without exception."""
    return bool(program_regions) and set(program_regions) <= coordinated_regions(user)


def can_set_lead_times(user: Any, owner: User) -> bool:
    """One's own times, whoever else may know them: peer supporters."""
    return bool(user.pk == owner.pk) and sight_of(user).has(Role.SUPPORTER)
