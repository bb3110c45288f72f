"""Who may ask, take back, answer and add a note."""

from __future__ import annotations

from privacy.models import RightsRequest
from psp.models import User
from psp.sight import coordinated_regions


def can_ask_for_rights(by: User, person: User) -> bool:
    return by.pk == person.pk


def can_take_back_request(by: User, request: RightsRequest) -> bool:
    return by.pk == request.person_id


def can_annotate_request(by: User, request: RightsRequest) -> bool:
    return by.pk == request.person_id


def can_answer_correction(by: User, request: RightsRequest) -> bool:
    """A coordinator of the person's region."""
    file = getattr(request.person, "participant", None)
    return file is not None and file.program_region_id in coordinated_regions(by)
