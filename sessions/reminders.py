"""Who is reminded of sessions: everybody in the group, and those who lead it and can be written to."""

from __future__ import annotations

from typing import Any

from contact.choices_reminders import Audience
from contact.models import ReminderRule
from contact.reminding import Narrow, Source, rule_name
from contact.services import cancel_messages
from sessions.models import GroupSession

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
JOIN groups_grouplead lead ON lead.group_id = grp.id
JOIN psp_user account ON account.id = lead.user_id AND account.is_active
LEFT JOIN contact_safecontact said ON said.person_id = account.id
"""
REACHED = "(account.kind = 'staff' OR said.email_safe)"


def events(narrow: Narrow) -> tuple[str, list[Any]]:
    where, values = narrow.where("session.id", "session.starts_at")
    members = SESSIONS.format(person="file.user_id", audience=Audience.MEMBER, people=MEMBERS, narrow=where)
    leads = SESSIONS.format(
        person="lead.user_id", audience=Audience.LEAD, people=LEADS, narrow=f"{where} AND {REACHED}"
    )
    return f"{members} UNION ALL {leads}", [*values, *values]


SOURCE = Source(
    name="session", key="reminder|{rule}|{event}|{person}|{revision}",
    templates={Audience.MEMBER: REMINDER, Audience.LEAD: LEAD_REMINDER}, events=events,
    # A new time, or one that holds again, was told under these.
    told=("session_moved|{event}|{person}|{revision}",),
)  # fmt: skip


def take_back(session: GroupSession, reason: str) -> None:
    """What waits about this session, under whichever rule. The guard would hold it back, but the desk should see it."""
    for hours in ReminderRule.objects.order_by().values_list("hours", flat=True).distinct():
        cancel_messages(key_prefix=f"reminder|{rule_name(hours)}|{session.pk}|", reason=reason)
