"""Form fields that take what people really type: names in every script, numbers in every spelling. No models."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any

from django import forms
from django.core.validators import EmailValidator, MaxLengthValidator, ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

# They join letters of some scripts and emoji; every other invisible character has no place in a name.
JOINERS = "\u200c\u200d"
PHONE_DIGITS = range(7, 16)
YEARS = range(2000, 2100)
PHONE_SHAPE = re.compile(r"^[0-9 ()+./x\-\u00a0\u2010-\u2015#*]+$", re.IGNORECASE)


def plain_line(text: str, *, keep_no_break: bool = False) -> str:
    """One line without control, direction and other invisible characters; single spaces; composed letters.

    `keep_no_break` keeps the spaces that French wants before a colon and inside guillemets.
    """
    kept = "".join(
        " " if char in "\t\r\n" else char
        for char in unicodedata.normalize("NFC", text)
        if char in "\t\r\n" or char in JOINERS or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    return " ".join(filter(None, kept.split(" "))) if keep_no_break else " ".join(kept.split())


class LineField(forms.CharField):
    """A short line such as a name. Every script and emoji are welcome; what cannot be seen is left out."""

    default_error_messages = {"max_length": _("Please use at most %(limit_value)d characters here.")}

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)
        self.validators = [one for one in self.validators if not isinstance(one, ProhibitNullCharactersValidator)]
        for validator in self.validators:
            if isinstance(validator, MaxLengthValidator):
                validator.message = self.error_messages["max_length"]

    def to_python(self, value: Any) -> str:
        return plain_line(str(super().to_python(value) or ""))


class DayField(forms.DateField):
    """A day within reach. Others are slips of the keyboard, and clocks cannot be reckoned at the ends of time."""

    def to_python(self, value: Any) -> date | None:
        day: date | None = super().to_python(value)
        if day is not None and day.year not in YEARS:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class AddressField(forms.EmailField):
    """An e-mail address. What is wrong is said in one sentence, with an example."""

    default_error_messages = {
        "invalid": _("Write an e-mail address such as name@example.ca."),
        "max_length": _("This address is too long. Please check it."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)
        message = self.error_messages["invalid"]
        self.validators = [EmailValidator(message=message)]

    def clean(self, value: Any) -> str:
        text = str(value or "")
        if len(text) > 254:
            raise forms.ValidationError(self.error_messages["max_length"], code="max_length")
        address = str(super().clean(plain_line(text).replace(" ", "")))
        # Letters that only look like a, i, k or s make another mailbox, which our look-up would take for the same.
        if not address.rpartition("@")[0].isascii():
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return address


class NumberField(LineField):
    """A phone number as people write it, with or without country code."""

    default_error_messages = {"phone": _("Write the phone number with its area code, as in 613 555 0123.")}

    def clean(self, value: Any) -> str:
        number: str = super().clean(value)
        digits = sum(char.isdigit() for char in number)
        if number and (digits not in PHONE_DIGITS or not PHONE_SHAPE.match(number)):
            raise forms.ValidationError(self.error_messages["phone"], code="phone")
        return number


def listed_errors(form: forms.BaseForm) -> list[dict[str, Any]]:
    """Each error with the name of its field and a link to it, in the page's order: [{"id", "label", "error"}]."""
    listed: list[dict[str, Any]] = [{"id": "", "label": "", "error": error} for error in form.non_field_errors()]
    return listed + [
        {"id": form[name].auto_id, "label": form.fields[name].label, "error": error}
        for name in form.fields for error in form.errors.get(name, ())
    ]  # fmt: skip
