"""Who waits at the end of a month, and how long those waited whose wait is over ([PIA] rule 36).

A median of those whose wait ended says nothing of the waits that go on; that is why how many still wait stands beside
it, and why the public page has another one (`reporting.waiting.estimate`). Nobody is in it who does not agree to being
counted.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from consent.choices import ConsentPurpose
from consent.querysets import agrees
from groups.choices import GroupState
from groups.models import Membership
from intake.choices import MeetingState, WaitingState
from intake.models import IntakeMeeting, WaitingPlace
from reporting.counters.base import Breakdown, Counted, Counter, add_counter
from reporting.counters.grouping import ROWS, WAITS, bounds, of, tallies, within
from reporting.counters.intake import weeks
from reporting.periods import Period

Asked = tuple[Breakdown, ...]
OF_MEETING = {
    "region": F("application__participant__program_region"), "language": F("application__participant__user__language"),
}  # fmt: skip
OF_PLACE = {
    "region": F("participant__program_region"), "language": F("participant__user__language"), "service": F("service"),
}  # fmt: skip


def first_meetings(period: Period, asked: Asked) -> Counted:
    """First intake meetings that were held in the period, and the weeks since the application was sent."""
    held = IntakeMeeting.objects.filter(state=MeetingState.HELD)
    earlier = held.filter(application=OuterRef("application"), starts_at__lt=OuterRef("starts_at"))
    agreed = held.filter(agrees(ConsentPurpose.RESULTS, "application__participant__user_id"), ~Exists(earlier))
    more = {"who": F("application__participant_id"), "weeks": weeks("application__submitted_at", "starts_at")}
    return tallies(of(within(agreed, period, "starts_at"), OF_MEETING, asked, **more), asked, WAITS)


def places_given(period: Period, asked: Asked) -> Counted:
    """First places in a group of the kind that somebody was accepted for, and the weeks since the decision."""
    joined = _places(OuterRef("application__decided_at")).order_by("joined_at")
    rows = _accepted().annotate(placed_at=Subquery(joined.values("joined_at")[:1]))
    more = {"who": F("participant_id"), "weeks": weeks("application__decided_at", "placed_at")}
    return tallies(of(within(rows, period, "placed_at"), OF_PLACE, asked, **more), asked, WAITS)


def waiting(period: Period, asked: Asked) -> Counted:
    """Who waits for a place at the end of the period: accepted before, with no place then, and not given up before.

    A place in a group that was cancelled later is none: its people wait as before.
    """
    _first, end = bounds(period)
    has = _places(OuterRef("application__decided_at")).filter(Q(left_at=None) | Q(left_at__gte=end), joined_at__lt=end)
    past = WaitingPlace.history.filter(id=OuterRef("pk"), state=WaitingState.ENDED).order_by("history_date")
    rows = _accepted().annotate(
        given_up_at=Coalesce(Subquery(past.values("history_date")[:1]), F("application__decided_at"))
    )
    given_up = Q(state=WaitingState.ENDED, given_up_at__lt=end)
    still = rows.filter(~Exists(has), application__decided_at__lt=end).exclude(given_up)
    return tallies(of(still, OF_PLACE, asked, who=F("participant_id")), asked, ROWS)


def _accepted() -> QuerySet[Any]:
    rows: QuerySet[Any] = WaitingPlace.objects.filter(
        agrees(ConsentPurpose.RESULTS, "participant__user_id"), application__decided_at__isnull=False
    )
    return rows


def _places(since: Any) -> QuerySet[Any]:
    """Places of the same person in groups of the same kind, from this moment on."""
    own = Membership.objects.filter(participant=OuterRef("participant"), group__kind=OuterRef("service"))
    places: QuerySet[Any] = own.filter(joined_at__gte=since).exclude(group__state=GroupState.CANCELLED)
    return places


def register() -> None:
    add_counter(Counter("first_meetings", frozenset(OF_MEETING), first_meetings))
    add_counter(Counter("places_given", frozenset(OF_PLACE), places_given))
    add_counter(Counter("waiting", frozenset(OF_PLACE), waiting, adds=False, stock=True))
