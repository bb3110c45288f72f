"""The form in which a person says how it is safe to reach them."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from contact.hours import DAY_END, Mode, as_choice, as_hours, clock
from contact.models import SafeContact
from psp.calendar_text import WEEKDAYS
from psp.choices import Language
from psp.inputs import DayField

YES_NO = [("yes", _("Yes")), ("no", _("No"))]
HALF_HOURS = range(0, DAY_END + 1, 30)
ANSWER = _("Please answer this question.")
MODES = {
    Mode.ANY: _("At any time"),
    Mode.DAYTIME: _("Monday to Friday, between 9 and 5"),
    Mode.EVENINGS: _("In the evening, between 5 and 9"),
    Mode.OWN: _("On the days and at the times I choose below"),
    Mode.KEEP: _("As it is set now"),
}


def language_code() -> str:
    return (get_language() or "en")[:2]


def yes_no(label: Any, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, help_text=help_text, choices=YES_NO, widget=forms.RadioSelect,
        error_messages={"required": ANSWER, "invalid_choice": ANSWER},
    )  # fmt: skip


class SafeContactForm(forms.Form):
    """Starts from the choices that hold now."""

    email_safe = yes_no(
        _("Is it safe to write to your e-mail address?"),
        _("If you say no, we cannot send you a code to sign in either. Add a passkey first."),
    )
    phone = forms.CharField(
        label=_("Phone number"), required=False, max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    call_safe = yes_no(_("May we call you?"))
    voicemail_safe = yes_no(_("May we leave a voicemail?"), _("It would not say who called, or why."))
    name_to_use = forms.CharField(
        label=_("Which name should our messages use?"), required=False, max_length=80,
        help_text=_("Leave it empty and they use none."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    mode = forms.ChoiceField(
        label=_("When is it safe?"), widget=forms.RadioSelect,
        help_text=_("In the time of the place where you live. Codes to sign in come whenever you ask for one."),
        error_messages={"required": ANSWER, "invalid_choice": ANSWER},
    )  # fmt: skip
    days = forms.TypedMultipleChoiceField(
        label=_("Days"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple,
        help_text=_("Only if you chose your own days and times."),
    )  # fmt: skip
    begin = forms.TypedChoiceField(label=_("From"), required=False, coerce=int, empty_value=None)
    end = forms.TypedChoiceField(label=_("Until"), required=False, coerce=int, empty_value=None)
    language = forms.ChoiceField(
        label=_("In which language should we write?"), choices=Language.choices, widget=forms.RadioSelect,
        error_messages={"required": ANSWER, "invalid_choice": ANSWER},
    )  # fmt: skip
    recheck_on = DayField(
        label=_("Until when is this sure to hold?"), required=False,
        help_text=_("After this day we send nothing until you have looked at your choices again."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write a date such as 2027-03-31.")},
    )  # fmt: skip
    do_not_contact = forms.BooleanField(
        label=_("Do not contact me at all. I will look here myself."), required=False,
        help_text=_("You can still ask for a code to sign in."),
    )  # fmt: skip

    why: ClassVar[dict[str, Any]] = {
        "recheck_on": _("Things at home can change. What was safe in spring may not be in autumn."),
    }

    def __init__(self, *args: Any, choices: SafeContact, **kwargs: Any) -> None:
        self.kept = choices.hours
        kwargs.setdefault("initial", initial(choices))
        super().__init__(*args, **kwargs)
        self._set_choices()

    def _set_choices(self) -> None:
        language = language_code()
        shown = [mode for mode in MODES if mode != Mode.KEEP or as_choice(self.kept).mode == Mode.KEEP]
        times = [(minute, clock(minute, language)) for minute in HALF_HOURS]
        choices: dict[str, Any] = {
            "mode": [(str(mode), MODES[mode]) for mode in shown],
            "days": list(enumerate(day.capitalize() for day in WEEKDAYS[language])),
            "begin": times[:-1],
            "end": times[1:],
        }
        for name, values in choices.items():
            self.fields[name].choices = values  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("mode") == Mode.OWN and not said.get("days"):
            self.add_error("days", gettext("Choose at least one day, or another answer above."))
        if said.get("mode") == Mode.OWN and (said.get("begin") or 0) >= (said.get("end") or 0):
            self.add_error("end", gettext("Choose a time after the first one."))
        if said.get("recheck_on") and said["recheck_on"] < timezone.localdate():
            self.add_error("recheck_on", gettext("Choose a day that is still to come, or leave it empty."))
        return said

    def wishes(self) -> dict[str, Any]:
        """What the service `set_safe_contact` takes, of a valid form."""
        said = self.cleaned_data
        hours = as_hours(
            said["mode"], days=said["days"], begin=said["begin"] or 0, end=said["end"] or 0, kept=self.kept
        )
        yes = {name: said[name] == "yes" for name in ("email_safe", "call_safe", "voicemail_safe")}
        plain = {name: said[name] for name in ("phone", "name_to_use", "language", "recheck_on", "do_not_contact")}
        return {**yes, **plain, "hours": hours}


def initial(choices: SafeContact) -> dict[str, Any]:
    shown = as_choice(choices.hours)
    yes = {name: "yes" if getattr(choices, name) else "no" for name in ("email_safe", "call_safe", "voicemail_safe")}
    names = ("phone", "name_to_use", "language", "recheck_on", "do_not_contact")
    plain = {name: getattr(choices, name) for name in names}
    hours = {"mode": str(shown.mode), "days": list(shown.days), "begin": shown.begin, "end": shown.end}
    return {**yes, **plain, **hours}
