"""Who stands in for a session."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from psp.models import User


class StandInForm(forms.Form):
    user = forms.ChoiceField(
        label=_("Who leads this session"),
        help_text=_("Ask them first. Those who are away or taken at that time are not on the list."),
        error_messages={
            "required": _("Choose who leads the session."), "invalid_choice": _("Choose somebody from the list."),
        },
    )  # fmt: skip

    def __init__(self, *args: Any, people: list[User], chosen: User | None = None, **kwargs: Any) -> None:
        known = [*people, *([chosen] if chosen is not None and chosen not in people else [])]
        self.people = {str(user.pk): user for user in known}
        kwargs.setdefault("initial", {"user": str(chosen.pk) if chosen else ""})
        super().__init__(*args, **kwargs)
        self.fields["user"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")), *((key, user.name or user.username) for key, user in self.people.items())
        ]  # fmt: skip

    def wanted(self) -> User:
        return self.people[self.cleaned_data["user"]]
