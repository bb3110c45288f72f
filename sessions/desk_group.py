"""The dates of a group with who was there, for the desk. Numbers only; names are one page further."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groups.choices import GroupState
from groups.group_parts import GroupPart, add_part
from groups.models import PeerGroup
from psp.models import User
from sessions import words
from sessions.choices import SessionState
from sessions.models import Attendance, Coming, GroupSession
from sessions.services import WAS_THERE


def register() -> None:
    add_part(GroupPart("sessions/group_part.html", dates_part, order=15))


def dates_part(group: PeerGroup, _reader: User) -> dict[str, Any] | None:
    sessions = list(group.sessions.select_related("group").order_by("starts_at"))
    if group.state == GroupState.FORMING and not sessions:
        return None
    noted = Counter(Attendance.objects.filter(session__group=group).values_list("session_id", "status"))
    coming = Counter(Coming.objects.filter(session__group=group, comes=True).values_list("session_id", flat=True))
    asks = group.asks_who_comes
    columns = [_("Number"), _("When"), _("State"), _("Were there"), *([_("Said they will come")] if asks else [])]
    rows = [_row(one, noted, coming[one.pk] if asks else None) for one in sessions]
    return {
        "caption": _("Sessions, in the group’s own time"), "rows": [{"cells": _labelled(row, columns)} for row in rows],
        "columns": [{"label": label, "numeric": number in (0, 3, 4)} for number, label in enumerate(columns)],
        "tasks": [*_undated(group, sessions), *_unrecorded(sessions)],
    }  # fmt: skip


def _row(one: GroupSession, noted: Counter[Any], coming: int | None) -> list[dict[str, Any]]:
    line = words.line(one, one.group.time_zone)
    there = sum(count for (session, status), count in noted.items() if session == one.pk and status in WAS_THERE)
    known = any(session == one.pk for session, _status in noted)
    cells = [
        {"text": str(one.number), "numeric": True},
        {"text": line["when"], "url": reverse("desk:session", args=[one.pk]), "datetime": line["when_iso"]},
        {"text": line["state"], "tag_kind": line["tag_kind"]},
        {"text": str(there) if known else "–", "numeric": True},
    ]  # fmt: skip
    return cells if coming is None else [*cells, {"text": str(coming), "numeric": True}]


def _labelled(cells: list[dict[str, Any]], columns: list[str]) -> list[dict[str, Any]]:
    return [{**cell, "label": label} for cell, label in zip(cells, columns, strict=True)]


def _undated(group: PeerGroup, sessions: list[GroupSession]) -> list[dict[str, str]]:
    if sessions or group.state != GroupState.ESTABLISHED:
        return []
    return [{"text": _("The dates are not set yet."), "url": reverse("desk:group_schedule", args=[group.pk])}]


def _unrecorded(sessions: list[GroupSession]) -> list[dict[str, str]]:
    now = timezone.now()
    open_ones = [one for one in sessions if one.state == SessionState.SCHEDULED and one.ends_at < now]
    if not open_ones:
        return []
    text = ngettext(
        "Nobody has said yet who was at %(count)d session.", "Nobody has said yet who was at %(count)d sessions.",
        len(open_ones),
    )  # fmt: skip
    return [{"text": text % {"count": len(open_ones)}, "url": reverse("desk:session", args=[open_ones[0].pk])}]
