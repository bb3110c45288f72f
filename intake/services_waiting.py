"""Every change of the waiting list. Who calls holds the lock of the participant's row, so changes never cross.

Locks are always taken in the order participant → application → group.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from intake.choices import WAITING_TRANSITIONS, ApplicationState, PriorityReason, WaitingState
from intake.models import Application, Participant, WaitingPlace
from intake.permissions import can_give_priority
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError, require
from psp.models import User

# A priority is for a while: what still holds then is looked at again.
LONGEST_PRIORITY = timedelta(days=184)


def lock_participant(participant_id: UUID) -> Participant:
    found: Participant = Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=participant_id)
    return found


def open_places(application: Application, services: Iterable[str]) -> None:
    """Let the person wait for each of `services`, from the moment that they applied. Twice is as once."""
    for service in services:
        rows = WaitingPlace.objects.filter(application=application, service=service)
        if not rows.exists():
            WaitingPlace.objects.create(
                participant_id=application.participant_id, application=application, service=service,
                since=application.submitted_at,
            )  # fmt: skip


def end_places(application: Application) -> None:
    """The person waits for nothing any more that this application opened."""
    for place in WaitingPlace.objects.filter(application=application).exclude(state=WaitingState.ENDED):
        _move(place, WaitingState.ENDED)


def end_other_places(application: Application) -> None:
    """The person wishes for less than before: only what they are still accepted for is waited for."""
    others = WaitingPlace.objects.filter(application=application, state=WaitingState.WAITING)
    for place in others.exclude(service__in=application.accepted_for):
        _move(place, WaitingState.ENDED)


def take_place(participant: Participant, service: str) -> None:
    """They have a place in a group now."""
    for place in WaitingPlace.objects.filter(participant=participant, service=service, state=WaitingState.WAITING):
        _move(place, WaitingState.PLACED)


def wait_again(participant_id: UUID, service: str) -> None:
    """The place is lost or given up; they wait with all the time that they have waited, if the acceptance stands."""
    rows = WaitingPlace.objects.filter(
        participant_id=participant_id, service=service, application__state=ApplicationState.ACCEPTED
    )
    if rows.filter(state=WaitingState.WAITING).exists():
        return
    place = rows.filter(state=WaitingState.PLACED).order_by("-since").first()
    if place is not None:
        _move(place, WaitingState.WAITING)


def _move(place: WaitingPlace, state: WaitingState) -> None:
    assert state in WAITING_TRANSITIONS[WaitingState(place.state)]
    place.state = state
    place.save()


@transaction.atomic
def give_priority(*, place: WaitingPlace, reason: str, until: date, by: User) -> WaitingPlace:
    """Let somebody come first for a while, for a reason that every coordinator of the region reads.

    DomainError: `priority_until` unless it is from today on and within half a year, `priority_reason`,
    `not_waiting`.
    """
    place = _opened(place, by)
    today = timezone.localdate()
    if not today <= until <= today + LONGEST_PRIORITY:
        raise DomainError(_("Choose a day within the next six months."), code="priority_until", field="until")
    if reason not in PriorityReason.values:
        raise DomainError(_("Choose a reason."), code="priority_reason", field="reason")
    place.priority, place.priority_until, place.priority_by = reason, until, by
    return _noted(place)


@transaction.atomic
def end_priority(*, place: WaitingPlace, by: User) -> WaitingPlace:
    """Back to the order by waiting time. DomainError: `not_waiting`."""
    place = _opened(place, by)
    place.priority, place.priority_until, place.priority_by = "", None, None
    return _noted(place)


def _opened(place: WaitingPlace, by: User) -> WaitingPlace:
    lock_participant(place.participant_id)
    fresh: WaitingPlace = WaitingPlace.objects.select_related("participant").get(pk=place.pk)
    require(can_give_priority(by, fresh), "give_priority")
    if fresh.state != WaitingState.WAITING:
        raise DomainError(_("This person does not wait any more. Look at the list as it is now."), code="not_waiting")
    return fresh


def _noted(place: WaitingPlace) -> WaitingPlace:
    place.save()
    audit.record(Action.CHANGE, place, person=place.person_id, purpose=Purpose.GROUPS, fields=("priority",))
    return place
