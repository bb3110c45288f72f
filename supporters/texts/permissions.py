"""Who edits the texts, and who is asked to agree to which."""

from __future__ import annotations

from psp.choices import Role
from psp.models import User
from psp.sight import sight_of
from supporters.choices import TextKind

# By role, in the order in which somebody who holds several is asked.
ASKED: dict[TextKind, tuple[str, ...]] = {
    TextKind.AGREEMENT_SUPPORTER: (Role.SUPPORTER,),
    TextKind.AGREEMENT_STAFF: (Role.CLINICIAN, Role.SUPERVISOR, Role.COORDINATOR),
}


def can_edit_program_texts(by: User) -> bool:
    """Administrators, as for every text that holds for the whole program."""
    return sight_of(by).has(Role.ADMINISTRATOR)


def can_acknowledge_for(by: User, user: User) -> bool:
    """Each for themselves: nobody agrees in somebody else's name."""
    return by.pk == user.pk
