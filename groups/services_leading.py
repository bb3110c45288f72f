"""How and when somebody can lead: said by themselves alone. A pause needs no reason, and has no field for one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from groups.models import LeadProfile
from groups.permissions import can_set_lead_times
from intake.choices import Modality
from intake.services_preferences import chosen, week
from intake.zones import known_zones
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Language
from psp.errors import DomainError, require
from psp.models import Region, User

MOST_GROUPS = 10


def profile_of(user: User) -> LeadProfile:
    """The stored one, or an empty one that is not stored yet."""
    return LeadProfile.objects.filter(pk=user.pk).first() or LeadProfile(user=user)


@transaction.atomic
def set_lead_times(
    *, user: User, by: User, languages: Collection[str], modalities: Collection[str], region: Region | None,
    availability: Iterable[Sequence[int]], max_groups: int, time_zone: str = "",
) -> LeadProfile:  # fmt: skip
    """Keep these answers. In person needs the province where one leads.

    DomainError: `unknown_choice`, `bad_week`, `region`, `max_groups`, `unknown_zone`.
    """
    require(can_set_lead_times(by, user), "set_lead_times")
    account: User = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    profile = profile_of(account)
    profile.languages = chosen(Language.values, languages, "languages")
    profile.modalities = chosen(Modality.values, modalities, "modalities")
    profile.availability = week(availability)
    profile.max_groups = _most(max_groups)
    _keep_region(profile, region)
    profile.save()
    _keep_zone(account, time_zone)
    audit.record(Action.CHANGE, profile, person=account.pk, purpose=Purpose.OWN)
    return profile


@transaction.atomic
def pause_leading(*, user: User, by: User, on: bool) -> LeadProfile:
    """Be proposed for no group until one says otherwise. Groups that are led already go on as they are."""
    require(can_set_lead_times(by, user), "set_lead_times")
    account: User = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    profile = profile_of(account)
    profile.paused = on
    profile.save()
    audit.record(Action.CHANGE, profile, person=account.pk, purpose=Purpose.OWN, fields=("paused",))
    return profile


def _most(number: int) -> int:
    if not 0 <= number <= MOST_GROUPS:
        message = _("Choose a number from %(least)d to %(most)d.") % {"least": 0, "most": MOST_GROUPS}
        raise DomainError(message, code="max_groups", field="max_groups")
    return number


def _keep_region(profile: LeadProfile, region: Region | None) -> None:
    if region is None and Modality.IN_PERSON in profile.modalities:
        raise DomainError(_("Choose where you could lead in person."), code="region", field="region")
    profile.region = region


def _keep_zone(user: User, zone: str) -> None:
    """The clock by which the week is read."""
    if zone and zone not in known_zones():
        raise DomainError(_("Choose a time from the list."), code="unknown_zone", field="time_zone")
    if zone and zone != user.time_zone:
        user.time_zone = zone
        user.save(update_fields=["time_zone"])
