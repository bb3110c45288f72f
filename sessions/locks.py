"""Rows locked for a change: the group before its sessions, as everywhere."""

from __future__ import annotations

from uuid import UUID

from groups.models import PeerGroup
from sessions.models import GroupSession


def locked_group(group: PeerGroup | UUID) -> PeerGroup:
    key = group if isinstance(group, UUID) else group.pk
    found: PeerGroup = PeerGroup.objects.select_related("region").select_for_update(of=("self",)).get(pk=key)
    return found


def locked_session(session: GroupSession | UUID) -> GroupSession:
    """With its group, which is locked first: what becomes of a session changes who is taken by the group."""
    key = session if isinstance(session, UUID) else session.pk
    group = locked_group(GroupSession.objects.values_list("group_id", flat=True).get(pk=key))
    found: GroupSession = GroupSession.objects.select_for_update(of=("self",)).get(pk=key)
    found.group = group
    return found
