"""What the entries of one's own calendar say."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class FeedForm(forms.Form):
    shows_names = forms.BooleanField(
        label=_("Show the name of my group in my calendar"), required=False,
        help_text=_("Leave this unticked if anybody else may see your calendar."),
    )  # fmt: skip
