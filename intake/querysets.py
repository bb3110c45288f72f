"""Who sees which files, and the vocabulary of the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, ExpressionWrapper, OuterRef, Q

from consent.choices import ConsentPurpose
from consent.querysets import agrees
from intake.choices import ENDED, OPEN_STATES, ApplicationState, MeetingState, WaitingState
from privacy.models_glass import GlassGrant
from psp.choices import Role
from psp.models import RoleAssignment
from psp.sight import coordinated_regions

if TYPE_CHECKING:
    from datetime import date, datetime


class EligibilityVersionQuerySet(models.QuerySet[Any]):
    def in_force(self, on: date) -> EligibilityVersionQuerySet:
        """Published and begun, the one that holds on `on` first."""
        return self.filter(published_at__isnull=False, valid_from__lte=on).order_by("-valid_from", "-number")


class ParticipantQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> ParticipantQuerySet:
        """The own file; for coordinators, the files of their regions ([domain] "Who uses it")."""
        if not user.is_authenticated:
            return self.none()
        mine = Q(user_id=user.pk) | Q(program_region__in=coordinated_regions(user))
        return self.filter(mine, emptied_at__isnull=True)

    def in_regions_of(self, user: Any) -> ParticipantQuerySet:
        """Files of the regions that this account coordinates, each person once; for the desk."""
        return self.with_merged_in_regions_of(user).filter(merged_into__isnull=True)

    def with_merged_in_regions_of(self, user: Any) -> ParticipantQuerySet:
        """The same with the files that count with another one of the same person. Emptied ones are nobody's."""
        return self.filter(program_region__in=coordinated_regions(user), emptied_at__isnull=True)

    def outside_regions_of(self, user: Any) -> ParticipantQuerySet:
        """Files that count, of every other region: to learn that there is one, never to list or open them."""
        elsewhere = self.exclude(program_region__in=coordinated_regions(user))
        return elsewhere.filter(merged_into__isnull=True, emptied_at__isnull=True)

    def opened_by_glass(self, user: Any, now: datetime) -> ParticipantQuerySet:
        """Files that this account has opened from another region and may read until the hour is over.

        One page asks this (`intake.views_glass`). `visible_to` and `in_regions_of`, from which every change starts,
        stay as narrow as the regions.
        """
        return self.filter(user__glass_grants__in=GlassGrant.objects.made_by(user).live(now))

    def taking_part(self, on: date | None = None) -> ParticipantQuerySet:
        """Consent to taking part is in force (today)."""
        return self.filter(agrees(ConsentPurpose.TAKING_PART, "user_id", on=on))

    def accepted_for(self, service: str) -> ParticipantQuerySet:
        """Accepted for this service, with consent in force: may have a place in a group of this kind."""
        return self.taking_part().filter(
            applications__state=ApplicationState.ACCEPTED, applications__accepted_for__contains=[service]
        )

    def waiting_for(self, service: str, on: date | None = None) -> ParticipantQuerySet:
        """On the waiting list for this service, with consent in force (today)."""
        return self.taking_part(on).filter(waiting_places__service=service, waiting_places__state=WaitingState.WAITING)


class ApplicationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> ApplicationQuerySet:
        if not user.is_authenticated:
            return self.none()
        regions = coordinated_regions(user)
        return self.filter(Q(participant__user_id=user.pk) | Q(participant__program_region__in=regions))

    def in_regions_of(self, user: Any) -> ApplicationQuerySet:
        """Applications of the regions that this account coordinates; for the desk.

        One that rests in a file which counts with another one waits for nobody, and is left out.
        """
        return self.filter(desk_region__in=coordinated_regions(user))

    def open(self) -> ApplicationQuerySet:
        """Waiting for somebody to act."""
        return self.filter(state__in=OPEN_STATES)

    def standing(self) -> ApplicationQuerySet:
        """Open, accepted or put off: something still goes on from here."""
        return self.exclude(state__in=ENDED)

    def to_look_at_again(self, today: date) -> ApplicationQuerySet:
        """Put off until today or earlier; the longest due first."""
        due: ApplicationQuerySet = self.filter(state=ApplicationState.DEFERRED, look_again_on__lte=today)
        return due.order_by("look_again_on", "pk")

    def overdue(self, since: datetime, now: datetime) -> ApplicationQuerySet:
        """Open, nobody acted since `since`, and no meeting is still to come: nobody may fall out."""
        return self.open().filter(~self._coming(now), last_action_at__lt=since)

    def with_late(self, since: datetime, now: datetime) -> ApplicationQuerySet:
        """Adds `late`: whether it is among those of `overdue`."""
        is_late = Q(state__in=OPEN_STATES, last_action_at__lt=since) & ~self._coming(now)
        found: ApplicationQuerySet = self.annotate(late=ExpressionWrapper(is_late, models.BooleanField()))
        return found

    def _coming(self, now: datetime) -> Exists:
        """Whether a meeting is set and not over."""
        meetings = self.model._meta.get_field("meetings").related_model.objects
        return Exists(meetings.filter(application=OuterRef("pk"), state=MeetingState.SET, ends_at__gte=now))


class MeetingQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> MeetingQuerySet:
        if not user.is_authenticated:
            return self.none()
        person = Q(application__participant__user_id=user.pk)
        return self.filter(person | Q(application__participant__program_region__in=coordinated_regions(user)))

    def unattended(self) -> MeetingQuerySet:
        """Set with somebody who does not coordinate the person's region any more: nobody would come."""
        region = OuterRef("application__participant__program_region")
        return self.filter(
            ~Exists(_coordinating(OuterRef("coordinator")).filter(region=region)), state=MeetingState.SET
        )


def _coordinating(user: Any) -> models.QuerySet[Any]:
    """The roles by which this account coordinates a region now."""
    return RoleAssignment.objects.filter(
        user=user, user__is_active=True, role=Role.COORDINATOR, region__isnull=False
    )  # fmt: skip


class WishQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> WishQuerySet:
        if not user.is_authenticated:
            return self.none()
        person = Q(application__participant__user_id=user.pk)
        return self.filter(person | Q(application__participant__program_region__in=coordinated_regions(user)))


class CallQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> CallQuerySet:
        """Short calls are seen by the coordinator who takes them, and by nobody else."""
        return self.filter(coordinator_id=user.pk) if user.is_authenticated else self.none()

    def unattended(self) -> CallQuerySet:
        """Booked with somebody who coordinates no region any more. It belongs to no region, so any may take it."""
        return self.filter(~Exists(_coordinating(OuterRef("coordinator"))))


class PreferencesQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> PreferencesQuerySet:
        """As the file to which they belong."""
        if not user.is_authenticated:
            return self.none()
        regions = coordinated_regions(user)
        return self.filter(Q(person_id=user.pk) | Q(participant__program_region__in=regions))


class MergeQuerySet(models.QuerySet[Any]):
    def in_regions_of(self, user: Any) -> MergeQuerySet:
        """Merges of files that are both in the regions of this account."""
        regions = coordinated_regions(user)
        return self.filter(kept__program_region__in=regions, merged__program_region__in=regions)

    def standing(self) -> MergeQuerySet:
        return self.filter(undone_at__isnull=True)

    def can_be_undone(self, since: datetime) -> MergeQuerySet:
        """Made since `since` and not final yet."""
        return self.standing().filter(final_at__isnull=True, at__gte=since)
