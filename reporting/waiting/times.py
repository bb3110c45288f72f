"""How long people waited in the last twelve months: counted in the database once a month, protected, then frozen.

Whoever does not agree to being counted is in none of it ([PIA] rule 39). A month is published after it is over and
never again, so that no withdrawal, correction or late entry moves a figure that somebody has already seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import (
    Case,
    Count,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, ExtractDay
from django.utils import timezone

from consent.choices import ConsentPurpose
from consent.querysets import agrees
from groups.models import Membership
from intake.choices import ApplicationState, MeetingState, Service, WaitingState
from intake.models import Application, WaitingPlace
from reporting.choices import WaitStep
from reporting.disclosure import check_threshold
from reporting.models import PublishedWait
from reporting.waiting.estimate import Waits, published

MONTHS = 12
Rows = QuerySet[Any]


def closed_month(today: date) -> date:
    """The first day of the last month that is over."""
    return date(today.year - (today.month == 1), (today.month - 2) % MONTHS + 1, 1)


def publish_waits(today: date | None = None) -> int:
    """Publish the last closed month, unless it has been; how many figures were made. Safe to run at any time."""
    month = closed_month(today or timezone.localdate())
    if PublishedWait.objects.filter(month=month).exists():
        return 0
    rows = [made(month, *which) for which in wanted()]
    with transaction.atomic():
        # Two that run at once: the first one counts.
        PublishedWait.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def wanted() -> list[tuple[WaitStep, str]]:
    everybody = [(WaitStep.MEETING, ""), (WaitStep.DECISION, "")]
    return everybody + [(WaitStep.PLACE, service.value) for service in Service]


def made(month: date, step: WaitStep, service: str) -> PublishedWait:
    threshold = check_threshold(settings.PSP_SUPPRESSION_THRESHOLD)
    outcome, weeks = published(waits(month, step, service), threshold)
    return PublishedWait(
        month=month, step=step, service=service, outcome=outcome, weeks=weeks, threshold=threshold
    )  # fmt: skip


def waits(month: date, step: WaitStep, service: str = "") -> Waits:
    """Confidential: who began to wait in the twelve months up to the end of `month`, and what became of it by then."""
    first, after = bounds(month)
    rows = BY_STEP[step](first, after, service)
    stopped = Coalesce("answered", "left", Value(after))
    lasted = ExpressionWrapper(stopped - F("began"), output_field=DurationField())
    dated = rows.annotate(days=ExtractDay(lasted), over=Q(answered__isnull=False))
    counts: dict[bool, Counter[int]] = {True: Counter(), False: Counter()}
    for row in dated.values("days", "over").order_by().annotate(times=Count("pk")):
        counts[row["over"]][max(0, row["days"])] += row["times"]
    people = dated.aggregate(
        some=Count("participant", distinct=True, filter=Q(over=True)), all=Count("participant", distinct=True)
    )
    return Waits(counts[True], counts[False], people["some"], people["all"])


def bounds(month: date) -> tuple[datetime, datetime]:
    """Midnight at the beginning of the twelve months that end with `month`, and at their end."""
    after = date(month.year + month.month // MONTHS, month.month % MONTHS + 1, 1)
    first, last = (datetime.combine(day, time()) for day in (date(after.year - 1, after.month, 1), after))
    return timezone.make_aware(first), timezone.make_aware(last)


def _sent(first: datetime, after: datetime) -> Rows:
    """Applications of these months; `began` when they were sent, `left` when they were taken back."""
    taken_back = Q(state=ApplicationState.WITHDRAWN, last_action_at__lt=after)
    rows: Rows = Application.objects.filter(
        agrees(ConsentPurpose.RESULTS, "participant__user_id"), submitted_at__gte=first, submitted_at__lt=after
    )
    sent: Rows = rows.annotate(began=F("submitted_at"), left=Case(When(taken_back, then="last_action_at")))
    return sent


def to_meeting(first: datetime, after: datetime, _service: str) -> Rows:
    """Until the first meeting that took place; a decision without one ends the wait too, with no answer to count."""
    held = Q(meetings__state=MeetingState.HELD, meetings__starts_at__lt=after)
    decided = Case(When(decided_at__lt=after, then="decided_at"), default="left")
    met: Rows = _sent(first, after).annotate(answered=Min("meetings__starts_at", filter=held)).annotate(left=decided)
    return met


def to_decision(first: datetime, after: datetime, _service: str) -> Rows:
    decided: Rows = _sent(first, after).annotate(answered=Case(When(decided_at__lt=after, then="decided_at")))
    return decided


def to_place(first: datetime, after: datetime, service: str) -> Rows:
    """From being accepted to a place in a group of this kind. Who gave the wait up is not in it."""
    joined = Membership.objects.filter(
        participant=OuterRef("participant"), group__kind=service, joined_at__gte=OuterRef("application__submitted_at"),
        joined_at__lt=after,
    ).order_by("joined_at")  # fmt: skip
    accepted: Rows = WaitingPlace.objects.filter(
        agrees(ConsentPurpose.RESULTS, "participant__user_id"),
        service=service,
        application__decided_at__gte=first,
        application__decided_at__lt=after,
    )
    accepted = accepted.annotate(
        began=F("application__decided_at"), answered=Subquery(joined.values("joined_at")[:1]),
        left=Value(None, output_field=DateTimeField()),
    )  # fmt: skip
    return accepted.exclude(state=WaitingState.ENDED, answered__isnull=True)


BY_STEP = {WaitStep.MEETING: to_meeting, WaitStep.DECISION: to_decision, WaitStep.PLACE: to_place}


def newest() -> Iterator[PublishedWait]:
    """The figures of the last month that was published, as they were then."""
    last = PublishedWait.objects.order_by("-month").values("month")[:1]
    yield from PublishedWait.objects.filter(month=Subquery(last))
