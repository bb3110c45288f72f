"""Forms of supervision: no reason, and no word about what happened to anybody, is asked anywhere."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from psp.inputs import DayField
from psp.models import User
from supporters.choices import MeetingKind
from supporters.models import SupportKind
from supporters.supervision.choices import TalkWhen

FROM_THE_LIST = _("Choose from the list.")
ABOUT_TWO = _("Only the two of you read this. Write what you will do, not what was said, and nothing about others.")
ANYBODY = ("", _("Anyone else"))
WHOEVER = ("", _("Whoever is there first"))


def day_field(label: Any, help_text: Any = "") -> DayField:
    return DayField(
        label=label, help_text=help_text, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose a day."), "invalid": _("Write a date such as 2027-03-31.")},
    )  # fmt: skip


def minutes_field(initial: int) -> forms.IntegerField:
    numbers = _("Give the length in minutes, from 1 to 480.")
    return forms.IntegerField(
        label=_("Length in minutes"), min_value=1, max_value=480, initial=initial,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), numbers),
    )  # fmt: skip


def words_field(label: Any, most: int, help_text: Any = ABOUT_TWO) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=most, help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off"}),
        error_messages={"max_length": _("Please use at most %(limit_value)d characters here.")},
    )  # fmt: skip


class Once(forms.Form):
    """A form whose second press finds what the first one wrote."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid4

    def sent_key(self) -> UUID:
        return self.cleaned_data.get("key") or uuid4()


class MeetingForm(Once):
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[one for one in MeetingKind.choices if one[0] != MeetingKind.GROUP],
        widget=forms.RadioSelect, initial=MeetingKind.ONE_TO_ONE,
        error_messages={"required": FROM_THE_LIST, "invalid_choice": FROM_THE_LIST},
    )  # fmt: skip
    held_on = day_field(_("Day"))
    minutes = minutes_field(60)
    agreed = words_field(_("What you agreed on"), 4000)

    field_order = ("kind", "held_on", "minutes", "agreed")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["held_on"].initial = timezone.localdate


class TogetherForm(Once):
    people = forms.MultipleChoiceField(
        label=_("Who was there"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose the people who were there."), "invalid_choice": FROM_THE_LIST},
    )  # fmt: skip
    held_on = day_field(_("Day"))
    minutes = minutes_field(90)
    agreed = words_field(
        _("What you agreed on"), 4000,
        _("Each of them reads it on their own page. Write nothing in it that one of them may not know of another."),
    )  # fmt: skip

    field_order = ("people", "held_on", "minutes", "agreed")

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(one.pk): one for one in people}
        self.fields["people"].choices = [(key, one.name) for key, one in self.known.items()]  # type: ignore[attr-defined]
        self.fields["held_on"].initial = timezone.localdate

    def chosen(self) -> list[User]:
        return [self.known[key] for key in self.cleaned_data["people"]]


class NextForm(forms.Form):
    day = day_field(_("Day"))
    begin = forms.TimeField(
        label=_("Time"), help_text=_("On your own clock."),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Choose a time."), "invalid": _("Write a time such as 19:00.")},
    )  # fmt: skip
    minutes = minutes_field(60)

    def starts_at(self, zone: str) -> datetime:
        begin: time = self.cleaned_data["begin"]
        return datetime.combine(self.cleaned_data["day"], begin, ZoneInfo(zone))


class PlanForm(Once):
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of support"), required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": FROM_THE_LIST},
    )  # fmt: skip
    from_on = day_field(_("First day"))
    until_on = day_field(_("Last day"))
    look_on = day_field(_("Day to look at it again"), _("On that day your page reminds you."))
    agreed = words_field(_("What you agreed on"), 4000)

    field_order = ("kinds", "from_on", "until_on", "look_on", "agreed")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = SupportKind.objects.filter(offered=True)
        self.fields["kinds"].choices = [(one.code, str(one)) for one in offered]  # type: ignore[attr-defined]
        self.fields["from_on"].initial = timezone.localdate


class GoOnForm(forms.Form):
    until_on = day_field(_("Last day"))
    look_on = day_field(_("Day to look at it again"))


class SupervisorForm(forms.Form):
    """One of the supervisors; `nobody`: what no choice stands for."""

    supervisor = forms.ChoiceField(
        label=_("Supervisor"), widget=forms.RadioSelect, required=False,
        error_messages={"invalid_choice": FROM_THE_LIST, "required": FROM_THE_LIST},
    )  # fmt: skip

    def __init__(self, *args: Any, people: list[User], nobody: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(one.pk): one for one in people}
        ordered = sorted(self.known.items(), key=lambda item: item[1].name.casefold())
        choices = [(key, one.name) for key, one in ordered]
        self.fields["supervisor"].choices = [*([nobody] if nobody else []), *choices]  # type: ignore[attr-defined]
        self.fields["supervisor"].required = nobody is None

    def chosen(self) -> User | None:
        return self.known.get(self.cleaned_data["supervisor"])


class TalkForm(forms.Form):
    when = forms.ChoiceField(
        label=_("When would you like to talk?"), choices=TalkWhen.choices, widget=forms.RadioSelect,
        initial=TalkWhen.NOW, error_messages={"required": FROM_THE_LIST, "invalid_choice": FROM_THE_LIST},
    )  # fmt: skip
    asked = forms.ChoiceField(
        label=_("With whom?"), widget=forms.RadioSelect, required=False,
        help_text=_("They learn that you would like to talk, not about what."),
        error_messages={"invalid_choice": FROM_THE_LIST},
    )  # fmt: skip

    def __init__(self, *args: Any, people: list[tuple[User, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = {str(one.pk): one for one, _label in people}
        choices = [(str(one.pk), label) for one, label in people]
        self.fields["asked"].choices = [*choices, WHOEVER]  # type: ignore[attr-defined]
        self.fields["asked"].initial = choices[0][0] if choices else ""

    def chosen(self) -> User | None:
        return self.known.get(self.cleaned_data["asked"])


class OwnLineForm(forms.Form):
    text = words_field(_("Your own line"), 2000, _("Your supervisor reads it too. You can change it at any time."))
