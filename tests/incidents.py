"""Something that happened, for tests: reported as somebody who leads does on a phone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from groups.models import PeerGroup
from intake.models import Participant
from psp.choices import Kind, Role
from psp.models import ProgramRegion, User
from supporters.incidents.models import Incident, IncidentKind
from supporters.incidents.services import report_incident, take_incident
from supporters.models import Pairing, Supporter
from tests import factories as make


def a_supervisor(**fields) -> User:
    return make.with_role(make.a_user(**fields), Role.SUPERVISOR)


def a_lead(region: str = "QC", *, supervisor: User | None = None, **fields) -> User:
    """Somebody who leads, with a file as a supporter; `supervisor`: at their side since today."""
    lead = make.a_newcomer(**fields)
    Supporter.objects.create(user=lead, program_region=ProgramRegion.objects.get(code=region), state="active")
    if supervisor is not None:
        Pairing.objects.create(user=lead, supervisor=supervisor)
    return lead


def a_led_group(coordinator: User, lead: User, *, members: int = 2, **fields) -> PeerGroup:
    """A group of the coordinator's region that `lead` leads, with so many members."""
    from groups.models import GroupLead

    group = make.a_formal_group(coordinator, members=members, leads=0, **fields)
    GroupLead.objects.create(group=group, user=lead, role="facilitator")
    return group


def members_of(group: PeerGroup) -> list[Participant]:
    rows = group.memberships.select_related("participant__user").order_by("joined_at", "pk")
    return [row.participant for row in rows]


def an_incident(by: User, kind: str = "risk", *, people: Iterable[User] = (), **fields) -> Incident:
    """Reported an hour after it happened."""
    values = {"happened_at": timezone.now() - timedelta(hours=1), "sent_key": uuid4()} | fields
    return report_incident(
        by=by, kind=IncidentKind.objects.get(pk=kind), people=[one.pk for one in people], **values
    )  # fmt: skip


def a_taken_incident(by: User, taker: User, kind: str = "risk", **fields) -> Incident:
    return take_incident(incident=an_incident(by, kind, **fields), by=taker)


def everybody_else() -> dict[str, User]:
    """Those who must never learn of an incident in Quebec in which they have no part."""
    return {
        "coordinator elsewhere": make.a_coordinator("ON"), "analyst": make.an_analyst(),
        "administrator": make.with_role(make.a_user(), Role.ADMINISTRATOR),
        "another lead": a_lead(), "clinician": make.a_clinician(),
        "participant": make.a_participant().user, "account without a role": make.a_user(kind=Kind.STAFF),
    }  # fmt: skip
