"""Who may ask, take back, answer and add a note."""

from __future__ import annotations

from privacy.models import RightsRequest
from psp.choices import Role
from psp.models import User
from psp.sight import coordinated_regions, sight_of


def can_ask_for_rights(by: User, person: User) -> bool:
    return by.pk == person.pk


def can_take_back_request(by: User, request: RightsRequest) -> bool:
    return by.pk == request.person_id and request.recorded_by_id is None


def can_annotate_request(by: User, request: RightsRequest) -> bool:
    return by.pk == request.person_id


def can_answer_correction(by: User, request: RightsRequest) -> bool:
    """A coordinator of the person's region."""
    file = getattr(request.person, "participant", None)
    return file is not None and file.program_region_id in coordinated_regions(by)


def can_break_glass(by: User, program_region_code: str) -> bool:
    """Opening a file elsewhere for an hour: any coordinator, where the usual way is closed."""
    regions = coordinated_regions(by)
    return bool(regions) and program_region_code not in regions


def can_run_office(by: User) -> bool:
    """Everything on the privacy officer's own pages."""
    return sight_of(by).has(Role.PRIVACY_OFFICER)


def can_approve_notices(by: User) -> bool:
    """A second person beside the one who prepared them."""
    return sight_of(by).has(Role.PRIVACY_OFFICER, Role.ADMINISTRATOR)
