"""The dates of a group with who was there, for the desk. Numbers only; names are one page further."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
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
from sessions.models import GroupSession
from sessions.services_attendance import WAS_THERE


def register() -> None:
    add_part(GroupPart("sessions/group_part.html", dates_part, order=15))


def dates_part(group: PeerGroup, _reader: User) -> dict[str, Any] | None:
    sessions = _counted(group)
    if group.state == GroupState.FORMING and not sessions:
        return None
    asks = group.asks_who_comes
    columns = [_("Number"), _("When"), _("State"), _("Were there"), *([_("Said they will come")] if asks else [])]
    rows = [_row(one, asks=asks) for one in sessions]
    return {
        "caption": _("Sessions, in the group’s own time"), "rows": [{"cells": _labelled(row, columns)} for row in rows],
        "columns": [{"label": label, "numeric": number in (0, 3, 4)} for number, label in enumerate(columns)],
        "tasks": [*_undated(group, sessions), *_unrecorded(sessions)],
    }  # fmt: skip


def _counted(group: PeerGroup) -> list[Any]:
    """The sessions with how many were noted, were there, and say that they come: one query for all of it."""
    there, coming = Q(attendance__status__in=WAS_THERE), Q(coming__comes=True)
    rows = GroupSession.objects.filter(group=group).annotate(
        noted=Count("attendance", distinct=True), there=Count("attendance", filter=there, distinct=True),
        said=Count("coming", filter=coming, distinct=True),
    )  # fmt: skip
    sessions = list(rows.order_by("starts_at"))
    for one in sessions:
        one.group = group
    return sessions


def _row(one: Any, *, asks: bool) -> list[dict[str, Any]]:
    line = words.line(one, one.group.time_zone)
    cells = [
        {"text": str(one.number), "numeric": True},
        {"text": line["when"], "url": reverse("desk:session", args=[one.pk]), "datetime": line["when_iso"]},
        {"text": line["state"], "tag_kind": line["tag_kind"]},
        {"text": str(one.there) if one.noted else "–", "numeric": True},
    ]  # fmt: skip
    return [*cells, {"text": str(one.said), "numeric": True}] if asks else cells


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
