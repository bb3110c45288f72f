"""Forms of training: what somebody wants to learn, the answer, a cohort and its dates, the code of a certificate."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from psp.bilingual import reader_language
from psp.calendar_text import zone_name
from psp.content import load
from psp.inputs import DayField, LineField
from psp.models import ProgramRegion, User
from supporters.models import Course, Module
from supporters.training.choices import CohortLanguage, ForWhom

DAY = {"invalid": _("Write the day as in 2026-11-30.")}
TIME = {"invalid": _("Write the time as in 18:30.")}
FROM_THE_LIST = _("Choose from the list.")


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def time_input() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class CodeForm(forms.Form):
    """The code of a certificate, as typed from paper."""

    code = LineField(
        label=_("Code on the certificate"), max_length=60,
        help_text=_("20 letters and digits. Spaces and dashes do not matter, nor do small or capital letters."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Type the code that is on the certificate.")},
    )  # fmt: skip


class WishForm(forms.Form):
    """A course of the list, or another one in one's own words."""

    course = forms.ModelChoiceField(
        label=_("Course"), queryset=Course.objects.none(), required=False, empty_label=_("Another one"),
        error_messages={"invalid_choice": FROM_THE_LIST},
    )  # fmt: skip
    title = LineField(
        label=_("Another course, in your words"), max_length=120, required=False,
        help_text=_("Only if it is not on the list."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["course"].queryset = Course.objects.filter(offered=True)  # type: ignore[attr-defined]


class GoalForm(WishForm):
    by_when = DayField(label=_("By when, if you know"), required=False, widget=day_input(), error_messages=DAY)


class AnswerForm(forms.Form):
    """Yes with a day, or not now with what else there is."""

    starts_on = DayField(
        label=_("Yes: it begins on"), required=False, widget=day_input(), error_messages=DAY
    )  # fmt: skip
    instead = LineField(
        label=_("Not now: what else there is"), required=False, max_length=400,
        help_text=_("For example another course, or when to ask again. They read it on their page."),
    )  # fmt: skip


class CompletedForm(forms.Form):
    """A course that somebody completed elsewhere."""

    course = forms.ModelChoiceField(
        label=_("Course"), queryset=Course.objects.all(), empty_label=None,
        error_messages={"invalid_choice": FROM_THE_LIST},
    )  # fmt: skip
    completed_on = DayField(label=_("Completed on"), widget=day_input(), error_messages=DAY)


def zones() -> list[tuple[str, str]]:
    """Time zones that are used in Canada, each once, by the name that people give them."""
    codes = dict.fromkeys(zone for item in load("regions")["provinces"] for zone in item["time_zones"])
    now, language = timezone.now(), reader_language()
    return [(zone, f"{zone_name(zone, language, now)} ({zone.rsplit('/', 1)[-1].replace('_', ' ')})") for zone in codes]


class CohortForm(forms.Form):
    """A new cohort; its dates follow from the modules of the course, and can be changed one by one."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)
    course = forms.ModelChoiceField(
        label=_("Course"), queryset=Course.objects.filter(modules__isnull=False).distinct(), empty_label=None,
        help_text=_("Courses with modules."), error_messages={"invalid_choice": FROM_THE_LIST},
    )  # fmt: skip
    name_en = LineField(label=_("Name in English"), max_length=120)
    name_fr = LineField(label=_("Name in French"), max_length=120)
    for_whom = forms.ChoiceField(label=_("For whom"), choices=ForWhom.choices)
    program_region = forms.ModelChoiceField(
        label=_("Region"), queryset=ProgramRegion.objects.all(), required=False, empty_label=_("The whole program"),
        error_messages={"invalid_choice": FROM_THE_LIST},
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language"), choices=CohortLanguage.choices)
    first_day = DayField(label=_("First session on"), widget=day_input(), error_messages=DAY)
    start_time = forms.TimeField(label=_("Time"), widget=time_input(), error_messages=TIME)
    time_zone = forms.ChoiceField(label=_("Time zone"))
    minutes = forms.IntegerField(label=_("Minutes of each session"), min_value=15, max_value=480, initial=120)
    places = forms.IntegerField(label=pgettext_lazy("cohort", "Places"), min_value=1, max_value=100, initial=12)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = zones()  # type: ignore[attr-defined]
        self.fields["time_zone"].initial = user.time_zone


class PlacesForm(forms.Form):
    places = forms.IntegerField(label=pgettext_lazy("cohort", "Places"), min_value=1, max_value=100)


class DateForm(forms.Form):
    """Another time for a session, or one session more."""

    day = DayField(label=_("Day"), widget=day_input(), error_messages=DAY)
    at = forms.TimeField(label=_("Time"), widget=time_input(), error_messages=TIME)


class MoreDateForm(DateForm):
    module = forms.ModelChoiceField(
        label=_("What it is about"), queryset=Module.objects.none(), required=False, empty_label=_("Something else"),
        error_messages={"invalid_choice": FROM_THE_LIST},
    )  # fmt: skip

    def __init__(self, *args: Any, course: Course, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["module"].queryset = course.modules.all()  # type: ignore[attr-defined]


class PersonForm(forms.Form):
    """Somebody by name; who is offered is for the page to say."""

    person = forms.ModelChoiceField(
        label=_("Person"), queryset=User.objects.none(), error_messages={"invalid_choice": FROM_THE_LIST}
    )

    def __init__(self, *args: Any, people: Any, label: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        field.queryset = people
        field.label_from_instance = lambda user: user.name or user.username
        field.label = label or field.label
