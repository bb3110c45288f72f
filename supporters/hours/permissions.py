"""Who may do what with hours, leave, limits and the pay file; for services and buttons alike."""

from __future__ import annotations

from typing import Any

from privacy.choices import DECIDERS
from psp.choices import Role
from psp.models import User
from psp.sight import sight_of
from supporters.choices import SupporterState
from supporters.hours.choices import HOURS_ROLES
from supporters.joining.permissions import is_on_the_way
from supporters.models import Pairing, Supporter


def can_keep_hours(by: User, user: User) -> bool:
    """One's own, as somebody who leads."""
    return by.pk == user.pk and sight_of(by).has(*HOURS_ROLES)


def can_note_hours(by: User, user: User) -> bool:
    """One's own: as somebody who leads, or who has ended the role and is still to be paid for the last of it."""
    return can_keep_hours(by, user) or (by.pk == user.pk and has_ended(by))


def has_ended(user: Any) -> bool:
    """An account without a role any more, that was a peer supporter's."""
    ended = Supporter.objects.filter(pk=user.pk, state=SupporterState.ENDED)
    return is_on_the_way(user) and ended.exists()


def can_decide_for(by: User, user: User) -> bool:
    """Whoever supervises them now; where nobody does, or whoever did has not the role any more, any supervisor: pay
    waits for no pairing. Never oneself."""
    if by.pk == user.pk or not sight_of(by).has(Role.SUPERVISOR):
        return False
    now = Pairing.objects.current().filter(user=user).values_list("supervisor_id", flat=True).first()
    return now is None or now == by.pk


def can_agree_with(by: User, user: User) -> bool:
    """Only whoever supervises them now: here nobody stands in."""
    if by.pk == user.pk or not sight_of(by).has(Role.SUPERVISOR):
        return False
    return Pairing.objects.standing().filter(user=user, supervisor=by).exists()


def can_make_pay_file(by: Any) -> bool:
    return sight_of(by).has(Role.ADMINISTRATOR)


def can_agree_to_pay_file(by: Any) -> bool:
    """One of those who may be the second of two ([security] 31)."""
    return sight_of(by).has(*DECIDERS)
