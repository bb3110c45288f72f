"""What would suit a person in a group: the same questions in the application and on the person's own pages."""

from __future__ import annotations

import json
from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from intake.choices import Composition, careful
from intake.models_preferences import ACCESSIBILITY_LENGTH
from intake.sending import GroupWishes
from intake.week import from_codes
from intake.widgets import WeekField
from intake.zones import offered_by_region, zone_choices
from psp.bilingual import reader_language
from psp.choices import Language
from psp.inputs import LineField

SUITS = ("languages", "compositions", "accessibility")
WHEN = ("time_zone", "availability")
CHOOSE = _("Choose an answer.")


class GroupWishesForm(forms.Form):
    """One line for access needs, and no more room than that: it is the only free text about the person."""

    languages = forms.MultipleChoiceField(
        label=_("In which languages could you take part in a group?"), choices=Language.choices,
        help_text=_("Choose one or both."), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one language."), "invalid_choice": CHOOSE},
    )  # fmt: skip
    compositions = forms.MultipleChoiceField(
        label=_("In which groups would you feel at ease?"), choices=Composition.choices,
        help_text=_("Choose one or more. We cannot always offer every kind."), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one. Any group is an answer too."), "invalid_choice": CHOOSE},
    )  # fmt: skip
    accessibility = LineField(
        label=_("What would make it easier for you to take part?"), required=False, max_length=ACCESSIBILITY_LENGTH,
        help_text=_("For example captions, more breaks, large print. Please do not write about what happened."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    time_zone = forms.ChoiceField(
        label=_("Which time zone are you in?"), required=False,
        error_messages={"invalid_choice": _("Choose a time from the list.")},
    )  # fmt: skip
    availability = WeekField(
        label=_("When could you usually come?"), required=False,
        help_text=_("Leave it empty if you do not know yet. You can change it whenever you like."),
        error_messages={"invalid_choice": _("Choose boxes of the grid."),
                        "invalid_list": _("Choose boxes of the grid.")},
    )  # fmt: skip

    def put_wishes_together(self, *, usual: str) -> dict[str, str]:
        """Give the list of zones its words, `usual` for the empty answer; why each question is asked."""
        zone = cast("forms.ChoiceField", self.fields["time_zone"])
        zone.choices = [("", usual), *zone_choices(reader_language())]
        zone.widget.attrs["data-zones"] = json.dumps(offered_by_region(), separators=(",", ":"))
        return {
            "compositions": gettext("Some people feel safer in certain company. Nobody asks you why."),
            "accessibility": gettext("So that we prepare what you need before the first session."),
            "availability": gettext("Groups are set up at times that suit several people."),
        }

    def wishes(self) -> GroupWishes:
        """What was said, of a valid form."""
        said: dict[str, Any] = self.cleaned_data
        return GroupWishes(
            languages=tuple(said["languages"]), compositions=tuple(careful(said["compositions"])),
            availability=tuple(from_codes(said["availability"])), accessibility=said["accessibility"],
        )  # fmt: skip
