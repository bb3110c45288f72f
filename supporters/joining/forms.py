"""Forms of joining: an interest, and a conversation about being ready. No field asks what happened to anybody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from psp.choices import Language
from psp.inputs import AddressField, DayField, LineField
from psp.models import ProgramRegion
from supporters.choices import Outcome, ReadyFor
from supporters.joining.services_interest import NAME_LENGTH
from supporters.joining.services_readiness import NOTE_LENGTH, TEXT_LENGTH, talked_about
from supporters.models import Readiness, ReadinessCriterion

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
DAY = {"type": "date", "autocomplete": "off"}
BAD_DAY = _("Write the day as in 2026-11-30.")
WRITE = _("Write something here.")
CHOOSE = _("Choose one.")


class InterestForm(forms.Form):
    """What the new role goes by: never the name and address that the person uses here."""

    name = LineField(
        label=_("Name to go by in the new role"), max_length=NAME_LENGTH, widget=forms.TextInput(attrs=PLAIN),
        help_text=_("Another one than here. A first name is enough. Groups would see it."),
        error_messages={"required": WRITE},
    )  # fmt: skip
    address = AddressField(
        label=_("E-mail address for the new role"), widget=forms.EmailInput(attrs=PLAIN),
        help_text=_("Another one than here, that only you read."), error_messages={"required": WRITE},
    )  # fmt: skip


class NoteInterestForm(InterestForm):
    """The same of somebody from outside, as a supervisor notes it."""

    language = forms.ChoiceField(
        label=_("Language"), choices=Language.choices, widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )  # fmt: skip
    program_region = forms.ModelChoiceField(
        label=_("Region"), queryset=ProgramRegion.objects.all(), empty_label=_("Choose a region"),
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, hint in (("name", _("A first name is enough.")), ("address", _("One that only they read."))):
            self.fields[name].help_text = hint


class ReadinessForm(forms.Form):
    """One box for each criterion, and what both came to. No box has to be filled, and nothing is counted."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    ready_for = forms.ChoiceField(
        label=_("Before what is this conversation?"), choices=ReadyFor.choices, widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )  # fmt: skip
    held_on = DayField(
        label=_("Day of the conversation"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        error_messages={"required": BAD_DAY, "invalid": BAD_DAY},
    )  # fmt: skip
    outcome = forms.ChoiceField(
        label=_("What did you both come to?"), choices=Outcome.choices, widget=forms.RadioSelect,
        help_text=_("“Not now” is a day to look again, and never the end of the way."),
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )  # fmt: skip
    look_again_on = DayField(
        label=_("If not now: when do you look again?"), required=False,
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"), error_messages={"invalid": BAD_DAY},
    )  # fmt: skip
    would_help = forms.CharField(
        label=_("What would help"), required=False, max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        help_text=_("Until then, or along the way. The person reads it."),
    )  # fmt: skip

    def __init__(self, *args: Any, criteria: Iterable[ReadinessCriterion], step: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = list(criteria)
        for one in self.criteria:
            self.fields[f"about_{one.code}"] = forms.CharField(
                label=one.title, help_text=one.hint, required=False, max_length=NOTE_LENGTH,
                widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
            )  # fmt: skip
        about = [f"about_{one.code}" for one in self.criteria]
        self.order_fields(["key", "ready_for", "held_on", *about, "outcome", "look_again_on", "would_help"])
        if not step:
            del self.fields["ready_for"]

    def said(self) -> dict[str, Any]:
        """What the services take, of a valid form."""
        data = self.cleaned_data
        notes = {one.code: data[f"about_{one.code}"] for one in self.criteria}
        names = ("held_on", "outcome", "look_again_on", "would_help")
        return {"talked_about": notes, **{name: data[name] for name in names}}

    @property
    def sent_key(self) -> UUID | None:
        found: UUID | None = self.cleaned_data.get("key")
        return found


def for_new(data: Any, *, step: str, day: Any) -> ReadinessForm:
    criteria = ReadinessCriterion.objects.filter(offered=True)
    return ReadinessForm(data, criteria=criteria, initial={"key": uuid4(), "ready_for": step, "held_on": day})


def for_change(data: Any, readiness: Readiness) -> ReadinessForm:
    """With the criteria of then, also those that are offered no more."""
    notes = talked_about(readiness)
    kept = [one for one in ReadinessCriterion.objects.all() if one.offered or one.code in notes]
    names = ("held_on", "outcome", "look_again_on", "would_help")
    initial = {name: getattr(readiness, name) for name in names}
    initial |= {f"about_{code}": text for code, text in notes.items()}
    return ReadinessForm(data, criteria=kept, step=False, initial=initial)


class CommentForm(forms.Form):
    comment = forms.CharField(
        label=_("What you want to say to it"), required=False, max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        help_text=_("Whoever held the conversation reads it, and nobody else. You can change it or empty it later."),
    )  # fmt: skip
