"""When a file was last used here: applications, their decisions, intake meetings, waiting places, merged files."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from intake.choices import OPEN_STATES, ApplicationState, WaitingState
from intake.models import Application, IntakeMeeting, WaitingPlace
from intake.models_desk import Merge
from privacy.retention import LastUse, Used, add_last_use
from privacy.retention_floor import in_use, newest

PERSON = "participant__user_id"


def decisions(people: Collection[UUID]) -> Iterable[Used]:
    """An application that waits for an answer, or for another look, is in use."""
    mine = Application.objects.filter(participant__user__in=people)
    for moment in ("submitted_at", "last_action_at", "decided_at"):
        yield from newest(mine, PERSON, moment)
    looked_at_again = Q(state=ApplicationState.DEFERRED, look_again_on__gte=timezone.localdate())
    yield from in_use(mine.filter(Q(state__in=OPEN_STATES) | looked_at_again), PERSON)


def meetings(people: Collection[UUID]) -> Iterable[Used]:
    person = f"application__{PERSON}"
    mine = IntakeMeeting.objects.filter(application__participant__user__in=people)
    yield from newest(mine, person, "ends_at")
    yield from newest(mine, person, "set_at")


def places(people: Collection[UUID]) -> Iterable[Used]:
    mine = WaitingPlace.objects.filter(participant__user__in=people)
    yield from newest(mine, PERSON, "since")
    yield from in_use(mine.filter(state=WaitingState.WAITING), PERSON)


def merges(people: Collection[UUID]) -> Iterable[Used]:
    for file in ("kept", "merged"):
        rows = Merge.objects.filter(**{f"{file}__user__in": people})
        yield from newest(rows, f"{file}__user_id", "at")
        yield from newest(rows, f"{file}__user_id", "undone_at")


def register() -> None:
    add_last_use(LastUse("decisions", decisions))
    add_last_use(LastUse("meetings", meetings))
    add_last_use(LastUse("places", places))
    add_last_use(LastUse("merges", merges))
