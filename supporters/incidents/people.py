"""Whom one may name in a report, who is told of it, and who can be brought in."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q, QuerySet

from intake.models import Participant
from psp.choices import Role
from psp.models import User
from psp.sight import coordinated_regions, sight_of
from supporters.incidents import links as incident_links
from supporters.incidents.choices import Desk
from supporters.incidents.models import Incident
from supporters.incidents.permissions import TEAM
from supporters.models import Pairing, Supporter

LEADING = (Role.SUPPORTER, Role.CLINICIAN)


def colleagues(user: User) -> QuerySet[User]:
    """Those of the team and those who lead whom this account knows: it must be possible to name somebody to whom the
    report would go otherwise. Coordinators are those of the regions where one leads or coordinates, and
    they know those who lead or belong there."""
    team = Q(roles__role=Role.SUPERVISOR) | Q(roles__role=Role.COORDINATOR, roles__region__in=_regions_of(user))
    if regions := coordinated_regions(user):
        here = Q(supporter__program_region__in=regions) | Q(pk__in=incident_links.lead_in(regions))
        team |= Q(roles__role__in=LEADING) & here
    if sight_of(user).has(Role.SUPERVISOR):
        team |= Q(pk__in=Pairing.objects.standing().filter(supervisor=user).values("user"))
    rows: QuerySet[User] = User.objects.filter(team, is_active=True).exclude(pk=user.pk)
    return rows.distinct().order_by("username")


def _regions_of(user: User) -> set[str]:
    own = set(coordinated_regions(user)) | {one.region for one in incident_links.occasions(user)}
    return own | set(Supporter.objects.filter(pk=user.pk).values_list("program_region", flat=True))


def may_name(user: User, people: Collection[UUID]) -> bool:
    """Whether this account sees each of these people anyway."""
    rest = set(people) - {one.user for one in incident_links.people(user)}
    if rest and coordinated_regions(user):
        rest -= set(Participant.objects.in_regions_of(user).filter(user__in=rest).values_list("user", flat=True))
    if rest:
        rest -= set(colleagues(user).filter(pk__in=rest).values_list("pk", flat=True))
    return not rest


def told(incident: Incident) -> QuerySet[User]:
    """Accounts to whom it goes now; never whoever reported it, never somebody whom it touches."""
    found, desks = Q(pk__in=[]), set(incident.goes_to)
    if Desk.COORDINATORS in desks:
        found |= Q(roles__role=Role.COORDINATOR, roles__region=incident.program_region_id)
    if Desk.SUPERVISORS in desks:
        found |= Q(roles__role=Role.SUPERVISOR)
    if Desk.SUPERVISOR in desks:
        theirs = Pairing.objects.standing().filter(user=incident.reporter_id).values("supervisor")
        found |= Q(roles__role=Role.SUPERVISOR, pk__in=theirs)
    if Desk.PRIVACY in desks:
        found |= Q(roles__role=Role.PRIVACY_OFFICER)
    rows: QuerySet[User] = User.objects.filter(found, is_active=True).exclude(Q(pk=incident.reporter_id))
    return rows.exclude(pk__in=incident.people.values("user")).distinct()


def team_of(incident: Incident) -> QuerySet[User]:
    """Who can be brought in: supervisors, privacy officers and coordinators of the region whom it does not touch."""
    here = Q(roles__role=Role.COORDINATOR, roles__region=incident.program_region_id)
    rest = Q(roles__role__in=[role for role in TEAM if role != Role.COORDINATOR])
    rows: QuerySet[User] = User.objects.filter(here | rest, is_active=True)
    touched = incident.people.exclude(user=incident.reporter_id) if incident.reporter_id else incident.people.all()
    return rows.exclude(pk__in=touched.values("user")).distinct().order_by("username")


def owners_of(incident: Incident) -> QuerySet[User]:
    """Whoever may own a step: the team, and whoever reported it."""
    rows: QuerySet[User] = User.objects.filter(
        Q(pk__in=team_of(incident).order_by().values("pk")) | Q(pk=incident.reporter_id), is_active=True
    )
    return rows.order_by("username")
