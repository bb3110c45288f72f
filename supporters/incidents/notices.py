"""Telling that something waits, and no more; and telling more people where nobody takes it ([NH] rule 33)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, Value
from django.utils import timezone

from contact.models import OutboxMessage
from contact.registry import add_guard, add_planner
from contact.services import queue_message
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from supporters.incidents.choices import Desk, IncidentState
from supporters.incidents.models import Incident, IncidentStep
from supporters.incidents.people import told

WAITS, STEP = "something_waits", "something_waits"
USEFUL_FOR = timedelta(days=3)
EVERYBODY = (Desk.SUPERVISORS, Desk.COORDINATORS)


def tell(incident: Incident) -> int:
    """One message to everybody to whom it goes and who had none yet; how many people that are."""
    people = list(told(incident))
    for person in people:
        queue_message(
            person=person, template=WAITS, key=f"incident|{incident.pk}|{person.pk}",
            context={"incident": str(incident.pk)}, useful_until=timezone.now() + USEFUL_FOR,
        )  # fmt: skip
    return len(people)


def tell_owner(step: IncidentStep) -> None:
    """Whoever got a step from somebody else looks at their page."""
    if step.owner is not None:
        queue_message(
            person=step.owner, template=STEP, key=f"incident_step|{step.pk}|{step.owner_id}",
            context={"step": str(step.pk)}, useful_until=timezone.now() + USEFUL_FOR,
        )  # fmt: skip


def still_waits(message: OutboxMessage) -> bool:
    """Nobody takes care of it yet, and it still goes to this account; or the step is still theirs to do."""
    if "step" in message.context:
        steps = IncidentStep.objects.to_do().filter(pk=message.context["step"], owner=message.person_id)
        return steps.exists()
    found = Incident.objects.waiting().filter(pk=message.context.get("incident")).first()
    return found is not None and told(found).filter(pk=message.person_id).exists()


def widen_in_time(now: datetime) -> int:
    """What nobody took within the hours of its kind goes to all supervisors and all coordinators of the region."""
    hours = ExpressionWrapper(F("kind__hours") * Value(timedelta(hours=1)), output_field=DurationField())
    late = Incident.objects.waiting().filter(widened_at__isnull=True, reported_at__lte=now - hours)
    return sum(_widen(key, now) for key in late.order_by("reported_at").values_list("pk", flat=True))


@transaction.atomic
def _widen(key: object, now: datetime) -> int:
    found = Incident.objects.select_for_update(of=("self",)).get(pk=key)
    if found.state != IncidentState.REPORTED or found.widened_at is not None:
        return 0
    found.widened_at, found.goes_to = now, wider(found.goes_to)
    found.save(update_fields=["widened_at", "goes_to"])
    audit.record(Action.CHANGE, found, person=found.reporter_id, purpose=Purpose.CARE, fields=("goes_to",))
    tell(found)
    return 1


def wider(desks: list[str]) -> list[str]:
    return list(dict.fromkeys([*desks, *EVERYBODY]))


def register() -> None:
    add_guard(WAITS, still_waits)
    add_planner(widen_in_time)
