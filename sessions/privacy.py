"""What this app holds about a person: the sessions at which they were noted. Nobody else there is told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from privacy.datamap import EARLIER, HISTORY_FIELDS, Basis, Erased, Holding, Use, declare, these
from privacy.holdings import Both, Line, Record, Section, add_section, earlier_of_each, past_of
from privacy.people import roles_of
from psp.models import User
from sessions.choices import AttendanceStatus
from sessions.models import Attendance

FROM, GROUP, SESSION, BEGAN = _("From"), _("Group"), _("Session"), _("Began")
YOU_WERE, NOTED, NOTED_BY = _("You were"), _("Noted"), _("Noted by")
STATUSES = {one.value: one.label for one in AttendanceStatus}
ABOUT_TEAM = _("About a member of the team")
FOLLOWS = _("Follows from your places in groups and their dates, which are in your copy")
MAP = (
    Holding(
        "peer_sessions.attendance", "participant__user", "groups",
        these("id session participant status recorded_by recorded_at"),
        Use.GROUPS, Basis.PROGRAM, "file", Erased.DELETED, exported=("attendance", "attendance_before"),
        also=("recorded_by",), history=True,
    ),
    Holding(
        "peer_sessions.groupsession", "group__created_by", "team",
        these("id group number starts_at ends_at state revision reason room link address changed_at"),
        Use.GROUPS, Basis.PROGRAM, "team", Erased.ANONYMISED, not_exported=ABOUT_TEAM, history=True,
    ),
    Holding(
        "peer_sessions.booking", "holder", "groups", these("id group holder during"),
        Use.GROUPS, Basis.PROGRAM, "place", Erased.DELETED, not_exported=FOLLOWS,
    ),
    Holding(
        "peer_sessions.videomeeting", "session__group__created_by", "team",
        these("id session state external_id meeting join_url starts_at ends_at attempts status due_at"),
        Use.GROUPS, Basis.PROGRAM, "team", Erased.ANONYMISED, not_exported=ABOUT_TEAM,
    ),
    Holding(
        "peer_sessions.historicalroom", "history_user", "team",
        (*these("id program_region name address active"), *HISTORY_FIELDS),
        Use.WATCH, Basis.PROTECT, EARLIER, Erased.ANONYMISED, not_exported=ABOUT_TEAM,
    ),
    Holding(
        "peer_sessions.historicalclosure", "history_user", "team",
        (*these("id program_region first_day last_day name_en name_fr"), *HISTORY_FIELDS),
        Use.WATCH, Basis.PROTECT, EARLIER, Erased.ANONYMISED, not_exported=ABOUT_TEAM,
    ),
)  # fmt: skip


# Rows without instances: after years there are hundreds, and their history.
TOLD = ("status", "recorded_at", "session__number", "session__starts_at", "session__group__name_en",
        "session__group__name_fr")  # fmt: skip


def attended(person: User) -> Iterable[Record]:
    rows = Attendance.objects.filter(participant__user=person).order_by("session__starts_at")
    found = list(rows.values_list(*TOLD, "recorded_by", named=True))
    roles = roles_of({row.recorded_by for row in found})
    for row in found:
        yield [*_noted(row), Line(NOTED_BY, roles[row.recorded_by])]


def _noted(row: Any) -> list[Line]:
    return [
        Line(GROUP, Both(row.session__group__name_en, row.session__group__name_fr)),
        Line(SESSION, row.session__number), Line(BEGAN, row.session__starts_at),
        Line(YOU_WERE, STATUSES[row.status]), Line(NOTED, row.recorded_at),
    ]  # fmt: skip


def attended_before(person: User) -> Iterable[Record]:
    rows = past_of(Attendance.objects.filter(participant__user=person))
    told = rows.values_list("id", "history_date", *TOLD, named=True)
    return earlier_of_each(told, {"status": None}, FROM, _noted)


def register() -> None:
    declare(*MAP)
    models = frozenset({"peer_sessions.attendance"})
    before = _("Your sessions, earlier")
    add_section(Section("attendance_before", before, attended_before, frozenset(), order=61))
    add_section(Section("attendance", _("Your sessions"), attended, models, order=60))
