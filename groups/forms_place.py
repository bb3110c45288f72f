"""Where a group meets."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.models import PeerGroup
from intake.forms_desk import RevisionForm
from psp.inputs import LineField


class PlaceForm(RevisionForm):
    link = forms.URLField(
        label=_("Video link"), max_length=500, required=False, assume_scheme="https",
        help_text=_("Members see it on the group’s page from shortly before each session until it ends."),
        error_messages={"invalid": _("Write a link that begins with https://.")},
    )  # fmt: skip
    address = LineField(
        label=_("Address and how to get in"), max_length=300, required=False,
        help_text=_("For groups that meet in person. Members see it on the group’s page. Do not name the program."),
    )  # fmt: skip
    asks_who_comes = forms.BooleanField(
        label=_("Ask members before each session whether they will come"), required=False,
        help_text=_("Nobody has to answer, and nobody is asked why."),
    )  # fmt: skip

    def __init__(self, *args: Any, group: PeerGroup, **kwargs: Any) -> None:
        names = ("link", "address", "asks_who_comes", "revision")
        kwargs["initial"] = {name: getattr(group, name) for name in names}
        super().__init__(*args, **kwargs)
