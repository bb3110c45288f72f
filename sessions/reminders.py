"""Who is reminded of sessions: everybody in the group, and those who lead it and can be written to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, UUIDField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _

from contact.choices_reminders import Audience
from contact.models import OutboxMessage, ReminderRule
from contact.reminding import About, Narrow, Source, rule_name
from contact.services import cancel_messages
from groups.models import PeerGroup
from psp.models import User
from psp.sight import coordinated_regions
from sessions.models import GroupSession
from sessions.querysets_calendar import LEADING

REMINDER, LEAD_REMINDER = "session_reminder", "lead_reminder"
SESSIONS = """
SELECT session.id AS event_id, {person} AS person_id, grp.kind AS kind, '{audience}' AS audience, session.starts_at,
       session.revision, '-infinity'::timestamptz AS told_at
FROM peer_sessions_groupsession session
JOIN groups_peergroup grp ON grp.id = session.group_id
{people}
WHERE session.state = 'scheduled' AND {narrow}
"""
MEMBERS = """
JOIN groups_membership place ON place.group_id = grp.id AND place.state = 'member'
JOIN intake_participant file ON file.id = place.participant_id
"""
# A supporter's mailbox is written to once they said that it is safe; a team member's belongs to their work.
LEADS = """
JOIN LATERAL (
    SELECT user_id FROM groups_grouplead
     WHERE group_id = grp.id AND NOT EXISTS (
        SELECT FROM peer_sessions_cover away
         WHERE away.session_id = session.id AND away.lead_id = groups_grouplead.user_id AND away.state <> 'not_needed')
    UNION
    SELECT stand_in_id FROM peer_sessions_cover WHERE session_id = session.id AND state = 'taken'
) lead ON true
JOIN psp_user account ON account.id = lead.user_id AND account.is_active
LEFT JOIN contact_safecontact said ON said.person_id = account.id
"""
REACHED = """
(account.kind = 'staff' OR said.email_safe)
AND EXISTS (SELECT FROM psp_roleassignment held WHERE held.user_id = account.id AND held.role = ANY(%s))
"""


def events(narrow: Narrow) -> tuple[str, list[Any]]:
    where, values = narrow.where("session.id", "session.starts_at")
    members = SESSIONS.format(person="file.user_id", audience=Audience.MEMBER, people=MEMBERS, narrow=where)
    leads = SESSIONS.format(
        person="lead.user_id", audience=Audience.LEAD, people=LEADS, narrow=f"{where} AND {REACHED}"
    )
    return f"{members} UNION ALL {leads}", [*values, *values, [role.value for role in LEADING]]


def about(ids: Collection[UUID], reader: User) -> dict[UUID, About]:
    found = GroupSession.objects.filter(pk__in=ids).select_related("group")
    regions = coordinated_regions(reader)
    return {
        one.pk: About(
            _("%(group)s, session %(number)d") % {"group": one.group.name, "number": one.number},
            reverse("desk:session", args=[one.pk]) if one.group.program_region_id in regions else "",
        )
        for one in found
    }


def led(reader: User) -> Exists:
    """Of messages: whether their session is of a group in the reader's regions."""
    session = Cast(KeyTextTransform("session", OuterRef("context")), UUIDField())
    return Exists(GroupSession.objects.filter(pk=session, group__in=PeerGroup.objects.in_regions_of(reader)))


def messages_about(session: GroupSession) -> QuerySet[OutboxMessage]:
    """All reminders of one session, found by their keys."""
    begins = Q(pk__in=[])
    for hours in _hours():
        begins |= Q(key__startswith=f"reminder|{rule_name(hours)}|{session.pk}|")
    found: QuerySet[OutboxMessage] = OutboxMessage.objects.filter(begins)
    return found


def _hours() -> Iterable[int]:
    return ReminderRule.objects.order_by().values_list("hours", flat=True).distinct()


SOURCE = Source(
    name="session", key="reminder|{rule}|{event}|{person}|{revision}",
    templates={Audience.MEMBER: REMINDER, Audience.LEAD: LEAD_REMINDER}, events=events, about=about, led=led,
    # A new time or place, or that it takes place after all, was told under these.
    told=tuple(f"session_{what}|{{event}}|{{person}}|{{revision}}" for what in ("moved", "added", "placed")),
)  # fmt: skip


def take_back(session: GroupSession, reason: str) -> None:
    """What waits about this session, under whichever rule. The guard would hold it back, but the desk should see it."""
    for hours in _hours():
        cancel_messages(key_prefix=f"reminder|{rule_name(hours)}|{session.pk}|", reason=reason)


def take_back_from(session: GroupSession, person: UUID, reason: str) -> None:
    """The same for one person, who leads it no more."""
    for hours in _hours():
        cancel_messages(key_prefix=f"reminder|{rule_name(hours)}|{session.pk}|{person}|", reason=reason)
