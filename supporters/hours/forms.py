"""Forms of hours: a line, a correction, and what comes back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from psp.inputs import DayField
from supporters.hours.choices import AWAY_KINDS, HoursKind, ReturnCode
from supporters.hours.rules import Period
from supporters.hours.services import LONGEST_NOTE
from supporters.models import HoursLine

CHOOSE = _("Choose an answer.")
A_DAY = _("Choose a day, as in 2026-11-20.")
A_TIME = _("Write a time, as in 19:30.")
A_NUMBER = _("Write a number.")
# No pay period is longer, however it is set.
LONGEST = timedelta(days=366)
BY_HAND = [(kind.value, kind.label) for kind in HoursKind if kind not in AWAY_KINDS]


def day_field(label: Any, **more: Any) -> DayField:
    return DayField(
        label=label, widget=forms.DateInput(attrs={"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
        error_messages={"required": A_DAY, "invalid": A_DAY}, **more,
    )  # fmt: skip


def time_field(label: Any, **more: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, required=False, error_messages={"invalid": A_TIME},
        widget=forms.TimeInput(attrs={"type": "time", "autocomplete": "off"}, format="%H:%M"), **more,
    )  # fmt: skip


def number_field(label: Any, most: int, **more: Any) -> forms.IntegerField:
    wrong = {"invalid": A_NUMBER, "min_value": A_NUMBER, "max_value": A_NUMBER, "required": A_NUMBER}
    attrs = {"inputmode": "numeric", "autocomplete": "off"}
    return forms.IntegerField(
        label=label, min_value=0, max_value=most, widget=forms.NumberInput(attrs=attrs), error_messages=wrong,
        **{"required": False, **more},
    )  # fmt: skip


class LengthMixin(forms.Form):
    """Hours and minutes as one length."""

    def length(self) -> int | None:
        said = self.cleaned_data
        parts = said.get("hours"), said.get("minutes")
        return None if parts == (None, None) else (parts[0] or 0) * 60 + (parts[1] or 0)


class LineForm(LengthMixin):
    """One stretch of work. Either the two times, or how long it was."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(
        label=_("What was it?"), choices=BY_HAND, widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )  # fmt: skip
    day = day_field(_("On which day?"))
    begin = time_field(
        pgettext_lazy("time", "From"), help_text=_("If you know the times. Otherwise say below how long it was.")
    )
    end = time_field(pgettext_lazy("time", "To"))
    hours = number_field(_("How long? Hours"), 24)
    minutes = number_field(_("and minutes"), 59)

    def __init__(self, *args: Any, line: HoursLine | None = None, day: date | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _initial(line) if line else {"key": uuid4(), "day": day})
        kwargs.setdefault("auto_id", "line-%s")
        super().__init__(*args, **kwargs)
        if line is not None and line.kind in AWAY_KINDS:
            kinds: Any = self.fields["kind"]
            kinds.choices = [(line.kind, line.get_kind_display())]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if (said.get("begin") is None) != (said.get("end") is None) and not self.has_error("begin"):
            missing = "begin" if said.get("begin") is None else "end"
            if not self.has_error(missing):
                self.add_error(missing, _("Write both times, or neither and how long it was."))
        elif said.get("begin") is None and self.length() is None and not self.errors:
            self.add_error("hours", _("Say how long it was, or write both times above."))
        return said

    def changes(self) -> dict[str, Any]:
        """What `add_line` and `change_line` take."""
        said = self.cleaned_data
        times = {"begin": said["begin"], "end": said["end"]} if said["begin"] is not None else {}
        return {"day": said["day"], "kind": said["kind"], "minutes": self.length(), **times}


def _initial(line: HoursLine) -> dict[str, Any]:
    """As it is kept: with its times by the person's clock, or with its length."""
    kept = {"kind": line.kind, "day": line.day}
    if line.starts_at is not None and line.ends_at is not None:
        zone = ZoneInfo(line.user.time_zone)
        return kept | {"begin": line.starts_at.astimezone(zone).time(), "end": line.ends_at.astimezone(zone).time()}
    return kept | {"hours": line.minutes // 60, "minutes": line.minutes % 60}


class CorrectionForm(LengthMixin):
    """How long it really was, of what was handed to pay."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    hours = number_field(_("How long was it really? Hours"), 24)
    minutes = number_field(_("and minutes"), 59)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"key": uuid4()})
        kwargs.setdefault("auto_id", "correction-%s")
        super().__init__(*args, **kwargs)


class ReturnForm(forms.Form):
    """What to look at again. About the hours alone."""

    code = forms.ChoiceField(
        label=_("What should be looked at again?"), choices=ReturnCode.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Say what to look at."), "invalid_choice": CHOOSE},
    )  # fmt: skip
    note = forms.CharField(
        label=_("A short note, if it helps"), required=False, max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        help_text=_("About the hours only. The person reads it."),
        error_messages={"max_length": _("Keep the note to 200 characters.")},
    )  # fmt: skip


class PeriodForm(forms.Form):
    """Which days a button is about."""

    first = DayField()
    last = DayField()
    seen = forms.RegexField(r"^[0-9a-f]{64}$", required=False)

    def clean(self) -> dict[str, Any]:
        """Days in order, and no more of them than anybody is paid for at once."""
        said = super().clean() or {}
        first, last = said.get("first"), said.get("last")
        if first is not None and last is not None and not timedelta(0) <= last - first <= LONGEST:
            raise forms.ValidationError(A_DAY)
        return said

    def period(self) -> Period:
        return Period(self.cleaned_data["first"], self.cleaned_data["last"])
