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
from sessions.models import Debrief, DropIn


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
    return count


def forget_codes(*, person: User, purpose: str) -> None:
    """Who no longer takes part has no code, and is no coordinator's task ([NH Annex F] rule 22)."""
    if purpose == ConsentPurpose.TAKING_PART:
        waits = [DropInState.OPEN, DropInState.ASKED]
        DropIn.objects.filter(participant__user=person, state__in=waits).delete()
