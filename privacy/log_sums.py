"""Sums over the access log: each account's last days, and one person's readers. Both read their own index only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Max, Min, Q

from privacy.people import labels_of
from psp.audit.choices import Action, Purpose
from psp.audit.models import Entry
from psp.choices import Kind
from psp.models import User

DAYS = 30
DENIED = Q(action=Action.DENIED)
# One small look into the index for each account, instead of one large one over everybody's days.
TEAM = """
SELECT u.username, s.files, s.seen, s.refused, s.taken, s.last
FROM psp_user u CROSS JOIN LATERAL (
    SELECT count(DISTINCT e.person) FILTER (WHERE e.action = 'read' AND e.fields <> '') AS files,
           count(DISTINCT e.person) FILTER (WHERE e.action <> 'denied') AS seen,
           count(*) FILTER (WHERE e.action = 'denied') AS refused,
           count(*) FILTER (WHERE e.action = 'export') AS taken,
           max(e.at) AS last
    FROM audit_entry e WHERE e.actor = u.id AND e.at >= %s AND e.person IS DISTINCT FROM u.id
) s
WHERE u.kind <> %s AND s.last IS NOT NULL ORDER BY s.seen DESC, u.username
"""


def of_team(now: datetime) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(TEAM, [now - timedelta(days=DAYS), Kind.PARTICIPANT])
        names = ("username", "files", "seen", "refused", "taken", "last")
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def about(person: UUID, reader: User) -> list[dict[str, Any]]:
    """Each account that used this person's information: how often, from when to when, and what for."""
    rows = (
        Entry.objects.filter(person=person).order_by().values("actor", "purpose")
        .annotate(times=Count("pk"), refused=Count("pk", filter=DENIED), first=Min("at"), last=Max("at"))
        .order_by("-last")
    )  # fmt: skip
    found, zone = list(rows), ZoneInfo(reader.time_zone)
    labels = labels_of({row["actor"] for row in found if row["actor"]})
    return [
        {
            "who": labels.get(row["actor"], "") if row["actor"] else "",
            "why": Purpose(row["purpose"]).label, "times": row["times"],
            "refused": row["refused"], "first": row["first"].astimezone(zone).strftime("%Y-%m-%d %H:%M"),
            "last": row["last"].astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        }
        for row in found
    ]  # fmt: skip
