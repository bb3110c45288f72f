"""What this app holds about a person: the sessions at which they were noted. Nobody else there is told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from privacy.datamap import Basis, Erased, Holding, Use, declare, these
from privacy.holdings import Both, Line, Record, Section, add_section, earlier_of_each, past_of
from privacy.people import roles_of
from psp.models import User
from sessions.choices import AttendanceStatus
from sessions.models import Attendance

ABOUT_TEAM = _("About a member of the team")
MAP = (
    Holding(
        "peer_sessions.attendance", "participant__user", "groups",
        these("id session participant status recorded_by recorded_at"),
        Use.GROUPS, Basis.PROGRAM, "file", Erased.ANONYMISED, exported=("attendance", "attendance_before"),
        also=("recorded_by",), history=True,
    ),
    Holding(
        "peer_sessions.groupsession", "group__created_by", "team",
        these("id group number starts_at ends_at state revision"),
        Use.GROUPS, Basis.PROGRAM, "team", Erased.ANONYMISED, not_exported=ABOUT_TEAM, history=True,
    ),
)  # fmt: skip


def attended(person: User) -> Iterable[Record]:
    rows = Attendance.objects.filter(participant__user=person).select_related("session__group", "recorded_by")
    found = list(rows.order_by("session__starts_at"))
    roles = roles_of({row.recorded_by_id for row in found})
    for row in found:
        yield [*_noted(row), Line(_("Noted by"), roles[row.recorded_by_id])]


def _noted(row: Any) -> list[Line]:
    group = row.session.group
    return [
        Line(_("Group"), Both(group.name_en, group.name_fr)), Line(_("Session"), row.session.number),
        Line(_("Began"), row.session.starts_at), Line(_("You were"), AttendanceStatus(row.status).label),
        Line(_("Noted"), row.recorded_at),
    ]  # fmt: skip


def attended_before(person: User) -> Iterable[Record]:
    rows = past_of(Attendance.objects.filter(participant__user=person)).select_related("session__group")
    return earlier_of_each(rows, {"status": None}, _("From"), _noted)


def register() -> None:
    declare(*MAP)
    models = frozenset({"peer_sessions.attendance"})
    before = _("Your sessions, earlier")
    add_section(Section("attendance_before", before, attended_before, frozenset(), order=61))
    add_section(Section("attendance", _("Your sessions"), attended, models, order=60))
