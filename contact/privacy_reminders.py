"""Which reminders somebody chose, as their information."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from contact.choices_reminders import ReminderEvent
from contact.models import ReminderChoice
from contact.reminder_words import how_long
from privacy.datamap import EARLIER, HISTORY_FIELDS, Basis, Erased, Holding, Use, declare, these
from privacy.holdings import Line, Record, Section, add_section, earlier_of_each, past_of
from psp.models import User

ABOUT, OF_WHAT, WANTED, SAID = _("Reminder"), _("Of what"), _("You want it"), _("Noted")
ALL = _("All of them")
MAP = (
    Holding(
        "contact.reminderchoice", "person", "contact", these("id person rule wanted said_at"), Use.REACH,
        Basis.CONSENT, "file", Erased.DELETED, exported=("reminders", "reminders_before"), history=True,
    ),
    Holding(
        "contact.historicalreminderrule", "history_user", "team",
        (*these("id event audience hours usual active"), *HISTORY_FIELDS), Use.WATCH, Basis.PROTECT, EARLIER,
        Erased.ANONYMISED, not_exported=_("About a member of the team"),
    ),
)  # fmt: skip


def chosen(person: User) -> Iterable[Record]:
    rows = ReminderChoice.objects.filter(person=person).select_related("rule")
    yield from map(_told, rows.order_by("rule__event", "-rule__hours"))


def chosen_before(person: User) -> Iterable[Record]:
    rows = past_of(ReminderChoice.objects.filter(person=person)).select_related("rule")
    return earlier_of_each(rows, {"wanted": None}, _("From"), _told)


def _told(row: Any) -> list[Line]:
    rule = row.rule
    what = ALL if rule is None else how_long(rule.hours)
    of_what = None if rule is None else ReminderEvent(rule.event).label
    return [Line(ABOUT, what), Line(OF_WHAT, of_what), Line(WANTED, row.wanted), Line(SAID, row.said_at)]


def register() -> None:
    declare(*MAP)
    models = frozenset({"contact.reminderchoice"})
    add_section(Section("reminders", _("When we remind you"), chosen, models, order=32))
    before = _("When we reminded you, earlier")
    add_section(Section("reminders_before", before, chosen_before, frozenset(), order=33))
