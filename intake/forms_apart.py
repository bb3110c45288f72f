"""Forms about people who must not meet. No field asks why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from intake.choices import ApartEndReason
from intake.desk import reference_of
from intake.models import Participant
from psp.choices import Role
from psp.inputs import LineField
from psp.models import User
from psp.sight import coordinated_regions

LEADING = (Role.SUPPORTER, Role.CLINICIAN)


class ApartForm(forms.Form):
    """A name as the person says it, a reference, or somebody who leads groups."""

    text = LineField(
        label=_("Name or reference"), max_length=120, required=False,
        help_text=_("A name is enough, also of somebody whom nobody here knows yet. Please do not write about what"
                    " happened."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    leads = forms.ModelChoiceField(
        label=_("Or somebody who leads groups"), queryset=User.objects.none(), required=False,
        empty_label=_("Nobody of them"),
    )  # fmt: skip

    def __init__(self, *args: Any, reader: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader
        here = Q(roles__region=None) | Q(roles__region__in=coordinated_regions(reader))
        found = User.objects.filter(here, roles__role__in=LEADING, is_active=True).distinct().order_by("username")
        field: Any = self.fields["leads"]
        field.queryset = found
        field.label_from_instance = lambda user: user.name or user.username

    def named(self) -> dict[str, Any]:
        """Whom the form names: an account of the reader's regions or of those who lead, or a name."""
        leads, text = self.cleaned_data["leads"], self.cleaned_data["text"]
        if leads is not None:
            return {"other": leads}
        people = Participant.objects.in_regions_of(self.reader).filter(reference=reference_of(text))
        participant = people.select_related("user").first() if text else None
        return {"other": participant.user} if participant else {"name": text}


class ApartEndForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why does it not hold any more?"), choices=ApartEndReason.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason."), "invalid_choice": _("Choose a reason.")},
    )  # fmt: skip
