"""Openings from another region, for the privacy officer: which are live, which nobody has looked at yet."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from privacy.choices import GlassReason, GlassReview
from privacy.models_glass import GlassGrant
from privacy.people import labels_of
from psp.areas import account
from psp.calendar_text import machine_time
from psp.models import User

SHOWN = 100


def listed(reader: User) -> tuple[list[GlassGrant], list[dict[str, Any]]]:
    """The grants themselves and each in words: those to look at first, then the newest."""
    rows = GlassGrant.objects.of_office(reader).select_related("program_region", "by", "reviewed_by")
    found = [*rows.to_review().order_by("opened_at")]
    found += list(rows.filter(reviewed_at__isnull=False)[:SHOWN])
    labels, zone, now = labels_of({one.person_id for one in found}), ZoneInfo(reader.time_zone), timezone.now()
    return found, [
        {
            "id": one.pk, "when": one.opened_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
            "iso": machine_time(one.opened_at), "until": one.ends_at.astimezone(zone).strftime("%H:%M"),
            "who": one.by.username, "about": labels.get(one.person_id, ""), "region": str(one.program_region),
            "reason": GlassReason(one.reason).label, "words": one.words, "live": one.ends_at > now,
            "own": one.by_id == reader.pk, "review": GlassReview(one.review).label if one.review else "",
            "reviewed_by": one.reviewed_by.username if one.reviewed_by else "",
        }
        for one in found
    ]  # fmt: skip


def card(request: HttpRequest) -> dict[str, Any] | None:
    """How many openings nobody has looked at, and whether one is live; no card while there is none."""
    rows = GlassGrant.objects.of_office(account(request))
    waits = rows.to_review().count()
    return {"waits": waits, "live": rows.live(timezone.now()).count()} if waits else None
