"""Who may ask, take back, answer and add a note."""

from __future__ import annotations

from uuid import UUID

from privacy.choices import DECIDERS, RequestKind
from privacy.models import Erasure, RightsRequest, StandingApproval
from psp.choices import Role
from psp.models import User
from psp.sight import coordinated_regions, sight_of


def can_ask_for_rights(by: User, person: User) -> bool:
    return by.pk == person.pk


def can_take_back_request(by: User, request: RightsRequest) -> bool:
    """The person what they asked themselves, and a deletion whoever wrote it down: it must be theirs to stop."""
    stops = request.recorded_by_id is None or request.kind == RequestKind.ERASURE
    return by.pk == request.person_id and stops


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


def can_be_second(by: User, first: UUID | None = None) -> bool:
    """The second of two: another privacy officer, or an administrator; never whoever began."""
    return sight_of(by).has(*DECIDERS) and by.pk != first


def can_give_standing(by: User, standing: StandingApproval | None) -> bool:
    """An officer begins; the same people as for each disposal may be the second."""
    return can_run_office(by) if standing is None else can_be_second(by)


def can_prepare_erasure(by: User) -> bool:
    return sight_of(by).has(*DECIDERS)


def can_approve_erasure(by: User, erasure: Erasure) -> bool:
    """Never the one who prepared it, never the person."""
    return can_be_second(by, erasure.prepared_by_id) and by.pk not in {erasure.person, *erasure.also}
