"""The pipeline by state: how many applications are where, and who has waited longest there. Reads only."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from intake import desk
from intake.choices import TRANSITIONS, ApplicationState
from intake.models import Application
from intake.portal import TAG_KINDS
from psp.models import User

SHOWN = 8


def columns(reader: User) -> list[dict[str, Any]]:
    """One for each state from which something leads on, then those that are an end, with their number alone."""
    rows = desk.applications_of(reader)
    counts = dict(rows.order_by().values_list("state").annotate(number=Count("pk")))
    states = sorted(ApplicationState, key=lambda state: not TRANSITIONS[state])
    # All are read before the first name is opened: then one question brings every key.
    going_on = [state for state in states if TRANSITIONS[state] and counts.get(state)]
    listed = {state: list(rows.filter(state=state)[:SHOWN]) for state in going_on}
    return [_column(state, counts.get(state, 0), listed.get(state, [])) for state in states]


def _column(state: ApplicationState, number: int, people: list[Application]) -> dict[str, Any]:
    return {
        "state": state.value, "label": state.label, "tag": TAG_KINDS[state], "count": number, "applications": people,
        "url": f"{reverse('desk:applications')}?state={state.value}", "more": number - len(people),
        "people": [_line(row) for row in people], "is_end": not TRANSITIONS[state],
    }  # fmt: skip


def _line(application: Application) -> dict[str, Any]:
    person = application.participant
    return {
        "pk": person.pk, "name": person.user.name or _("No name given"), "reference": person.reference,
        "waited": desk.waiting_text(application.submitted_at), "step": next_step(application),
    }  # fmt: skip


def next_step(application: Application) -> dict[str, str] | None:
    """The page of the action that leads on from here, never a change by itself."""
    steps = {
        ApplicationState.SUBMITTED: ("desk:set_meeting", _("Set the intake meeting")),
        ApplicationState.MEETING_SET: ("desk:accept", _("Accept")),
    }
    found = steps.get(ApplicationState(application.state))
    return {"url": reverse(found[0], args=[application.pk]), "label": found[1]} if found else None
