"""Which two people would meet again in a group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from intake.models import Participant
from psp.models import User

CHOOSE = _("Choose somebody from the list.")


class TwoPeopleForm(forms.Form):
    """`members`: of the group; `supporters`: accounts of those who lead or could, known to anybody or not."""

    member = forms.ChoiceField(label=_("Member"), error_messages={"required": CHOOSE, "invalid_choice": CHOOSE})
    supporter = forms.ChoiceField(
        label=_("Peer supporter"), error_messages={"required": CHOOSE, "invalid_choice": CHOOSE}
    )

    def __init__(self, *args: Any, members: Iterable[Participant], supporters: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(one.pk), one.user.name or one.user.username) for one in members]
        leads = [(str(one.pk), one.name or one.username) for one in supporters]
        for name, rows in (("member", people), ("supporter", leads)):
            rows.sort(key=lambda row: row[1].casefold())
            self.fields[name].choices = [("", _("Choose")), *rows]  # type: ignore[attr-defined]
