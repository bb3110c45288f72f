"""The person's own page of preferences: starts from what is kept now."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from intake.choices import Modality, Service
from intake.forms_wishes import CHOOSE, GroupWishesForm
from intake.models import Application, Participant, Preferences
from intake.week import to_codes
from psp.bilingual import reader_language
from psp.calendar_text import zone_name


class PreferencesForm(GroupWishesForm):
    """`services` is asked only while an application stands."""

    services = forms.MultipleChoiceField(
        label=_("What interests you?"), choices=Service.choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("If you untick one that you were accepted for, you leave its waiting list."),
        error_messages={"required": _("Choose at least one. You can change it later."), "invalid_choice": CHOOSE},
    )  # fmt: skip
    modalities = forms.MultipleChoiceField(
        label=_("How could you take part?"), help_text=_("Choose one or both."), choices=Modality.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one way."), "invalid_choice": CHOOSE},
    )  # fmt: skip
    field_order = ("services", "modalities", "languages", "compositions", "time_zone", "availability", "accessibility")

    def __init__(
        self, *args: Any, participant: Participant, kept: Preferences, application: Application | None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("initial", initial(participant, kept, application))
        super().__init__(*args, **kwargs)
        zone = participant.user.time_zone
        name = zone_name(zone, reader_language())
        self.why = self.put_wishes_together(usual=gettext("As it is now: %(zone)s") % {"zone": name})
        if application is None:
            del self.fields["services"]

    def changes(self) -> dict[str, Any]:
        """What `set_preferences` takes, of a valid form."""
        wishes, said = self.wishes(), self.cleaned_data
        return {
            "languages": wishes.languages, "compositions": wishes.compositions, "availability": wishes.availability,
            "accessibility": wishes.accessibility, "modalities": said["modalities"],
            "services": said.get("services"), "time_zone": said["time_zone"],
        }  # fmt: skip


def initial(participant: Participant, kept: Preferences, application: Application | None) -> dict[str, Any]:
    return {
        "services": application.services if application else [], "modalities": participant.modalities,
        "languages": kept.languages, "compositions": kept.compositions, "availability": to_codes(kept.availability),
        "accessibility": kept.accessibility,
    }  # fmt: skip
