"""When and how somebody can lead."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from groups.models import LeadProfile
from groups.services_leading import MOST_GROUPS
from intake.choices import Modality
from intake.week import from_codes, to_codes
from intake.widgets import WeekField
from intake.zones import zone_choices
from psp.bilingual import reader_language
from psp.calendar_text import zone_name
from psp.choices import Language
from psp.models import Region

CHOOSE = _("Choose an answer.")


class LeadTimesForm(forms.Form):
    """Starts from what is kept now."""

    languages = forms.MultipleChoiceField(
        label=_("In which languages could you lead?"), choices=Language.choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose one or both."),
        error_messages={"required": _("Choose at least one language."), "invalid_choice": CHOOSE},
    )  # fmt: skip
    modalities = forms.MultipleChoiceField(
        label=_("How could you lead?"), choices=Modality.choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose one or both."),
        error_messages={"required": _("Choose at least one way."), "invalid_choice": CHOOSE},
    )  # fmt: skip
    region = forms.ModelChoiceField(
        label=_("Where could you lead in person?"), queryset=Region.objects.none(), required=False,
        empty_label=_("Nowhere, by video only"), error_messages={"invalid_choice": CHOOSE},
    )  # fmt: skip
    max_groups = forms.TypedChoiceField(
        label=_("How many groups at once, at most?"), coerce=int, empty_value=None,
        choices=[(number, str(number)) for number in range(MOST_GROUPS + 1)],
        help_text=_("Groups that you lead now count too."), error_messages={"invalid_choice": CHOOSE},
    )  # fmt: skip
    time_zone = forms.ChoiceField(
        label=_("Which time zone are you in?"), required=False,
        error_messages={"invalid_choice": _("Choose a time from the list.")},
    )  # fmt: skip
    availability = WeekField(
        label=_("When can you usually lead?"), required=False,
        help_text=_("Choose the whole length of a session. If no box is ticked, no group is proposed to you."),
        error_messages={"invalid_choice": _("Choose boxes of the grid."),
                        "invalid_list": _("Choose boxes of the grid.")},
    )  # fmt: skip

    def __init__(self, *args: Any, kept: LeadProfile, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _initial(kept))
        super().__init__(*args, **kwargs)
        language = reader_language()
        usual = gettext("As it is now: %(zone)s") % {"zone": zone_name(kept.user.time_zone, language)}
        self.fields["time_zone"].choices = [("", usual), *zone_choices(language)]  # type: ignore[attr-defined]
        self.fields["region"].queryset = Region.objects.order_by("order")  # type: ignore[attr-defined]

    def changes(self) -> dict[str, Any]:
        """What `set_lead_times` takes, of a valid form."""
        said = self.cleaned_data
        return {
            "languages": said["languages"], "modalities": said["modalities"], "region": said["region"],
            "availability": from_codes(said["availability"]), "max_groups": said["max_groups"],
            "time_zone": said["time_zone"],
        }  # fmt: skip


def _initial(kept: LeadProfile) -> dict[str, Any]:
    return {
        "languages": kept.languages, "modalities": kept.modalities, "region": kept.region_id,
        "max_groups": kept.max_groups, "availability": to_codes(kept.availability),
    }  # fmt: skip
