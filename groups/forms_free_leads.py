"""What a coordinator looks for in somebody who leads."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_form
from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from groups.free_leads import Wanted
from groups.models import PeerGroup
from intake.choices import Modality
from intake.texts import reading_period
from intake.week import DAY
from psp.bilingual import reader_language
from psp.calendar_text import WEEKDAYS
from psp.choices import Language
from psp.models import ProgramRegion

WHATEVER = [("", _("all"))]


class FreeLeadsForm(forms.Form):
    """Sent with GET; a choice that is not offered narrows nothing."""

    region = forms.ChoiceField(label=_("Region"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False, choices=[*WHATEVER, *Language.choices])
    modality = forms.ChoiceField(label=_("How to meet"), required=False, choices=[*WHATEVER, *Modality.choices])
    day = forms.ChoiceField(label=_("Day"), required=False)
    begins = forms.TimeField(
        label=_("Free from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("With a day and an end, on the clock of each person."),
        error_messages={"invalid": _("Write the time as in 18:30.")},
    )  # fmt: skip
    ends = forms.TimeField(
        label=_("Free until"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Write the time as in 18:30.")},
    )  # fmt: skip

    def __init__(self, *args: Any, regions: Collection[str], **kwargs: Any) -> None:
        """`regions`: codes of those that are offered."""
        super().__init__(*args, **kwargs)
        offered = ProgramRegion.objects.filter(code__in=regions)
        words = WEEKDAYS[reader_language()]
        fields: Any = self.fields
        fields["region"].choices = [*WHATEVER, *((one.code, str(one)) for one in offered)]
        fields["day"].choices = [*WHATEVER, *((str(number), word) for number, word in enumerate(words))]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        said = [data.get(name) not in (None, "") for name in ("day", "begins", "ends")]
        if any(said[1:]) and not all(said):
            self.add_error("day", _("Choose a day, and both times."))
        elif all(said) and data["ends"] <= data["begins"]:
            self.add_error("ends", _("Choose an end after the beginning."))
        return data

    def wanted(self, group: PeerGroup | None) -> Wanted:
        data = self.cleaned_data if self.is_valid() else {}
        window = None
        if data.get("day") and data.get("begins") and data.get("ends"):
            minutes = [one.hour * 60 + one.minute for one in (data["begins"], data["ends"])]
            window = (int(data["day"]) * DAY + minutes[0], int(data["day"]) * DAY + minutes[1])
        return wanted(
            group, region=data.get("region", ""), language=data.get("language", ""), modality=data.get("modality", ""),
            window=window,
        )  # fmt: skip


def wanted(
    group: PeerGroup | None, *, region: str = "", language: str = "", modality: str = "",
    window: tuple[int, int] | None = None,
) -> Wanted:  # fmt: skip
    """What a group needs, where nothing else is asked for."""
    return Wanted(
        region, language or (group.language if group else ""), modality or (group.modality if group else ""), window,
        group,
    )  # fmt: skip


def unfilled(regions: Collection[str]) -> SafeString:
    """The form as it is before anything is looked for: drawn once for all who coordinate these regions."""
    return _unfilled(reading_period(), reader_language(), tuple(sorted(regions)))


@lru_cache(maxsize=64)
def _unfilled(_period: int, _language: str, regions: tuple[str, ...]) -> SafeString:
    drawn: SafeString = as_crispy_form(FreeLeadsForm({}, regions=regions))
    return drawn
