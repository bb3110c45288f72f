"""What is chosen for several applications: the applications themselves, what to do, and what that needs to know."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contact.models import MessageTemplate
from intake.choices import BulkAction
from intake.rules_bulk import MOST_AT_ONCE
from intake.services_bulk import BY_HAND, Order
from psp.bilingual import in_language
from psp.choices import Role
from psp.models import User
from psp.sight import coordinated_regions

MINE = "mine"
# In the list: one thing more than the services know, because it is what is wanted most.
CHOICES = [
    (BulkAction.LOOKED.value, BulkAction.LOOKED.label), (MINE, _("I look after them")),
    (BulkAction.ASSIGN.value, _("Give them to a coordinator…")),
    (BulkAction.WRITE.value, _("Send a discreet message…")),
]  # fmt: skip


class BulkForm(forms.Form):
    """`to`: a coordinator of the reader's regions, "nobody" for none. `template`: one to be sent by hand."""

    pick = forms.TypedMultipleChoiceField(required=False)
    what = forms.ChoiceField(choices=CHOICES, label=_("What to do"))
    to = forms.ChoiceField(label=_("Who looks after them?"), required=False, widget=forms.RadioSelect)
    template = forms.ChoiceField(label=_("Which message?"), required=False, widget=forms.RadioSelect)

    def __init__(self, data: Any, *, reader: User, offered: list[str]) -> None:
        super().__init__(data)
        self.reader = reader
        self.fields["pick"].choices = [(key, key) for key in offered]  # type: ignore[attr-defined]
        what = data.get("what")
        if what == BulkAction.ASSIGN:
            self.colleagues = {str(one.pk): one for one in colleagues(reader)}
            names = [(key, one.name) for key, one in self.colleagues.items()]
            self.fields["to"].choices = [*names, ("nobody", _("Nobody for now"))]  # type: ignore[attr-defined]
        if what == BulkAction.WRITE:
            rows = MessageTemplate.objects.in_bulk(BY_HAND)
            self.fields["template"].choices = [  # type: ignore[attr-defined]
                (code, f"{in_language(rows[code], 'subject')}: {in_language(rows[code], 'body')}")
                for code in BY_HAND if code in rows
            ]  # fmt: skip

    def order(self) -> Order | None:
        """What is to be done; None while something is still to be chosen."""
        data = self.cleaned_data
        if data["what"] == MINE:
            return Order(BulkAction.ASSIGN, to=self.reader)
        if data["what"] == BulkAction.ASSIGN:
            return Order(BulkAction.ASSIGN, to=self.colleagues.get(data["to"])) if data["to"] else None
        if data["what"] == BulkAction.WRITE:
            return Order(BulkAction.WRITE, template=data["template"]) if data["template"] else None
        return Order(BulkAction.LOOKED)

    @property
    def still_to_choose(self) -> str:
        """The field that `order` waits for."""
        return "to" if self.cleaned_data["what"] == BulkAction.ASSIGN else "template"

    @property
    def too_many(self) -> bool:
        return len(self.cleaned_data["pick"]) > MOST_AT_ONCE


def colleagues(reader: User) -> list[User]:
    """The coordinators of the reader's regions, by name."""
    rows = User.objects.filter(
        roles__role=Role.COORDINATOR, roles__region__in=coordinated_regions(reader), is_active=True
    )
    return sorted(rows.distinct(), key=lambda one: one.name.casefold())
