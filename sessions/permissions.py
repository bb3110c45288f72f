"""Who may set sessions and who may say who was there."""

from __future__ import annotations

from typing import Any

from groups.models import GroupLead, PeerGroup
from groups.permissions import can_manage_group, can_place_participant
from sessions.models import Cover, Debrief, DropIn, FollowUpOffer, GroupSession


def can_manage_sessions(user: Any, group: PeerGroup) -> bool:
    """Scheduling, moving, cancelling: the coordinators of the group's program region."""
    return can_manage_group(user, group)


def leads_session(user: Any, session: GroupSession) -> bool:
    """Whoever leads the group, unless they cannot lead this session; and whoever stands in for it."""
    covers = Cover.objects.filter(session=session)
    leads = GroupLead.objects.filter(group=session.group_id, user_id=user.pk).exists()
    return (leads and not covers.away(user).exists()) or covers.stood_in_by(user).exists()


def can_record_attendance(user: Any, session: GroupSession) -> bool:
    """Whoever leads the session, or a coordinator of its region."""
    return leads_session(user, session) or can_manage_group(user, session.group)


def can_settle_drop_in(user: Any, drop_in: DropIn) -> bool:
    """The coordinators of the person's region: they know whom to speak with, and about what."""
    return can_place_participant(user, drop_in.participant)


def can_debrief(user: Any, session: GroupSession) -> bool:
    """Whoever leads the session, for themselves."""
    return leads_session(user, session)


def can_follow_up(user: Any, debrief: Debrief) -> bool:
    return can_manage_group(user, debrief.session.group)


def can_call(user: Any, offer: FollowUpOffer) -> bool:
    return can_place_participant(user, offer.participant)
