"""Lets the privacy officer's pages speak of participants by their reference."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from intake.desk import reference_of
from intake.models import Application, IntakeMeeting, Participant
from privacy.people import Directory, add_directory
from psp.audit.subjects import add_subject


def find(text: str) -> UUID | None:
    return Participant.objects.filter(reference=reference_of(text)).values_list("user_id", flat=True).first()


def labels(ids: Iterable[UUID]) -> dict[UUID, str]:
    return dict(Participant.objects.filter(user_id__in=ids).values_list("user_id", "reference"))


def regions(ids: Iterable[UUID]) -> dict[UUID, str]:
    return dict(Participant.objects.filter(user_id__in=ids).values_list("user_id", "program_region_id"))


def subject_of(route: str, key: UUID) -> UUID | None:
    """Whose file an address of the desk names: by the file, an application or an intake meeting."""
    if not route.startswith("desk:"):
        return None
    rows = Participant.objects.filter(
        Q(pk=key)
        | Q(pk__in=Application.objects.filter(pk=key).values("participant"))
        | Q(pk__in=IntakeMeeting.objects.filter(pk=key).values("application__participant"))
    )
    return rows.values_list("user_id", flat=True).first()


def register() -> None:
    add_directory(Directory(find, labels, regions))
    add_subject(subject_of)
