"""Who may change how somebody is reached."""

from __future__ import annotations

from psp.models import User
from psp.sight import coordinated_regions


def can_set_safe_contact(by: User, person: User) -> bool:
    """The person; or a coordinator of their region, whom they told on the phone."""
    return by.pk == person.pk or can_work_calls_of(by, person)


def can_work_calls_of(by: User, person: User) -> bool:
    """A coordinator of the person's region: calls them, and sees to messages that did not arrive."""
    file = getattr(person, "participant", None)
    return file is not None and file.program_region_id in coordinated_regions(by)
