"""How somebody is, in a few taps; every answer may be left out. Nothing here asks about anybody else."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from psp.inputs import DayField, LineField
from psp.models import User
from supporters.models import CheckInQuestion, CheckInWish
from supporters.wellbeing.rules_checkin import Said
from supporters.wellbeing.services_checkin import LONGEST_WORD
from supporters.wellbeing.words import ANSWERS, COLOURS

FROM_THE_LIST = _("Choose from the list.")
PREFIX = "answer_"


class CheckInForm(forms.Form):
    colour = forms.ChoiceField(
        label=_("How is it going?"), required=False, widget=forms.RadioSelect,
        error_messages={"invalid_choice": FROM_THE_LIST},
    )  # fmt: skip
    word = LineField(
        label=_("A word of your own"), required=False, max_length=LONGEST_WORD,
        help_text=_("For how you are. Nothing about anybody else, please."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, questions: list[CheckInQuestion], said: Said | None, **kwargs: Any) -> None:
        self.questions = questions
        if said is not None:
            answered = {f"{PREFIX}{code}": answer for code, answer in said.answers.items()}
            kwargs.setdefault("initial", {"colour": said.colour, "word": said.word, **answered})
        super().__init__(*args, **kwargs)
        self.fields["colour"].choices = list(COLOURS.items())  # type: ignore[attr-defined]
        for question in questions:
            self.fields[f"{PREFIX}{question.code}"] = forms.ChoiceField(
                label=question.text, required=False, widget=forms.RadioSelect, choices=list(ANSWERS.items()),
                error_messages={"invalid_choice": FROM_THE_LIST},
            )  # fmt: skip

    def values(self) -> dict[str, Any]:
        """What `services_checkin.check_in` wants, of a valid form."""
        data = self.cleaned_data
        answers = {one.code: data.get(f"{PREFIX}{one.code}", "") for one in self.questions}
        return {"colour": data["colour"], "word": data["word"], "answers": answers}


class ShareForm(forms.Form):
    supervisor = forms.ChoiceField(
        label=_("Show it to"), widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of them, or leave this page."), "invalid_choice": FROM_THE_LIST},
    )  # fmt: skip

    def __init__(self, *args: Any, supervisors: list[User], **kwargs: Any) -> None:
        self.supervisors = {str(user.pk): user for user in supervisors}
        super().__init__(*args, **kwargs)
        people = sorted(self.supervisors.items(), key=lambda item: item[1].name.casefold())
        self.fields["supervisor"].choices = [(key, user.name) for key, user in people]  # type: ignore[attr-defined]

    def wanted(self) -> User:
        return self.supervisors[self.cleaned_data["supervisor"]]


class WishForm(forms.Form):
    asked = forms.BooleanField(
        label=_("Ask me once a week on my first page"), required=False,
        help_text=_("Only there. No message is ever sent about it."),
    )  # fmt: skip
    counted = forms.BooleanField(
        label=_("My colour may be counted"), required=False,
        help_text=_(
            "Once a month is over, the program learns how many people were at each colour, if enough people said one."
            " No name, no word, no answer is part of it. You can take it back until the month is over."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, wish: CheckInWish, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"asked": wish.asked, "counted": wish.counted})
        kwargs["auto_id"] = "wish_%s"
        super().__init__(*args, **kwargs)


class PauseForm(forms.Form):
    back_on = DayField(
        label=_("When I think of coming back"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("For yourself alone, and only if you like. Nothing ends by itself."),
        error_messages={"invalid": _("Write the day as in 2026-11-30.")},
    )  # fmt: skip
