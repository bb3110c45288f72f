"""What to look at: only what is offered can be chosen, so nothing can be cut finer than was thought through."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reporting.dimensions import dimension
from reporting.offered import Offer
from reporting.period_words import as_choices, period_name
from reporting.periods import Period, parse

__all__ = ["PeriodForm", "TopicForm", "by_name", "period_name"]
By = tuple[str, ...]
JOINT = "."


def by_name(by: By) -> str:
    """As in "Region", "Region and language"."""
    names = [str(dimension(code).name) for code in by]
    names[1:] = [name[:1].lower() + name[1:] for name in names[1:]]
    return str(_("%(one)s and %(other)s")) % {"one": names[0], "other": names[1]} if len(names) > 1 else names[0]


class PeriodForm(forms.Form):
    """`period`: a closed one; the newest where none is named. What is not offered is answered with a sentence."""

    period = forms.ChoiceField(
        label=_("Period"), error_messages={"invalid_choice": _("Choose a period from the list.")}
    )

    def __init__(self, asked: Mapping[str, Any], offer: Offer) -> None:
        self.newest = offer.newest
        given = {name: asked[name] for name in self.base_fields if asked.get(name)}
        super().__init__({"period": self.newest.code if self.newest else ""} | given)
        self.listed = as_choices(offer.periods)  # type: ignore[arg-type]
        self.fields["period"].choices = self.listed  # type: ignore[attr-defined]

    def chosen(self) -> Period:
        """The period to show; the newest where what was asked for is not offered."""
        code = self.cleaned_data.get("period") if self.is_valid() or not self.has_error("period") else None
        assert self.newest is not None
        return parse(code) if code else self.newest


class TopicForm(PeriodForm):
    """One topic's page: `by` a breakdown that is defined, `compare` another period of any length."""

    by = forms.ChoiceField(
        label=_("Broken down by"), required=False,
        error_messages={"invalid_choice": _("Choose a breakdown from the list.")},
    )  # fmt: skip
    compare = forms.ChoiceField(
        label=_("Compare with"), required=False,
        error_messages={"invalid_choice": _("Choose a period from the list.")},
    )  # fmt: skip

    def __init__(self, asked: Mapping[str, Any], offer: Offer, breakdowns: Iterable[By]) -> None:
        super().__init__(asked, offer)
        choices = [(JOINT.join(by), by_name(by)) for by in breakdowns]
        self.fields["by"].choices = [("", _("Nothing: all together")), *choices]  # type: ignore[attr-defined]
        self.fields["compare"].choices = [("", _("No other period")), *self.listed]  # type: ignore[attr-defined]

    def broken_down(self) -> By:
        found = self.cleaned_data.get("by") if not self.has_error("by") else ""
        return tuple(found.split(JOINT)) if found else ()

    def compared(self) -> Period | None:
        found = self.cleaned_data.get("compare") if not self.has_error("compare") else ""
        return parse(found) if found and found != self.chosen().code else None
