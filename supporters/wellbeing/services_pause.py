"""A pause of the role: at once, by oneself alone, without a reason ([NH] rule 32).

Nothing here says to anybody that there is a pause: the access log notes that somebody changed something of their own,
and whoever plans with them learns that they are not available.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError, require
from psp.models import User
from supporters import hooks
from supporters.models import Pause
from supporters.wellbeing.permissions import can_pause


def standing_pause(user: User) -> Pause | None:
    """The pause that holds now, if there is one."""
    found: Pause | None = Pause.objects.standing().filter(user=user).first()
    return found


@transaction.atomic
def pause_role(*, user: User, by: User, back_on: date | None = None) -> Pause:
    """From now on nobody counts on this person, until they say otherwise. Twice is as once; a later `back_on` counts.

    `back_on`: when they think of coming back, for themselves; nothing ends by itself. DomainError: `back_in_the_past`.
    Forbidden for everybody but the person.
    """
    require(can_pause(by, user), "pause")
    account: User = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    _check_back(back_on)
    standing = standing_pause(account)
    if standing is not None:
        return _keep_back(standing, back_on)
    made: Pause = Pause.objects.create(user=account, back_on=back_on)
    _note(account)
    hooks.paused(account, by=by)
    return made


@transaction.atomic
def come_back(*, user: User, by: User) -> None:
    """The pause is over, because the person says so. Without one, nothing happens."""
    require(can_pause(by, user), "pause")
    account: User = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    standing = standing_pause(account)
    if standing is None:
        return
    standing.ended_at = timezone.now()
    standing.save(update_fields=["ended_at"])
    _note(account)
    hooks.back(account, by=by)


def _check_back(back_on: date | None) -> None:
    if back_on is not None and back_on < timezone.localdate():
        message = _("This day has passed already. Choose a later one, or leave it empty.")
        raise DomainError(message, code="back_in_the_past", field="back_on")


def _keep_back(standing: Pause, back_on: date | None) -> Pause:
    if back_on is not None and standing.back_on != back_on:
        standing.back_on = back_on
        standing.save(update_fields=["back_on"])
        _note(standing.user)
    return standing


def _note(account: User) -> None:
    """That something of their own was changed, as with any of their settings."""
    audit.record(Action.CHANGE, account, person=account.pk, purpose=Purpose.OWN)
