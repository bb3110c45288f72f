"""Who may do what with an application. Buttons and services ask the same questions."""

from __future__ import annotations

from intake.choices import TRANSITIONS, ApplicationState
from intake.models import Application, KeepApart, Participant, WaitingPlace
from psp.choices import Role
from psp.models import Region, User
from psp.sight import coordinated_regions, sight_of


def can_handle_application(user: User, application: Application) -> bool:
    """Meetings, answers and decisions: a coordinator of the person's region ([domain] "Who uses it")."""
    return application.participant.program_region_id in coordinated_regions(user)


def can_enter_application(user: User, region: Region) -> bool:
    """For somebody on the phone: a coordinator of the region where they live."""
    return region.program_region_id in coordinated_regions(user)


def can_correct_place(user: User, participant: Participant) -> bool:
    """A coordinator of the region in which the file lies now."""
    return participant.program_region_id in coordinated_regions(user)


def can_cancel_meeting(user: User, application: Application) -> bool:
    """A coordinator of the region, or the person, for whom the time does not suit."""
    return application.participant.user_id == user.pk or can_handle_application(user, application)


def is_own_application(user: User, application: Application) -> bool:
    """Booking and moving one's own meeting."""
    return application.participant.user_id == user.pk


def can_offer_times(user: User, coordinator: User) -> bool:
    """Coordinators publish their own times, nobody else's."""
    return user.pk == coordinator.pk and bool(coordinated_regions(user))


def can_take_call(user: User) -> bool:
    """Answering somebody's short call: any coordinator, as a call belongs to no region."""
    return bool(coordinated_regions(user))


def can_withdraw_application(user: User, application: Application) -> bool:
    """The person; a coordinator of the region for somebody who asks by phone."""
    return application.participant.user_id == user.pk or can_handle_application(user, application)


def can_take_up_application(user: User, application: Application) -> bool:
    """Looking again at what was put off: the person as soon as they like, a coordinator of the region."""
    return application.participant.user_id == user.pk or can_handle_application(user, application)


def can_merge_files(user: User, one: Participant, other: Participant) -> bool:
    """A coordinator of the regions of both: nobody learns about a file elsewhere by merging."""
    regions = coordinated_regions(user)
    return one.program_region_id in regions and other.program_region_id in regions


def can_give_priority(user: User, place: WaitingPlace) -> bool:
    """Changing the order of the waiting list: a coordinator of the person's region."""
    return place.participant.program_region_id in coordinated_regions(user)


def can_note_apart(user: User, participant: Participant) -> bool:
    """Noting whom somebody must not meet: a coordinator of their region ([NH] rule 24)."""
    return participant.program_region_id in coordinated_regions(user)


def can_keep_apart(user: User, apart: KeepApart) -> bool:
    """Knowing, changing and ending it: coordinators of the region in which it was noted."""
    return apart.program_region_id in coordinated_regions(user)


def may_become(application: Application, state: ApplicationState) -> bool:
    """Whether the application's state leads there at all."""
    return state in TRANSITIONS[ApplicationState(application.state)]


def can_edit_eligibility(user: User) -> bool:
    """Drafting and publishing criteria: administrators ([domain] "Who uses it")."""
    return sight_of(user).has(Role.ADMINISTRATOR)


def can_set_preferences(user: User, participant: Participant) -> bool:
    """The person; a coordinator of the region for somebody who says it by phone."""
    return participant.user_id == user.pk or participant.program_region_id in coordinated_regions(user)
