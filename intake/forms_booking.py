"""What coordinators publish, and the parts of a week in which somebody could meet."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from intake.choices import HoursFor, MeetingPlace
from intake.models import BookingTerms
from intake.services_booking import WISHES
from psp.bilingual import reader_language
from psp.calendar_text import WEEKDAYS, ZONES, city_name, zone_name
from psp.inputs import DayField, LineField, NumberField

DAY_ERRORS = {"invalid": _("Write the day as in 2026-11-30."), "required": _("Choose a day.")}
TIME_ERRORS = {"invalid": _("Write the time as in 18:30."), "required": _("Choose a time.")}


def weekday_choices() -> list[tuple[str, str]]:
    return [(str(number), name) for number, name in enumerate(WEEKDAYS[reader_language()])]


def zone_choices() -> list[tuple[str, str]]:
    """Zones by the name that people use, each with its place."""
    zones = [zone for zone in ZONES if zone != "UTC"]
    return [(zone, f"{zone_name(zone, reader_language())} – {city_name(zone, reader_language())}") for zone in zones]


def day_field(label: Any, **more: Any) -> DayField:
    return DayField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=DAY_ERRORS,
        **more,
    )


def time_field(label: Any, **more: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label, widget=forms.TimeInput(attrs={"type": "time", "step": "300"}, format="%H:%M"),
        error_messages=TIME_ERRORS, **more,
    )  # fmt: skip


LINK = {"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}


class TermsForm(forms.ModelForm):  # type: ignore[type-arg]
    """How a coordinator meets people."""

    video_link = LineField(
        label=_("Video link"), required=False, max_length=500,
        help_text=_("People see it on their own page only. Choose a room in which people wait until you let them in:"
                    " whoever met you once has the link. Better: give each meeting a room of its own, on its page."),
        widget=forms.TextInput(attrs=LINK),
    )  # fmt: skip
    call_link = LineField(
        label=_("Video link of short calls"), required=False, max_length=500,
        help_text=_("Another room. Anybody gets this link without giving a name. Leave it empty and short calls are by"
                    " phone."),
        widget=forms.TextInput(attrs=LINK),
    )  # fmt: skip
    phone = NumberField(
        label=_("Number that people call"), required=False, max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    time_zone = forms.ChoiceField(
        label=_("Your time zone"), choices=zone_choices, help_text=_("The hours below are on this clock.")
    )
    place = forms.ChoiceField(label=_("How you meet"), choices=MeetingPlace, widget=forms.RadioSelect)

    class Meta:
        model = BookingTerms
        fields = ("time_zone", "link_for_all", "minutes", "buffer_minutes", "notice_hours", "horizon_days", "place")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("video_link", "call_link", "phone"):
            self.fields[name].initial = getattr(self.instance, name)

    def clean_video_link(self) -> str:
        return whole_link(self.cleaned_data["video_link"])

    def clean_call_link(self) -> str:
        return whole_link(self.cleaned_data["call_link"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("place") == MeetingPlace.PHONE and not data.get("phone"):
            self.add_error("phone", _("Write the number that people call for a meeting by phone."))
        if data.get("call_link") and data.get("call_link") == data.get("video_link"):
            self.add_error("call_link", _("Choose another room: with this link anybody could come into a meeting."))
        return data


def whole_link(link: str) -> str:
    if link:
        URLValidator(schemes=["https"], message=_("Write the whole link, from https:// on."))(link)
    return link


class HoursForm(forms.Form):
    """Hours of every week."""

    hours_for = forms.ChoiceField(label=_("For"), choices=HoursFor.choices)
    weekday = forms.TypedChoiceField(label=_("Day of the week"), choices=weekday_choices, coerce=int)
    start = time_field(_("From"))
    end = time_field(_("To"))
    begins = day_field(_("First day"))
    ends = day_field(_("Last day, if there is one"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": "hours"} | kwargs)
        self.fields["begins"].initial = timezone.localdate()


AWAY, EXTRA = "away", "extra"


class ExceptionForm(forms.Form):
    """One day that is unlike the week."""

    day = day_field(_("Day"))
    kind = forms.ChoiceField(
        label=_("That day I am"), choices=[(AWAY, _("away")), (EXTRA, _("there at other hours too"))]
    )
    hours_for = forms.ChoiceField(label=_("For"), choices=HoursFor.choices)
    start = time_field(_("From"), required=False, help_text=_("Leave both empty to be away all day."))
    end = time_field(_("To"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": "day"} | kwargs)

    def values(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return data | {"away": data.pop("kind") == AWAY}


class WishForm(forms.Form):
    """Parts of a week; the page draws the boxes by itself."""

    parts = forms.MultipleChoiceField(
        choices=[(code, code) for code in WISHES],
        error_messages={"required": _("Choose at least one part of a day."),
                        "invalid_choice": _("Choose at least one part of a day.")},
    )  # fmt: skip
