"""People on the way to leading, for tests that begin somewhere on it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from psp.choices import Kind, Role
from psp.models import ProgramRegion, User
from supporters.choices import Outcome, ReadyFor
from supporters.joining.services_interest import note_interest
from supporters.models import Interest, Pairing, Readiness, ReadinessCriterion, Supporter
from tests import factories

NAME, ADDRESS = "Camille of the hills", "new.role@example.org"


def a_supervisor(**fields: Any) -> User:
    return factories.with_role(factories.a_user(**fields), Role.SUPERVISOR)


def somebody_joining(region: str = "QC", *, supervisor: User | None = None, **fields: Any) -> Supporter:
    """An account without any role, and the row that says where they are; with a supervisor where one is given."""
    user = factories.a_user(kind=Kind.SUPPORTER, **fields)
    made = Supporter.objects.create(user=user, program_region=ProgramRegion.objects.get(code=region))
    if supervisor is not None:
        Pairing.objects.create(user=user, supervisor=supervisor)
    return made


def an_interest(supervisor: User, *, name: str = NAME, address: str = ADDRESS, language: str = "en") -> Interest:
    region = ProgramRegion.objects.get(code="QC")
    return note_interest(by=supervisor, name=name, address=address, language=language, program_region=region)


def a_conversation(
    user: User, reviewer: User, *, step: str = ReadyFor.TRAINING, ready: bool = True, **fields: Any
) -> Readiness:
    """Written straight to the table: for tests that are not about holding it."""
    today = timezone.localdate()
    came_to = {"outcome": Outcome.READY} if ready else {
        "outcome": Outcome.NOT_NOW, "look_again_on": today + timedelta(days=30)
    }  # fmt: skip
    return Readiness.objects.create(
        user=user, reviewer=reviewer, ready_for=step, **{"held_on": today, **came_to, **fields}
    )


def things_of_joining(supervisor: User, supporter: User) -> dict[str, Any]:
    """For the access matrix: of this supervisor and this supporter ("here"), and of others ("there")."""
    other = a_supervisor()
    here, there = somebody_joining(), somebody_joining(supervisor=other)
    Supporter.objects.get_or_create(user=supporter, defaults={"program_region_id": "QC", "state": "active"})
    criterion = ReadinessCriterion.objects.get(pk="support")
    criterion.save()
    return {
        "history_supporters_readinesscriterion_object": criterion,
        "history_supporters_readinesscriterion": criterion.history.first(),
        "interest_noted": an_interest(other), "joining_here": here, "joining_there": there,
        "conversation_here": a_conversation(here.user, supervisor),
        "conversation_there": a_conversation(there.user, other),
        "conversation_mine": a_conversation(supporter, other),
    }  # fmt: skip
