"""Reading the access log: narrowed, newest first, in pages that need no counting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy.log_words import record_words
from privacy.people import labels_of
from psp.audit.choices import Action, Purpose
from psp.audit.models import Entry
from psp.calendar_text import machine_time
from psp.models import User

PAGE = 50


def narrowed(wanted: Mapping[str, Any]) -> QuerySet[Entry]:
    """Entries that fit what the form holds; `end` is included."""
    rows = Entry.objects.order_by(*_order(wanted))
    if wanted.get("person"):
        rows = rows.filter(person=wanted["person"])
    if wanted.get("actor"):
        rows = rows.filter(actor=wanted["actor"])
    if wanted.get("start"):
        rows = rows.filter(at__gte=_midnight(wanted["start"]))
    if wanted.get("end"):
        rows = rows.filter(at__lt=_midnight(wanted["end"] + timedelta(days=1)))
    return rows.filter(action=Action.DENIED) if wanted.get("denied") else rows


def _order(wanted: Mapping[str, Any]) -> tuple[str, ...]:
    """The order that the index which narrows most gives: of a person, an account or days by time, else by number."""
    by_time = any(wanted.get(name) for name in ("person", "actor", "start"))
    return ("-at", "-id") if by_time else ("-id",)


def in_words(kept: Mapping[str, Any]) -> list[str]:
    """What an export is narrowed to, for whoever agrees to it; nothing where it is the whole log."""
    people = labels_of({UUID(kept[name]) for name in ("person", "actor") if name in kept})
    labels = {"person": _("About (reference)"), "actor": _("By (username)"), "start": _("From"), "end": _("Until")}
    said = [
        f"{label} {people.get(UUID(kept[name]), _('Closed account')) if name in ('person', 'actor') else kept[name]}"
        for name, label in labels.items()
        if name in kept
    ]
    return [*said, _("Refused only")] if kept.get("denied") else said


def wanted_from(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What the form held, from the text that was kept of it."""
    found: dict[str, Any] = {name: UUID(kept[name]) for name in ("person", "actor") if name in kept}
    found |= {name: date.fromisoformat(kept[name]) for name in ("start", "end") if name in kept}
    return found | {"denied": bool(kept.get("denied"))}


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def page_of(rows: QuerySet[Entry], before: str) -> tuple[list[Entry], int | None]:
    """Entries older than the one with the id `before`, and the id to go on from, or None at the end."""
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = older_than(rows, int(before))
    found = list(rows[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None


def older_than(rows: QuerySet[Entry], before: int) -> QuerySet[Entry]:
    """What comes after the entry `before` in the order of `rows`, found from the index that gives this order."""
    if rows.query.order_by[0] == "-id":
        return rows.filter(pk__lt=before)
    at = Entry.objects.filter(pk=before).values_list("at", flat=True).first()
    return rows.filter(at__lte=at).exclude(at=at, pk__gte=before) if at else rows.none()


def described(entries: list[Entry], reader: User) -> list[dict[str, Any]]:
    """Each entry in words, with references and usernames and no name."""
    people = labels_of({key for entry in entries for key in (entry.actor, entry.person) if key})
    zone = ZoneInfo(reader.time_zone)
    return [
        {
            "when": entry.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"), "iso": machine_time(entry.at),
            "who": people.get(entry.actor, _("Closed account")) if entry.actor else _("The program’s computer"),
            "what": Action(entry.action).label, "denied": entry.action == Action.DENIED,
            "about": people.get(entry.person, _("Closed account")) if entry.person else "",
            "record": record_words(entry.model), "fields": entry.fields.replace(",", ", "),
            "why": Purpose(entry.purpose).label,
        }
        for entry in entries
    ]  # fmt: skip
