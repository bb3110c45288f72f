"""What a group is told when its dates are set. Changes of a session have a place of their own (`changes_told`), and so
have reminders (`reminders`).

Through the outbox, under keys that make each message one. Whether it still holds is asked again when it is sent.
"""

from __future__ import annotations

from django.utils import timezone

from consent.choices import CONTACT_PURPOSES, ConsentPurpose
from consent.querysets import agrees
from contact.models import OutboxMessage
from contact.services import queue_for_all
from groups.models import Membership, PeerGroup
from sessions.models import GroupSession
from sessions.querysets_calendar import leads_now

DATES = "dates_set"


def dates_set(group: PeerGroup) -> None:
    """Tell everybody in the group, and those who lead it, that its dates are on their pages."""
    members = Membership.objects.active().filter(group=group).select_related("participant__user")
    members = members.filter(agrees(CONTACT_PURPOSES, "participant__user_id"))
    members = members.filter(agrees(ConsentPurpose.TAKING_PART, "participant__user_id"))
    people = [member.participant.user for member in members]
    people += [lead.user for lead in leads_now().filter(group=group).select_related("user")]
    queue_for_all(people=people, template=DATES, key=f"{DATES}|{group.pk}", context={"group": str(group.pk)})


def still_dated(message: OutboxMessage) -> bool:
    """Whether the group still has a session to come, and the person is still in it or leads it."""
    group = message.context["group"]
    coming = GroupSession.objects.filter(group=group).upcoming(timezone.now())
    members = Membership.objects.active().filter(group=group, participant__user_id=message.person_id)
    leads = leads_now().filter(group=group, user_id=message.person_id)
    return coming.exists() and (members.exists() or leads.exists())
