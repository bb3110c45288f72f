"""Forms of the workbench: for whom groups are formed, and at which times and sizes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.choices import GroupKind
from groups.forms import zones_of
from groups.models import Forming
from intake.choices import Modality
from intake.forms_desk import RevisionForm
from intake.week import WEEK
from psp.choices import Language
from psp.inputs import DayField
from psp.models import ProgramRegion, Region, User
from psp.sight import coordinated_regions

# Time to search, to invite and to answer.
SOON = timedelta(days=28)
DATE = {"invalid": _("Write the day as in 2026-11-30."), "required": _("Choose a day.")}


def _several(label: Any, choices: Any, **more: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, widget=forms.CheckboxSelectMultiple, required=False, **more
    )


class PoolForm(forms.Form):
    """A new piece of work: who is in it. Sizes come from the kind's settings and can be changed on the next page."""

    kind = forms.ChoiceField(label=_("Kind"), choices=[one for one in GroupKind.choices if one[0] != "activity"])
    program_regions = forms.MultipleChoiceField(
        label=_("Regions"), widget=forms.CheckboxSelectMultiple,
        help_text=_("Groups by video may reach over all of them."),
        error_messages={"required": _("Tick at least one region.")},
    )  # fmt: skip
    languages = _several(_("Languages"), Language.choices, help_text=_("None ticked: both."))
    modalities = _several(_("How to meet"), Modality.choices, help_text=_("None ticked: any."))
    starts_after = DayField(
        label=_("The first sessions are in the seven days after"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), error_messages=DATE,
    )  # fmt: skip
    time_zone = forms.ChoiceField(label=_("Times are shown in"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = coordinated_regions(user)
        own = [(one.code, str(one)) for one in ProgramRegion.objects.filter(pk__in=codes)]
        zones = zones_of(Region.objects.filter(program_region__in=codes))
        self.fields["program_regions"].choices = own  # type: ignore[attr-defined]
        self.fields["time_zone"].choices = zones  # type: ignore[attr-defined]
        if user.time_zone in dict(zones):
            self.fields["time_zone"].initial = user.time_zone
        self.fields["program_regions"].initial = [code for code, _name in own]
        self.fields["starts_after"].initial = timezone.localdate() + SOON

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("starts_after") and data.get("time_zone"):
            today = timezone.now().astimezone(ZoneInfo(data["time_zone"])).date()
            if data["starts_after"] < today:
                self.add_error("starts_after", _("Choose a day that is still to come."))
        return data


class TimesForm(RevisionForm):
    """The times at which a session may begin, as the map sends them, and the numbers of a group."""

    languages = _several(_("Languages"), Language.choices, help_text=_("None ticked: both."))
    modalities = _several(_("How to meet"), Modality.choices, help_text=_("None ticked: any."))
    starts_after = DayField(
        label=_("The first sessions are in the seven days after"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), error_messages=DATE,
    )  # fmt: skip
    min_size = forms.IntegerField(label=_("Smallest size"), min_value=1, max_value=60)
    max_size = forms.IntegerField(label=_("Largest size"), min_value=1, max_value=60)
    facilitators = forms.IntegerField(label=_("Facilitators for each group"), min_value=0, max_value=6)
    session_count = forms.IntegerField(label=_("Number of sessions"), min_value=1, max_value=60)
    minutes = forms.IntegerField(label=_("Length of a session (minutes)"), min_value=15, max_value=480)
    weeks_apart = forms.IntegerField(label=_("Weeks between sessions"), min_value=1, max_value=8)
    NUMBERS = ("min_size", "max_size", "facilitators", "session_count", "minutes", "weeks_apart")

    def __init__(self, *args: Any, forming: Forming, **kwargs: Any) -> None:
        names = ("languages", "modalities", "starts_after", *self.NUMBERS)
        initial = {name: getattr(forming, name) for name in names}
        kwargs["initial"] = initial | {"revision": forming.revision}
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        times = {int(text) for text in self._ticked() if text.isascii() and text.isdigit() and len(text) < 6}
        data["times"] = sorted(minute for minute in times if minute < WEEK)
        if (data.get("max_size") or 60) < (data.get("min_size") or 1):
            self.add_error("max_size", _("The largest size must not be below the smallest."))
        return data

    def _ticked(self) -> list[str]:
        found: list[str] = self.data.getlist("times") if hasattr(self.data, "getlist") else []
        return found

    def lines(self) -> list[Any]:
        """The fields that are one line each."""
        return [self[name] for name in ("starts_after", *self.NUMBERS)]

    def changes(self) -> dict[str, Any]:
        """What the service wants, but for `forming`, `revision` and `by`."""
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}
