"""What a person would like, changed by the person or, during a call, by a coordinator of their region."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from intake.choices import Composition, Modality, Service, careful
from intake.models import Application, Participant, Preferences
from intake.models_preferences import ACCESSIBILITY_LENGTH
from intake.permissions import can_set_preferences
from intake.services_waiting import end_other_places
from intake.week import is_week, merged
from intake.zones import known_zones
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Language
from psp.errors import DomainError, require
from psp.models import User


def preferences_of(participant: Participant) -> Preferences:
    """The stored ones, or empty ones that are not stored yet."""
    found: Preferences | None = Preferences.objects.filter(participant=participant).first()
    return found or Preferences(participant=participant, person_id=participant.user_id)


@transaction.atomic
def set_preferences(
    *,
    participant: Participant,
    by: User,
    languages: Collection[str],
    compositions: Collection[str],
    availability: Iterable[Sequence[int]],
    accessibility: str,
    modalities: Collection[str] | None = None,
    services: Collection[str] | None = None,
    time_zone: str = "",
) -> Preferences:
    """Keep these wishes. `modalities` and `services` stay as they are when None, and the zone when empty.

    Somebody who no longer wishes a service leaves its waiting list; a new wish waits for the coordinator.
    DomainError: `unknown_choice`, `bad_week`, `unknown_zone`, `too_long`, `no_modality`, `no_service`.
    """
    file = Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=participant.pk)
    require(can_set_preferences(by, file), "set_preferences")
    wishes = preferences_of(file)
    wishes.languages = chosen(Language.values, languages, "languages")
    wishes.compositions = company(compositions)
    wishes.availability = week(availability)
    wishes.accessibility = short(accessibility)
    wishes.save()
    _keep_modalities(file, modalities)
    purpose = Purpose.OWN if by.pk == file.user_id else Purpose.INTAKE
    _keep_services(file, services, purpose)
    _keep_zone(file.user, time_zone)
    audit.record(Action.CHANGE, wishes, person=file.user_id, purpose=purpose)
    return wishes


def chosen(known: Collection[str], codes: Collection[str], field: str) -> list[str]:
    """`codes` in the order of `known`, each once."""
    if not set(codes) <= set(known):
        raise DomainError(_("Choose an answer of the list."), code="unknown_choice", field=field)
    return [code for code in known if code in codes]


def company(compositions: Collection[str]) -> list[str]:
    return careful(chosen(Composition.values, compositions, "compositions"))


def week(availability: Iterable[Sequence[int]]) -> list[list[int]]:
    """Merged intervals as they are stored."""
    found = [list(span) for span in availability]
    if not all(is_week([span]) for span in found):
        raise DomainError(_("Choose times of the grid."), code="bad_week", field="availability")
    return [list(span) for span in merged(found)]


def short(text: str) -> str:
    if len(text.strip()) > ACCESSIBILITY_LENGTH:
        raise DomainError(_("Please write less here."), code="too_long", field="accessibility")
    return text.strip()


def _keep_modalities(participant: Participant, modalities: Collection[str] | None) -> None:
    if modalities is None:
        return
    found = chosen(Modality.values, modalities, "modalities")
    if not found:
        raise DomainError(_("Choose at least one way."), code="no_modality", field="modalities")
    if found != participant.modalities:
        participant.modalities = found
        participant.save()


def _keep_services(participant: Participant, services: Collection[str] | None, purpose: Purpose) -> None:
    """The standing application says what is wished; its history keeps what was sent and what was decided."""
    if services is None:
        return
    found = chosen(Service.values, services, "services")
    if not found:
        raise DomainError(_("Choose at least one."), code="no_service", field="services")
    for application in Application.objects.select_for_update(of=("self",)).standing().filter(participant=participant):
        if found != application.services:
            _stays_accepted(application, found)
            application.services = found
            application.accepted_for = [service for service in application.accepted_for if service in found]
            application.revision += 1
            application.save()
            end_other_places(application)
            audit.record(
                Action.CHANGE, application, person=participant.user_id, purpose=purpose,
                fields=("services", "accepted_for"),
            )  # fmt: skip


def _stays_accepted(application: Application, wished: Collection[str]) -> None:
    """Without any service that they were accepted for, somebody would wait nowhere, and nobody would notice."""
    if application.accepted_for and not set(application.accepted_for) & set(wished):
        raise DomainError(
            _("Keep at least one of the services that you were accepted for. If none of them suits you any more, tell"
              " us under “My rights”, and we look for another way with you."), code="none_accepted", field="services",
        )  # fmt: skip


def _keep_zone(user: User, zone: str) -> None:
    """The person's clock: their availability and their safe hours are read by it."""
    if zone and zone not in known_zones():
        raise DomainError(_("Choose a time from the list."), code="unknown_zone", field="time_zone")
    if zone and zone != user.time_zone:
        user.time_zone = zone
        # Nothing else: whoever closes the account or ends its sessions at this moment must not be undone.
        user.save(update_fields=["time_zone"])
