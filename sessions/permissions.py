"""Who may set sessions and who may say who was there."""

from __future__ import annotations

from typing import Any

from groups.models import GroupLead, PeerGroup
from groups.permissions import can_manage_group


def can_manage_sessions(user: Any, group: PeerGroup) -> bool:
    """Scheduling, moving, cancelling: the coordinators of the group's program region."""
    return can_manage_group(user, group)


def can_record_attendance(user: Any, group: PeerGroup) -> bool:
    """Whoever leads the group, or a coordinator of its region."""
    return GroupLead.objects.filter(group=group, user_id=user.pk).exists() or can_manage_group(user, group)
