"""When an interest, the role or a conversation about it was last used."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from privacy.retention import LastUse, Used, add_last_use
from privacy.retention_floor import in_use, newest
from supporters.choices import SupporterState
from supporters.models import FormerAgreement, Interest, Readiness, Supporter

# Whoever got ready and was heard of no more is not kept for ever: the last sign-in, conversation or course counts.
NOT_AT_WORK = (SupporterState.JOINING, SupporterState.ENDED)


def joining(people: Collection[UUID]) -> Iterable[Used]:
    yield from newest(Interest.objects.filter(user__in=people), "user_id", "said_at")
    mine = Supporter.objects.filter(user__in=people)
    yield from newest(mine, "user_id", "changed_at")
    yield from in_use(mine.exclude(state__in=NOT_AT_WORK), "user_id")
    yield from newest(Readiness.objects.filter(user__in=people), "user_id", "made_at")
    for field in ("supporter_said_at", "participant_said_at"):
        yield from newest(FormerAgreement.objects.filter(user__in=people), "user_id", field)
        theirs = FormerAgreement.objects.filter(participant__user__in=people)
        yield from newest(theirs, "participant__user_id", field)


def register() -> None:
    add_last_use(LastUse("joining", joining, while_here=True))
