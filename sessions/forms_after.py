"""A code at the door, how a session was for whoever led it, and when a call suits. No free text anywhere."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from psp.models import User
from sessions.choices import CallTime, HowItWas, SupportState
from sessions.models import Debrief
from sessions.services_debrief import mark_of

FROM_THE_LIST = _("Choose from the list.")
NOBODY = ("", _("No, thank you"))


class CodeForm(forms.Form):
    """What somebody shows or reads aloud who comes without a place."""

    code = forms.CharField(
        label=_("Their code"), max_length=20, help_text=_("Eight digits, which the person shows you or reads aloud."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Type the code that the person shows you.")},
    )  # fmt: skip


class DebriefForm(forms.Form):
    """Every answer may be left out."""

    how = forms.ChoiceField(
        label=_("How was it for you?"), choices=HowItWas.choices, required=False, widget=forms.RadioSelect,
        error_messages={"invalid_choice": FROM_THE_LIST},
    )  # fmt: skip
    follow_up = forms.BooleanField(
        label=_("There is something I want to talk about with a coordinator"), required=False,
        help_text=_("They learn that you want to talk, not about what. They will get in touch with you."),
    )  # fmt: skip
    supervisor = forms.ChoiceField(
        label=_("Do you want support now?"), required=False, widget=forms.RadioSelect,
        help_text=_("The supervisor whom you choose is told at once, and sees how it was for you. Nobody else does."),
        error_messages={"invalid_choice": FROM_THE_LIST},
    )  # fmt: skip

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20)

    def __init__(self, *args: Any, said: Debrief | None, supervisors: list[User], **kwargs: Any) -> None:
        self.supervisors = {str(user.pk): user for user in supervisors}
        if said is not None:
            asked = str(said.supervisor_id) if said.support in (SupportState.ASKED, SupportState.TAKEN) else ""
            kwargs.setdefault(
                "initial", {"how": said.how, "follow_up": said.told == "open", "supervisor": asked}
            )  # fmt: skip
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = mark_of(said)
        # The nearest first, and by name among those who are as near.
        nearness = {key: (getattr(user, "nearness", 0), user.name.casefold()) for key, user in self.supervisors.items()}
        people = sorted(self.supervisors.items(), key=lambda item: nearness[item[0]])
        self.fields["supervisor"].choices = [  # type: ignore[attr-defined]
            NOBODY, *((key, _("Yes, from %(name)s") % {"name": user.name}) for key, user in people)
        ]  # fmt: skip

    def wanted(self) -> User | None:
        """The supervisor who is asked, of a valid form."""
        return self.supervisors.get(self.cleaned_data["supervisor"])


class CallTimesForm(forms.Form):
    times = forms.MultipleChoiceField(
        label=_("When does a call suit you?"), choices=CallTime.choices, required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("On your own clock. Choose as many as you like."),
        error_messages={"invalid_choice": FROM_THE_LIST},
    )  # fmt: skip
