"""Who may report, and who may work on what was reported."""

from __future__ import annotations

from typing import Any

from psp.choices import Role
from psp.sight import coordinated_regions, sight_of
from supporters.incidents.choices import Desk
from supporters.incidents.models import Incident

REPORTING = (Role.SUPPORTER, Role.CLINICIAN, Role.SUPERVISOR, Role.COORDINATOR)
# Who can be brought in, and own a step, beside those who have a part already.
TEAM = (Role.SUPERVISOR, Role.COORDINATOR, Role.PRIVACY_OFFICER)


def can_report_incident(user: Any) -> bool:
    return sight_of(user).has(*REPORTING)


def can_work_on_incident(user: Any, incident: Incident) -> bool:
    """Take it, give out its steps, note the follow-up, close it: those of the team who have a part. Whoever only
    reported it does not."""
    if not sight_of(user).has(*TEAM):
        return False
    return bool(Incident.objects.worked_on_by(user).filter(pk=incident.pk).exists())


def can_do_step(user: Any, incident: Incident, owner_id: Any) -> bool:
    return owner_id == user.pk or can_work_on_incident(user, incident)


def can_keep_apart_for(user: Any, incident: Incident) -> bool:
    """Coordinators of the region who have a part: nobody else ever learns of it ([NH] rule 24)."""
    return incident.program_region_id in coordinated_regions(user) and can_work_on_incident(user, incident)


def can_note_breach_for(user: Any, incident: Incident) -> bool:
    """The register of breaches is the privacy officer's."""
    here = sight_of(user).has(Role.PRIVACY_OFFICER) and Desk.PRIVACY in incident.goes_to
    return here and can_work_on_incident(user, incident)
