"""Who may do what with an application. Buttons and services ask the same questions."""

from __future__ import annotations

from intake.choices import TRANSITIONS, ApplicationState
from intake.models import Application, Participant
from psp.models import User
from psp.sight import coordinated_regions


def can_handle_application(user: User, application: Application) -> bool:
    """Meetings, answers and decisions: a coordinator of the person's region ([domain] "Who uses it")."""
    return application.participant.program_region_id in coordinated_regions(user)


def can_withdraw_application(user: User, application: Application) -> bool:
    """The person; a coordinator of the region for somebody who asks by phone."""
    return application.participant.user_id == user.pk or can_handle_application(user, application)


def can_open_file(user: User, participant: Participant) -> bool:
    return participant.user_id == user.pk or participant.program_region_id in coordinated_regions(user)


def may_become(application: Application, state: ApplicationState) -> bool:
    """Whether the application's state leads there at all."""
    return state in TRANSITIONS[ApplicationState(application.state)]
