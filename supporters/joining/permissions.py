"""Who may do what on somebody's way to leading. Buttons and services ask the same questions."""

from __future__ import annotations

from typing import Any

from psp.choices import Kind, Role
from psp.models import User
from psp.sight import coordinated_regions, sight_of
from supporters.choices import SupporterState
from supporters.models import Interest, Readiness, Supporter


def is_supervisor(user: Any) -> bool:
    return sight_of(user).has(Role.SUPERVISOR)


def is_on_the_way(user: Any) -> bool:
    """An account of a peer supporter that has no role: somebody who is joining, or who has ended the role."""
    return bool(getattr(user, "kind", "") == Kind.SUPPORTER and not sight_of(user).grants)


def can_say_interest(user: User) -> bool:
    return user.kind == Kind.PARTICIPANT


def can_note_interest(user: User) -> bool:
    return is_supervisor(user)


def can_take_up(user: User, interest: Interest) -> bool:
    return is_supervisor(user) and interest.user_id != user.pk


def can_drop_interest(user: User, interest: Interest) -> bool:
    """The own one at any time. What a supervisor noted of somebody from outside, any supervisor."""
    return interest.user_id == user.pk or (interest.user_id is None and is_supervisor(user))


def can_review(user: User, supporter: Supporter) -> bool:
    """A supervisor who may see them, and never the person themselves ([NH] rule 28)."""
    seen = Supporter.objects.visible_to(user).filter(pk=supporter.pk)
    here = supporter.state != SupporterState.ENDED
    return here and is_supervisor(user) and supporter.user_id != user.pk and seen.exists()


def can_mend_review(user: User, readiness: Readiness) -> bool:
    return is_supervisor(user) and readiness.reviewer_id == user.pk


def can_comment(user: User, readiness: Readiness) -> bool:
    return readiness.user_id == user.pk


def can_begin(user: User, supporter: Supporter) -> bool:
    return can_review(user, supporter)


def can_end(user: User, supporter: Supporter) -> bool:
    """The person at any time; a supervisor who may see them."""
    seen = Supporter.objects.visible_to(user).filter(pk=supporter.pk)
    return supporter.user_id == user.pk or (is_supervisor(user) and seen.exists())


def can_agree_for(user: User, region: str) -> bool:
    """To note that two people said they would meet again: a coordinator of the participant's region."""
    return region in coordinated_regions(user)
