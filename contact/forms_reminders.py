"""Which reminders somebody wants: a tick for each, and one that ends all of them."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contact.choices import OutboxState
from contact.choices_reminders import ReminderEvent
from contact.forms import yes_no
from contact.reminder_words import how_long
from contact.services import safe_contact_of
from contact.services_reminders import none_at_all, offered_to, wanted_by
from psp.choices import Kind
from psp.models import User

CHOOSE = _("Choose among the reminders on this page.")


class RemindersForm(forms.Form):
    """Starts from what holds now. Who leads without being of the team says here that their mailbox is safe."""

    none = forms.BooleanField(
        label=_("Do not remind me of anything"), required=False,
        help_text=_("We keep what you ticked below, in case you change your mind."),
    )  # fmt: skip

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, wanted = person, wanted_by(person)
        self.fields["none"].initial = none_at_all(person)
        if person.kind == Kind.SUPPORTER:
            self.fields["email_safe"] = yes_no(
                _("Is it safe to write to your e-mail address?"),
                _("Our messages are short and give nothing away. Unless you say yes, we send you no reminders."),
            )
            self.fields["email_safe"].initial = "yes" if safe_contact_of(person).email_safe else "no"
        self.events = [
            self._add_event(event, list(rules), wanted)
            for event, rules in groupby(offered_to(person), lambda one: one.event)
        ]

    def _add_event(self, event: str, rules: list[Any], wanted: set[int]) -> str:
        self.fields[event] = forms.TypedMultipleChoiceField(
            label=ReminderEvent(event).label, required=False, coerce=int, widget=forms.CheckboxSelectMultiple,
            choices=[(rule.pk, how_long(rule.hours)) for rule in rules],
            initial=[rule.pk for rule in rules if rule.pk in wanted],
            error_messages={"invalid_choice": CHOOSE, "invalid_list": CHOOSE},
        )  # fmt: skip
        return event

    def times(self) -> list[forms.BoundField]:
        """The rows of ticks, one for each kind of event."""
        return [self[event] for event in self.events]

    def wanted(self) -> set[int]:
        """Of a valid form."""
        return {rule for event in self.events for rule in self.cleaned_data[event]}


class FilterForm(forms.Form):
    """What the desk's list shows. An answer that does not exist shows everything."""

    STATES = (
        ("", _("All")), ("waiting", _("Waiting")), ("sent", _("Sent")), ("look", _("Needs a look")),
        ("call", _("To tell by phone or letter")), ("not_sent", _("Held back on purpose")),
    )  # fmt: skip
    IN_STATE = {
        "waiting": [OutboxState.WAITING, OutboxState.SENDING], "sent": [OutboxState.SENT],
        "look": [OutboxState.UNKNOWN, OutboxState.FAILED], "call": [OutboxState.TO_CALL],
        "not_sent": [OutboxState.WITHHELD, OutboxState.EXPIRED, OutboxState.CANCELLED],
    }  # fmt: skip
    DAYS = (("2", _("The last two days")), ("14", _("The last two weeks")), ("90", _("The last three months")))

    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    days = forms.ChoiceField(label=_("Since"), choices=DAYS, required=False)

    def states(self) -> list[OutboxState]:
        """Empty for all."""
        return self.IN_STATE.get(self.data.get("state", ""), [])

    def since(self) -> int:
        """Days."""
        asked = self.data.get("days", "")
        return int(asked) if asked in dict(self.DAYS) else 2
