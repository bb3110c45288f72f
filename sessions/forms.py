"""Who was there, and another time for a session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.models import Membership
from psp.inputs import DayField
from sessions.attendance_history import Change, changes
from sessions.choices import AttendanceStatus
from sessions.forms_schedule import despite_field, reason_field
from sessions.models import Attendance, GroupSession
from sessions.rules import to_utc
from sessions.services_attendance import Somebody, attendance_mark, people_at, shown_names

CHOOSE = _("Choose one of the answers.")


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """`guest`: they came without a place in the group. `changes`: how the note came to be, where it was corrected."""

    field: forms.BoundField
    guest: bool
    changes: list[Change]


class AttendanceForm(forms.Form):
    """One row of answers for each person, named as they chose. Whoever is left open stays as they were.

    `seen` tells a page that somebody else's notes have overtaken.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=4000)

    def __init__(self, *args: Any, session: GroupSession, people: Sequence[Somebody], tz: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session, self.tz = session, tz
        self.people = {f"m-{row.pk}": row for row in people}
        names = shown_names(people)
        # The mark first: what somebody saves in between is shown, and this page is then out of date. The other way
        # round it would stand here as seen, and be overwritten with what was noted before it.
        self.fields["seen"].initial = attendance_mark(session)
        noted = dict(Attendance.objects.filter(session=session).values_list("participant_id", "status"))
        for name, row in self.people.items():
            self.fields[name] = forms.ChoiceField(
                label=names[row.pk], choices=AttendanceStatus.choices, widget=forms.RadioSelect,
                required=False, initial=noted.get(row.participant_id), error_messages={"invalid_choice": CHOOSE},
            )  # fmt: skip

    @cached_property
    def rows(self) -> list[AttendanceRow]:
        known = changes(self.session, self.tz)
        return [
            AttendanceRow(self[name], not isinstance(row, Membership), known.get(row.participant_id, []))
            for name, row in self.people.items()
        ]

    def statuses(self) -> dict[UUID, str]:
        """What was answered, of a valid form: participant id → status."""
        return {
            row.participant_id: self.cleaned_data[name] for name, row in self.people.items() if self.cleaned_data[name]
        }


def attendance_form(session: GroupSession, tz: str, data: Any = None) -> AttendanceForm:
    return AttendanceForm(data, session=session, people=people_at(session), tz=tz)


class MoveForm(forms.Form):
    """Another day and time, as the clock of the group's time zone shows them."""

    day = DayField(
        label=_("New day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Choose the new day."), "invalid": _("Write a date such as 2027-03-31."),
        },
    )  # fmt: skip
    starts_at = forms.TimeField(
        label=_("New time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Choose the new time."), "invalid": _("Write a time such as 19:00.")},
    )  # fmt: skip
    reason = reason_field()
    despite = despite_field()
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, session: GroupSession, **kwargs: Any) -> None:
        self.tz = session.group.time_zone
        local = session.starts_at.astimezone(ZoneInfo(self.tz))
        kwargs.setdefault("auto_id", "move-%s")  # other forms of the page have fields of the same names
        kwargs.setdefault("initial", {"day": local.date(), "starts_at": local.time(), "revision": session.revision})
        super().__init__(*args, **kwargs)

    def moment(self) -> datetime:
        """The chosen instant, of a valid form."""
        return to_utc(self.cleaned_data["day"], self.cleaned_data["starts_at"], self.tz)
