"""Who may change how somebody is reached."""

from __future__ import annotations

from psp.models import User
from psp.sight import coordinated_regions


def can_set_safe_contact(by: User, person: User) -> bool:
    """The person; or a coordinator of their region, whom they told on the phone."""
    if by.pk == person.pk:
        return True
    file = getattr(person, "participant", None)
    return file is not None and file.program_region_id in coordinated_regions(by)
