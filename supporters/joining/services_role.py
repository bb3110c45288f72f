"""The role begins, ends and begins again. No reason is asked, and there is no field for one."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import DomainError, require
from psp.models import RoleAssignment, User
from supporters import hooks
from supporters.choices import SUPPORTER_TRANSITIONS, SupporterState
from supporters.joining.permissions import can_begin, can_end
from supporters.joining.services_readiness import may_begin
from supporters.models import Supporter


@transaction.atomic
def begin_leading(*, supporter: Supporter, by: User) -> Supporter:
    """From now on a peer supporter, with the role. Whether they may lead a given group is asked each time anew.

    DomainError: `not_ready`, where no conversation before leading says so since they are on this way; `state`.
    """
    user, found = _locked(supporter)
    require(can_begin(by, found), "begin_leading")
    if found.state == SupporterState.JOINING and not may_begin(found):
        raise DomainError(_("First comes the conversation before leading, with “Ready”."), code="not_ready")
    _move(found, SupporterState.ACTIVE, by)
    for role in [] if user.roles.filter(role=Role.SUPPORTER).exists() else [Role.SUPPORTER]:
        given = RoleAssignment.objects.create(user=user, role=role)
        audit.record(Action.CREATE, given, person=user.pk, purpose=Purpose.CARE)
    return found


@transaction.atomic
def end_role(*, supporter: Supporter, by: User) -> Supporter:
    """At any time, by the person or by a supervisor. Their groups stay; who leads them next is a task of its own.

    The role goes and every session of the account ends. Doing it twice is doing it once.
    """
    user, found = _locked(supporter)
    require(can_end(by, found), "end_role")
    if found.state == SupporterState.ENDED:
        return found
    _move(found, SupporterState.ENDED, by)
    for given in user.roles.filter(role=Role.SUPPORTER):
        audit.record(Action.DELETE, given, person=user.pk, purpose=_purpose(found, by))
        given.delete()
    user.end_sessions()
    hooks.ended(user, by=by)
    return found


@transaction.atomic
def come_back(*, supporter: Supporter, by: User) -> Supporter:
    """Somebody who ended the role gets ready again: from the beginning of the way, at their own pace."""
    _user, found = _locked(supporter)
    require(can_end(by, found), "come_back")
    if found.state == SupporterState.JOINING:
        return found
    return _move(found, SupporterState.JOINING, by)


def _locked(supporter: Supporter) -> tuple[User, Supporter]:
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=supporter.pk)
    return user, Supporter.objects.select_for_update(of=("self",)).get(pk=supporter.pk)


def _move(found: Supporter, state: SupporterState, by: User) -> Supporter:
    if state not in SUPPORTER_TRANSITIONS[SupporterState(found.state)]:
        raise DomainError(_("This has changed meanwhile. Look at the page again."), code="state")
    found.state, found.changed_at = state, timezone.now()
    found.save(update_fields=["state", "changed_at"])
    audit.record(Action.CHANGE, found, person=found.pk, purpose=_purpose(found, by), fields=("state",))
    return found


def _purpose(found: Supporter, by: User) -> Purpose:
    return Purpose.OWN if by.pk == found.pk else Purpose.CARE
