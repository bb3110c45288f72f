"""How a call ended. There is no place for what was said."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from contact.choices import CallOutcome
from contact.forms import one_of


class CallForm(forms.Form):
    outcome = one_of(
        _("How did it end?"),
        CallOutcome.choices,
        _("“Wrong number” and “not safe” mark the number as not safe at once. What was said is not kept."),
    )
