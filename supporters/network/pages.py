"""What the pages of the network show. Reads only."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.db.models import Q
from django.utils import timezone

from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.bilingual import in_language, reader_language
from psp.calendar_text import long_date, long_datetime, machine_time
from psp.models import User
from supporters.network.choices import InterestCode, ResourceLanguage, ResourceState
from supporters.network.models import DirectoryEntry, NetworkEvent, Resource, Touch
from supporters.texts.pages import day

Row = dict[str, Any]
MOST_SHOWN = 200


def people(me: User, region: Any, interest: str) -> list[Row]:
    """Those who wish to be found, by the name they chose; each one shown is noted."""
    rows = DirectoryEntry.objects.visible_to(me).exclude(user=me).select_related("user__supporter__program_region")
    if region:
        rows = rows.filter(user__supporter__program_region=region)
    if interest:
        rows = rows.filter(interests__contains=[interest])
    found = list(rows[:MOST_SHOWN])
    audit.record_reads(found, purpose=Purpose.CARE)
    return sorted((entry_line(row) for row in found), key=lambda row: row["name"].casefold())


def entry_line(entry: DirectoryEntry) -> Row:
    return {
        "id": entry.pk, "name": str(entry.user.name), "region": str(entry.user.supporter.program_region),
        "interests": [str(InterestCode(code).label) for code in entry.interests], "line": entry.line,
    }  # fmt: skip


def wishes(me: User) -> Row:
    """Waiting for my answer; asked by me; and those with whom I am in touch, with what they wrote for me."""
    now = timezone.now()
    waiting = list(Touch.objects.waiting_for(me, now).select_related("asker__supporter__program_region"))
    asked = list(Touch.objects.unanswered(me, now).select_related("asked"))
    agreed = list(Touch.objects.in_touch(me).select_related("asker", "asked"))
    audit.record_reads([*waiting, *agreed], purpose=Purpose.CARE)
    return {
        "waiting": [wish_line(row) for row in waiting],
        "asked": [{"id": row.pk, "name": str(row.asked.name), "on": day(row.asked_at)} for row in asked],
        "in_touch": [
            {"id": row.pk, "name": str(row.other_of(me).name), "way": row.way_to_other(me)} for row in agreed
        ],
    }  # fmt: skip


def wish_line(row: Touch) -> Row:
    known = getattr(row.asker, "supporter", None)
    return {
        "id": row.pk, "name": str(row.asker.name), "on": day(row.asked_at),
        "region": str(known.program_region) if known else "",
    }  # fmt: skip


# --- Meetings ---


def event_line(event: NetworkEvent, tz: str, *, taken: int, mine: bool) -> Row:
    """`link` only for those who come."""
    return {
        "id": event.pk, "title": event.title, "about": in_language(event, "about"),
        "place": in_language(event, "place"), "online": bool(event.link), "link": event.link if mine else "",
        "when": long_datetime(event.starts_at, tz, reader_language()), "iso": machine_time(event.starts_at),
        "mine": mine, "free": max(0, event.places - taken), "taken": taken, "places": event.places,
        "cancelled": event.cancelled_at is not None,
    }  # fmt: skip


def events(me: User) -> list[Row]:
    rows = NetworkEvent.objects.visible_to(me).coming(timezone.now()).prefetch_related("taken")
    found = []
    for event in rows:
        who = {place.user_id for place in event.taken.all()}
        found.append(event_line(event, me.time_zone, taken=len(who), mine=me.pk in who))
    return found


# --- The library ---


def library(me: User, topic: Any, code: str) -> list[Row]:
    """By topic: [{"topic", "links"}]."""
    rows = Resource.objects.visible_to(me).listed().select_related("topic")
    if topic:
        rows = rows.filter(topic=topic)
    if code:
        rows = rows.filter(Q(language=code) | Q(language=ResourceLanguage.BOTH))
    found: dict[str, Row] = {}
    for row in rows[:MOST_SHOWN]:
        group = found.setdefault(row.topic_id, {"code": row.topic_id, "topic": str(row.topic), "links": []})
        group["links"].append(link_line(row))
    return list(found.values())


def link_line(row: Resource) -> Row:
    today = timezone.localdate()
    return {
        "id": row.pk, "title": row.title, "summary": row.summary, "link": row.link,
        "host": urlsplit(row.link).hostname or "", "language": ResourceLanguage(row.language).label,
        "over": bool(row.review_on and row.review_on <= today), "broken": row.broken_since is not None,
        "review": day_of(row), "state": ResourceState(row.state).label,
        "suggested": row.state == ResourceState.SUGGESTED,
    }  # fmt: skip


def day_of(row: Resource) -> str:
    return long_date(row.review_on, reader_language(), article=False) if row.review_on else ""
