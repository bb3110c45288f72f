"""What this app holds about a person: the sessions at which they were noted. Nobody else there is told."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from privacy.holdings import Both, Line, Record, Section, add_section
from privacy.people import role_of
from psp.models import User
from sessions.choices import AttendanceStatus
from sessions.models import Attendance


def attended(person: User) -> Iterable[Record]:
    rows = Attendance.objects.filter(participant__user=person).select_related("session__group", "recorded_by")
    for row in rows.order_by("session__starts_at"):
        group = row.session.group
        yield [
            Line(_("Group"), Both(group.name_en, group.name_fr)), Line(_("Session"), row.session.number),
            Line(_("Began"), row.session.starts_at), Line(_("You were"), AttendanceStatus(row.status).label),
            Line(_("Noted by"), role_of(row.recorded_by)), Line(_("Noted"), row.recorded_at),
        ]  # fmt: skip


def register() -> None:
    models = frozenset({"peer_sessions.attendance"})
    add_section(Section("attendance", _("Your sessions"), attended, models, order=60))
