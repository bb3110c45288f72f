"""The forms in which a person says how it is safe to reach them, and that it still is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contact.choices import Channel
from contact.hours import Mode, as_choice, as_hours
from contact.hours_fields import add_hour_fields, hour_rows, read_spans
from contact.models import SafeContact
from psp.bilingual import reader_language
from psp.choices import Language
from psp.crypto.normalise import normal_phone
from psp.inputs import DayField, LineField

YES_NO = [("yes", _("Yes")), ("no", _("No"))]
ANSWER = _("Please answer this question.")
MODES = {
    Mode.ANY: _("At any time"),
    Mode.DAYTIME: _("Monday to Friday, between 9 and 5"),
    Mode.EVENINGS: _("In the evening, between 5 and 9"),
    Mode.OWN: _("On the days and at the times I choose below"),
}
ASKED = ("email_safe", "sms_safe", "call_safe", "voicemail_safe", "post_safe", "explicit_texts")
AS_TYPED = (
    "phone",
    "address",
    "name_to_use",
    "caller_name",
    "first_choice",
    "language",
    "recheck_on",
    "do_not_contact",
)


def yes_no(label: Any, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, help_text=help_text, choices=YES_NO, widget=forms.RadioSelect,
        error_messages={"required": ANSWER, "invalid_choice": ANSWER},
    )  # fmt: skip


def one_of(label: Any, choices: Any, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, help_text=help_text, choices=choices, widget=forms.RadioSelect,
        error_messages={"required": ANSWER, "invalid_choice": ANSWER},
    )  # fmt: skip


class SafeContactForm(forms.Form):
    """Starts from the choices that hold now."""

    email_safe = yes_no(
        _("Is it safe to write to your e-mail address?"),
        _("If you say no, codes to sign in come by text message where that is safe. Otherwise add a passkey first."),
    )
    phone = forms.CharField(
        label=_("Phone number"), required=False, max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    sms_safe = yes_no(_("May we send you text messages?"), _("They show on a locked phone. They never say who writes."))
    call_safe = yes_no(_("May we call you?"))
    voicemail_safe = yes_no(_("May we leave a voicemail?"), _("It would not say who called, or why."))
    caller_name = LineField(
        label=_("If we call, who may we say is calling?"), required=False, max_length=80,
        help_text=_("For example a first name, or a shop. If you leave this empty, we say a first name and no more."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    post_safe = yes_no(_("May we send you letters?"), _("In a plain envelope. Nothing on it says who we are."))
    address = forms.CharField(
        label=_("Address for letters"), required=False, max_length=400,
        help_text=_("Only if letters are safe. We keep it for nothing else."),
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
    )  # fmt: skip
    first_choice = one_of(
        _("Which way do you like best?"), Channel.choices,
        _("We use it where you said yes above; otherwise the next one that is safe."),
    )  # fmt: skip
    name_to_use = LineField(
        label=_("Which name should our messages use?"), required=False, max_length=80,
        help_text=_("Leave it empty and they use none."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    explicit_texts = yes_no(
        _("May our e-mails say what they are about?"),
        _(
            "Careful: whoever reads your e-mail then learns that you ask for support. Subjects and text messages never "
            "say it."
        ),
    )
    mode = one_of(
        _("When is it safe?"), [(str(mode), label) for mode, label in MODES.items()],
        _("In the time of the place where you live. Codes to sign in come whenever you ask for one."),
    )  # fmt: skip
    language = one_of(_("In which language should we write?"), Language.choices)
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
        kwargs.setdefault("initial", initial(choices))
        super().__init__(*args, **kwargs)
        self.choices = choices
        kept = choices.hours if as_choice(choices.hours) == Mode.OWN else []
        add_hour_fields(self, kept, reader_language())

    @property
    def days(self) -> list[dict[str, Any]]:
        """The seven days, each with its spans, for the page."""
        return hour_rows(self, reader_language())

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        self.spans = read_spans(self) if said.get("mode") == Mode.OWN else []
        if said.get("mode") == Mode.OWN and not self.spans and not self.errors:
            self.add_error("mode", gettext("Fill in at least one day below, or choose another answer."))
        if said.get("recheck_on") and said["recheck_on"] < timezone.localdate():
            self.add_error("recheck_on", gettext("Choose a day that is still to come, or leave it empty."))
        return said

    def turns_codes(self) -> bool:
        """Whether codes to sign in could come to a number to which none could come before. Of a valid form."""
        said = self.wishes()
        same = normal_phone(said["phone"]) == normal_phone(self.choices.phone)
        return bool(said["sms_safe"] and said["phone"]) and not (same and self.choices.sms_safe)

    def wishes(self) -> dict[str, Any]:
        """What the service `set_safe_contact` takes, of a valid form."""
        said = self.cleaned_data
        yes = {name: said[name] == "yes" for name in ASKED}
        return {**yes, **{name: said[name] for name in AS_TYPED}, "hours": as_hours(said["mode"], self.spans)}


def initial(choices: SafeContact) -> dict[str, Any]:
    yes = {name: "yes" if getattr(choices, name) else "no" for name in ASKED}
    plain = {name: getattr(choices, name) for name in AS_TYPED}
    return {**yes, **plain, "mode": str(as_choice(choices.hours))}


class ConfirmForm(forms.Form):
    """Everything still holds: until when?"""

    months = one_of(
        _("When should we ask you again?"),
        [("3", _("In three months")), ("6", _("In six months")), ("12", _("In a year")), ("0", _("Do not ask again"))],
        _("After that day we send nothing until you have confirmed your choices."),
    )

    def recheck_on(self, today: date) -> date | None:
        months = int(self.cleaned_data["months"])
        return today + timedelta(days=round(months * 365 / 12)) if months else None
