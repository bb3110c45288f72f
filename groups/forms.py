"""Forms of the groups' pages."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groups.choices import GroupKind, LeadRole
from groups.models import PeerGroup
from groups.services import ROLE_OF_LEAD
from intake.choices import Modality
from psp.bilingual import reader_language
from psp.calendar_text import zone_name
from psp.choices import Language
from psp.content import load
from psp.inputs import DayField, LineField
from psp.models import Region, User
from psp.sight import coordinated_regions


def zones_of(regions: QuerySet[Region]) -> list[tuple[str, str]]:
    """Time zones that are used in these provinces, each once, by the name that people give them."""
    codes = set(regions.values_list("code", flat=True))
    provinces = [item for item in load("regions")["provinces"] if item["code"] in codes]
    zones = dict.fromkeys(zone for item in provinces for zone in item["time_zones"])
    now, language = timezone.now(), reader_language()
    return [(zone, f"{zone_name(zone, language, now)} ({zone.rsplit('/', 1)[-1].replace('_', ' ')})") for zone in zones]


class GroupForm(forms.Form):
    """A new group of one of the coordinator's program regions."""

    kind = forms.ChoiceField(label=_("Kind"), choices=GroupKind.choices)
    session_count = forms.IntegerField(
        label=_("Number of sessions"), required=False, min_value=1, max_value=60,
        help_text=_("Leave it empty to take the program’s usual number. Activities have one or two."),
    )  # fmt: skip
    region = forms.ModelChoiceField(
        label=_("Province or territory"), queryset=Region.objects.none(), empty_label=None,
        help_text=_("Its statutory holidays are left out of the schedule."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    modality = forms.ChoiceField(label=_("How the group meets"), choices=Modality.choices)
    name_en = LineField(
        label=_("Name in English"), max_length=80,
        help_text=_("Participants and their mail show this name: a plain one, such as “Tuesday evenings”."),
    )  # fmt: skip
    name_fr = LineField(
        label=_("Name in French"), max_length=80, help_text=_("The same in French, as in « Les mardis soir »."),
    )  # fmt: skip
    starts_on = DayField(
        label=_("First session on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as in 2026-11-30.")},
    )  # fmt: skip
    start_time = forms.TimeField(
        label=_("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Write the time as in 18:30.")},
    )  # fmt: skip
    time_zone = forms.ChoiceField(label=_("Time zone"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = Region.objects.filter(program_region__in=coordinated_regions(user))
        zones = zones_of(regions)
        self.fields["region"].queryset = regions  # type: ignore[attr-defined]
        self.fields["time_zone"].choices = zones  # type: ignore[attr-defined]
        self.fields["language"].initial = user.language
        if user.time_zone in dict(zones):
            self.fields["time_zone"].initial = user.time_zone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("starts_on") and data.get("time_zone"):
            today = timezone.now().astimezone(ZoneInfo(data["time_zone"])).date()
            if data["starts_on"] < today:
                self.add_error("starts_on", _("Choose a day that is still to come."))
        return data

    def values(self) -> dict[str, Any]:
        """What `services.create_group` wants, but for `by`."""
        region: Region = self.cleaned_data["region"]
        return {**self.cleaned_data, "program_region": region.program_region}


def possible_leads(group: PeerGroup) -> QuerySet[User]:
    """Active accounts with a role that leading needs, for the whole program or for this region, not leading it yet."""
    here = Q(roles__region=None) | Q(roles__region=group.program_region_id)
    fitting = Q(roles__role__in=ROLE_OF_LEAD.values()) & here
    rows = User.objects.filter(fitting, is_active=True).exclude(leads__group=group)
    return rows.exclude(participant__memberships__group=group).distinct().order_by("username")


class LeadForm(forms.Form):
    user = forms.ModelChoiceField(
        label=_("Who"), queryset=User.objects.none(), empty_label=_("Choose"),
        error_messages={
            "required": _("Choose who leads the group."), "invalid_choice": _("Choose somebody from the list."),
        },
    )  # fmt: skip
    role = forms.ChoiceField(label=_("As"), choices=LeadRole.choices)

    def __init__(self, *args: Any, group: PeerGroup, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["user"]
        field.queryset = possible_leads(group)
        field.label_from_instance = lambda user: user.name or user.username
