"""Forms of decisions that open no place here: others who help, or a later day."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from intake.choices import LaterReason
from intake.forms_desk import RevisionForm
from intake.models import Referral
from psp.inputs import DayField

READ_BY_PERSON = _("The person reads these sentences, and nothing else.")
WHY = [choice for choice in LaterReason.choices if choice[0] != LaterReason.OTHERS_FIT]
WHY_OTHERS = [choice for choice in LaterReason.choices if choice[0] != LaterReason.NOTHING_FITS]


class ReferForm(RevisionForm):
    to = forms.MultipleChoiceField(
        label=_("Who can help?"), widget=forms.CheckboxSelectMultiple,
        help_text=_("The person reads the name, what they do and how to reach them. Nothing is sent to anybody else."),
        error_messages={"required": _("Choose at least one service from the list.")},
    )  # fmt: skip
    reasons = forms.MultipleChoiceField(
        label=_("Why"), widget=forms.CheckboxSelectMultiple, choices=WHY_OTHERS, required=False,
        help_text=READ_BY_PERSON,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = Referral.objects.filter(active=True)
        self.fields["to"].choices = [(one.code, one.name) for one in offered]  # type: ignore[attr-defined]


class DeferForm(RevisionForm):
    until = DayField(
        label=_("Look again on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("On this day the application is back on the desk."),
        error_messages={"invalid": _("Write the day as in 2026-11-30."), "required": _("Choose a day.")},
    )  # fmt: skip
    reasons = forms.MultipleChoiceField(
        label=_("Why not now?"), widget=forms.CheckboxSelectMultiple, choices=WHY, help_text=READ_BY_PERSON,
        error_messages={"required": _("Choose at least one reason. The person will read it.")},
    )  # fmt: skip
