"""The reminders of one session, for its page on the desk: what will go, in numbers, and what became of what was due."""

from __future__ import annotations

from typing import Any

from contact.reminders_desk import WITH, ahead, rows_of, shown_to
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.models import User
from sessions.models import GroupSession
from sessions.reminders import SOURCE, messages_about


def reminders_of(session: GroupSession, reader: User) -> dict[str, Any]:
    """Notes in the access log whose reminders are shown."""
    known = shown_to(reader).filter(pk__in=messages_about(session).values("pk"))
    messages = list(known.select_related(*WITH).order_by("-due_at", "pk"))
    audit.record_reads(messages, purpose=Purpose.CONTACT)
    return {"ahead": ahead(SOURCE, session.pk, reader), "rows": rows_of(messages, reader)}
