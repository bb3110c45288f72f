"""The pipeline by state: how many applications are where, and who has waited longest there. Reads only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from intake import desk, desk_lines
from intake.choices import TRANSITIONS, ApplicationState
from intake.portal import TAG_KINDS
from psp.asking import Question, Rows, ask
from psp.models import User

SHOWN = 8


def _counts(reader: User) -> QuerySet[Any]:
    rows: Any = desk.applications_of(reader).order_by().values_list("state")
    counted: QuerySet[Any] = rows.annotate(number=Count("pk"))
    return counted


def _listed(state: ApplicationState) -> Question:
    """Who has waited longest in this state."""
    columns = ("id", "submitted_at", *desk_lines.columns("participant__"))
    return Question(lambda reader: desk.applications_of(reader).filter(state=state).values_list(*columns)[:SHOWN])


COUNTS = Question(_counts)
# From these something leads on; the others are an end and show their number alone.
LISTED = {state: _listed(state) for state in ApplicationState if TRANSITIONS[state]}


def read(reader: User) -> dict[str, Rows]:
    """Rows by state; those under "counts" are (state, number)."""
    return dict(zip(("counts", *LISTED), ask(reader, [COUNTS, *LISTED.values()]), strict=True))


def seen(found: dict[str, Rows]) -> list[tuple[UUID, UUID]]:
    """Each application that is shown, and whose it is: for the access log."""
    return [(row[0], row[3]) for state in LISTED for row in found[state]]


def columns(found: dict[str, Rows]) -> list[dict[str, Any]]:
    """One for each state from which something leads on, then those that are an end."""
    counts: dict[str, int] = dict(found["counts"])
    states = sorted(ApplicationState, key=lambda state: state not in LISTED)
    return [_column(state, counts.get(state, 0), found.get(state, [])) for state in states]


def _column(state: ApplicationState, number: int, rows: Rows) -> dict[str, Any]:
    return {
        "state": state.value, "label": state.label, "tag": TAG_KINDS[state], "count": number,
        "url": f"{reverse('desk:applications')}?state={state.value}", "more": number - len(rows),
        "people": [_line(state, *row) for row in rows], "is_end": state not in LISTED,
    }  # fmt: skip


def _line(state: ApplicationState, pk: UUID, submitted_at: Any, *person: Any) -> desk_lines.PersonLine:
    return desk_lines.of(person, desk.waiting_text(submitted_at), next_step(state, pk))


def next_step(state: ApplicationState, pk: UUID) -> dict[str, str] | None:
    """The page of the action that leads on from here, never a change by itself."""
    steps = {
        ApplicationState.SUBMITTED: ("desk:set_meeting", _("Set the intake meeting")),
        ApplicationState.MEETING_SET: ("desk:accept", _("Accept")),
    }
    found = steps.get(state)
    return {"url": desk_lines.address(found[0], pk), "label": found[1]} if found else None
