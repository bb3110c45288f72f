"""A link to a meeting by video, typed for one session."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class LinkForm(forms.Form):
    link = forms.URLField(
        label=_("Video link for this session alone"), required=False, max_length=500, assume_scheme="https",
        help_text=_("It comes before every other link. Leave it empty to go back to the usual one."),
        error_messages={"invalid": _("Write a whole address, such as https://video.example.org/room.")},
    )  # fmt: skip
