"""The dates of a group on the desk: a series before it is saved, one more session, several at once, closures."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.models import PeerGroup
from groups.rules import DEFAULTS, Kind
from psp.inputs import DayField, LineField
from psp.models import ProgramRegion, User
from psp.sight import coordinated_regions
from sessions.choices import ChangeReason
from sessions.models import GroupSession, Room
from sessions.planning import Plan
from sessions.rules import to_utc

RHYTHMS = ((1, _("Every week")), (2, _("Every two weeks")))
SHIFTS = ((1, _("One week later")), (2, _("Two weeks later")), (-1, _("One week earlier")))


def day_field(label: Any) -> DayField:
    return DayField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day."), "invalid": _("Write a date such as 2027-03-31.")},
    )  # fmt: skip


def time_field(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Choose a time."), "invalid": _("Write a time such as 19:00.")},
    )  # fmt: skip


def reason_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Why"), required=False, choices=[("", _("Not said")), *ChangeReason.choices],
        help_text=_("Whoever comes reads it on the group’s page. Nothing about a person."),
    )  # fmt: skip


def despite_field() -> forms.BooleanField:
    return forms.BooleanField(label=_("Also on a holiday, or on a day on which the program is closed"), required=False)


def rooms_of(group: PeerGroup) -> Any:
    return Room.objects.filter(program_region=group.program_region_id, active=True)


def room_field(group: PeerGroup) -> forms.ModelChoiceField[Any]:
    return forms.ModelChoiceField(
        label=_("Room"), queryset=rooms_of(group), required=False, empty_label=_("No room, or as the group has it")
    )


class DayList(forms.Field):
    """Days as in "2027-01-12", several of them; anything else is left out."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> frozenset[date]:
        found = set()
        for text in value or ():
            try:
                found.add(date.fromisoformat(text))
            except ValueError:
                continue
        return frozenset(found)


class PlanForm(forms.Form):
    """How a series runs. `shown` and `meets`: the days that were on the page, and on which of them the group meets.

    `seen`: the first moments that the page showed; what is saved is what was seen.
    """

    starts_on = day_field(_("First session on"))
    start_time = time_field(_("Time"))
    weeks_apart = forms.TypedChoiceField(label=_("How often"), choices=RHYTHMS, coerce=int)
    count = forms.IntegerField(label=_("Number of sessions"))
    shown = DayList(required=False)
    meets = DayList(required=False)
    seen = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, group: PeerGroup, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = DEFAULTS[Kind(group.kind)]
        self.fields["count"] = forms.IntegerField(
            label=_("Number of sessions"), min_value=min(allowed.min_sessions, group.session_count),
            max_value=max(allowed.max_sessions, group.session_count),
        )  # fmt: skip
        if rooms_of(group).exists():
            self.fields["room"] = room_field(group)

    def visible(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in ("shown", "meets", "seen")]

    def plan(self) -> Plan:
        """Of a valid form. A closed day is kept, and an open one left out, where its box says so."""
        said = self.cleaned_data
        return Plan(
            said["starts_on"], said["start_time"], said["weeks_apart"], said["count"], keep=said["meets"],
            skip=said["shown"] - said["meets"],
        )  # fmt: skip

    @staticmethod
    def of(plan: Plan) -> dict[str, Any]:
        """What a form that was not sent begins with."""
        return {"starts_on": plan.starts_on.isoformat(), "start_time": f"{plan.start_time:%H:%M}",
                "weeks_apart": plan.weeks_apart, "count": plan.count}  # fmt: skip


class AddForm(forms.Form):
    """One more session."""

    day = day_field(_("Day"))
    starts_at = time_field(_("Time"))
    minutes = forms.IntegerField(label=_("Length in minutes"), min_value=15, max_value=600)
    reason = reason_field()
    despite = despite_field()

    def __init__(self, *args: Any, group: PeerGroup, **kwargs: Any) -> None:
        self.tz = group.time_zone
        kwargs.setdefault("initial", {"starts_at": f"{group.start_time:%H:%M}", "minutes": group.minutes})
        super().__init__(*args, **kwargs)
        if rooms_of(group).exists():
            self.fields["room"] = room_field(group)
        self.order_fields(["day", "starts_at", "minutes", "room", "reason", "despite"])

    def values(self) -> dict[str, Any]:
        """What `services.add_session` wants, but for `group` and `by`."""
        said = dict(self.cleaned_data)
        moment = to_utc(said.pop("day"), said.pop("starts_at"), self.tz)
        return {**said, "starts_at": moment}


class ShiftForm(forms.Form):
    """All sessions that are still to come, by the same number of weeks."""

    weeks = forms.TypedChoiceField(label=_("By how much"), choices=SHIFTS, coerce=int)
    reason = reason_field()
    despite = despite_field()
    seen = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)


class CancelForm(forms.Form):
    reason = reason_field()
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


class SessionPlaceForm(forms.Form):
    """Where one session is, other than its group."""

    address = LineField(label=_("Address and how to get in"), max_length=300, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, session: GroupSession, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "place-%s")  # other forms of the page have fields of the same names
        kwargs["initial"] = {"address": session.address, "room": session.room_id, "revision": session.revision}
        super().__init__(*args, **kwargs)
        if rooms_of(session.group).exists():
            self.fields["room"] = room_field(session.group)
        self.order_fields(["room", "address", "revision"])


class ClosureForm(forms.Form):
    """Days on which a region of the coordinator is closed."""

    program_region = forms.ModelChoiceField(
        label=_("Program region"), queryset=ProgramRegion.objects.none(), empty_label=None
    )
    first_day = day_field(_("First day"))
    last_day = day_field(_("Last day"))
    name_en = LineField(label=_("Name in English"), max_length=80)
    name_fr = LineField(label=_("Name in French"), max_length=80)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = ProgramRegion.objects.filter(code__in=coordinated_regions(user))
        self.fields["program_region"].queryset = mine  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        first, last = said.get("first_day"), said.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day must not be before the first."))
        if last and last < timezone.localdate():
            self.add_error("last_day", _("Choose days that are still to come."))
        return said
