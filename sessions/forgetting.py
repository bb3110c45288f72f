"""What follows a session has a short life: codes, what became of them, and what those who led said for themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from consent.choices import ConsentPurpose
from privacy.retention_floor import keep_holds_still, standing_holds
from psp.models import User
from sessions.choices import DropInState, SupportState, Told
from sessions.choices_cover import CoverState
from sessions.models import Cover, Debrief, DropIn
from supporters.hours.services import LOOK_BACK

A_DAY = timedelta(days=1)
# Who led what is asked for as long as hours can be noted, and corrected in the pay period after.
HOURS_NOTED = LOOK_BACK + timedelta(days=31)


@transaction.atomic
def forget(now: datetime) -> int:
    """Remove what is old and that nobody waits for; how many rows. What a hold protects stays."""
    keep_holds_still()
    long_ago = now - timedelta(days=settings.PSP_DROP_IN_DAYS)
    codes = DropIn.objects.exclude(participant__user__in=standing_holds())
    codes = codes.filter(
        Q(state=DropInState.OPEN, expires_at__lte=now)
        | Q(state=DropInState.ADDED, used_at__lte=long_ago)
        | Q(state=DropInState.SETTLED, settled_at__lte=long_ago)
    )
    waits = Q(told=Told.OPEN) | Q(support__in=[SupportState.ASKED, SupportState.TAKEN])
    said = Debrief.objects.filter(changed_at__lte=now - timedelta(days=settings.PSP_DEBRIEF_DAYS)).exclude(waits)
    count: int = codes.delete()[0] + said.exclude(lead__in=standing_holds()).delete()[0]
    return count + _forget_covers(now)


def _forget_covers(now: datetime) -> int:
    """That somebody could not lead would tell of a pause long after it: what nobody needs goes with the next night but
    one, the rest once nobody can note hours by it any more."""
    held = standing_holds()
    over = Q(state=CoverState.NOT_NEEDED, changed_at__lte=now - A_DAY) | Q(session__ends_at__lte=now - HOURS_NOTED)
    return int(Cover.objects.filter(over).exclude(lead__in=held).exclude(stand_in__in=held).delete()[0])


def forget_codes(*, person: User, purpose: str) -> None:
    """Who no longer takes part has no code, and is no coordinator's task ([NH Annex F] rule 22)."""
    if purpose == ConsentPurpose.TAKING_PART:
        waits = [DropInState.OPEN, DropInState.ASKED]
        DropIn.objects.filter(participant__user=person, state__in=waits).delete()
