"""Breaches in words: for the register, the page of one, its paper, and the front page's cards."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy.choices import BREACH_TRANSITIONS, AffectedState, BreachData, BreachState
from privacy.models import RightsRequest
from privacy.models_breach import Breach
from privacy.models_log import LogExport
from privacy.rules import urgency
from privacy.words import URGENCY_KINDS, day
from psp.areas import account
from psp.bilingual import reader_language
from psp.calendar_text import long_datetime, relative_days
from psp.models import User
from psp.pdf import make_pdf

TAGS = {
    BreachState.NOTED: "active", BreachState.MINOR: "neutral", BreachState.MATERIAL: "danger",
    BreachState.REPORTED: "success", BreachState.CLOSED: "neutral",
}  # fmt: skip


def step_label(state: BreachState) -> str:
    return {
        BreachState.MINOR: _("It is not material"), BreachState.MATERIAL: _("It is material"),
        BreachState.REPORTED: _("The report has gone out"), BreachState.CLOSED: _("Close it"),
    }[state]  # fmt: skip


def row(breach: Breach, reader: User) -> dict[str, Any]:
    """One breach for a list or a page, with the clock of its report."""
    due, today = breach.report_due_on, timezone.localdate()
    return {
        "id": breach.pk, "breach": breach, "reference": breach.reference, "state": breach.get_state_display(),
        "tag": TAGS[BreachState(breach.state)], "discovered": moment(breach.discovered_at, reader),
        "kinds": [BreachData(code).label for code in breach.kinds],
        "due": day(due) if due else "", "due_in": relative_days(due, today, reader_language()) if due else "",
        "counting": breach.state == BreachState.MATERIAL,
        "urgency": URGENCY_KINDS[urgency(due, today, soon=3)] if due else "",
    }  # fmt: skip


def moment(at: Any, reader: User) -> str:
    return long_datetime(at, reader.time_zone, reader_language()) if at else ""


def shown(breach: Breach, reader: User) -> dict[str, Any]:
    """Everything about one, and what can follow."""
    counts = {state.value: breach.people.filter(state=state).count() for state in AffectedState}
    steps = [
        (state.value, step_label(state))
        for state in BreachState
        if state in BREACH_TRANSITIONS[BreachState(breach.state)]
    ]
    return {
        "row": row(breach, reader), "facts": facts(breach, reader), "steps": steps, "counts": counts,
        "is_open": breach.state != BreachState.CLOSED,
    }  # fmt: skip


def facts(breach: Breach, reader: User) -> list[tuple[str, str]]:
    """The record as rule 17 asks for it: date, time, place, kind of data, number, measures; and its clock."""
    known = _("Not known yet")
    return [
        (_("State"), str(breach.get_state_display())),
        (_("It happened, or began"), moment(breach.happened_from, reader)),
        (_("It ended"), moment(breach.happened_until, reader) or "—"),
        (_("It was noticed"), moment(breach.discovered_at, reader)),
        (_("Where"), breach.place),
        (_("Kinds of information"), ", ".join(str(BreachData(code).label) for code in breach.kinds)),
        (_("How many people, as far as is known"), known if breach.affected is None else str(breach.affected)),
        (_("What went wrong"), breach.what),
        (_("What was done about it"), breach.measures or "—"),
        (_("Found material"), moment(breach.material_at, reader) or "—"),
        (_("Report due by"), day(breach.report_due_on) if breach.report_due_on else "—"),
        (_("Reported"), moment(breach.reported_at, reader) or "—"),
        (_("People told"), moment(breach.notices_approved_at, reader) or "—"),
        (_("Closed"), moment(breach.closed_at, reader) or "—"),
    ]  # fmt: skip


def paper(breach: Breach, reader: User) -> bytes:
    """The record to hand over or to file: no name of anybody concerned."""
    heading = _("Record %(reference)s") % {"reference": breach.reference}
    section = {"heading": _("What is known"), "facts": facts(breach, reader)}
    return make_pdf("sections", {"heading": heading, "sections": [section]}, language=reader_language(), title=heading)


# --- The front page ---


def card(request: HttpRequest) -> dict[str, Any] | None:
    """How many are open, and the nearest day of a report; no card while there is none."""
    rows = Breach.objects.of_office(account(request)).open()
    waits = rows.count()
    first = rows.to_report().order_by("report_due_on").first()
    return {"waits": waits, "first": row(first, account(request)) if first else None} if waits else None


def approvals_card(request: HttpRequest) -> dict[str, Any] | None:
    waits = Breach.objects.to_approve(account(request)).count()
    waits += LogExport.objects.to_approve(account(request)).count()
    waits += RightsRequest.objects.to_confirm(account(request)).count()
    return {"waits": waits} if waits else None
