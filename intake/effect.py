"""What other criteria would have meant for the applications of the last year: counts, never a person.

Every application's stored answers are judged twice, by the version that judged them and by the draft. The database
counts applications with the same answers, of which there are few kinds, so each kind is judged once whatever the
number of people. Small counts are not shown ([domain] rule 38).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone

from intake.models import Application, EligibilityVersion
from intake.rules import (
    CRITERION_OF,
    UNANSWERED,
    Answers,
    Assessment,
    CriterionCode,
    EligibilityRules,
    assess,
    from_json,
)

LOOKED_BACK = timedelta(days=365)
CHUNK = 2000


@dataclass(slots=True)
class Effect:
    """`opened`, `closed`: by criterion, how many it would stop no longer, and how many it would stop now.

    `unasked`: by criterion, how many never heard the question, so that nobody knows.
    """

    looked_at: int = 0
    would_be_eligible: int = 0
    would_not_be_eligible: int = 0
    opened: Counter[CriterionCode] = field(default_factory=Counter)
    closed: Counter[CriterionCode] = field(default_factory=Counter)
    unasked: Counter[CriterionCode] = field(default_factory=Counter)

    def add(self, before: Assessment, after: Assessment, count: int) -> None:
        self.looked_at += count
        was, will = stopped_by(before), stopped_by(after)
        silent = {CRITERION_OF[reason] for reason in after.reasons if reason in UNANSWERED}
        self.opened.update(dict.fromkeys(was - will - silent, count))
        self.closed.update(dict.fromkeys(will - was, count))
        self.unasked.update(dict.fromkeys(silent, count))
        self.would_be_eligible += count if not before.eligible and after.eligible else 0
        self.would_not_be_eligible += count if before.eligible and will else 0


def stopped_by(assessment: Assessment) -> set[CriterionCode]:
    """The criteria that were answered and not met."""
    return {CRITERION_OF[reason] for reason in assessment.reasons if reason not in UNANSWERED}


# Answers, services asked for, the rules that judged them, and how many applications are alike in all of it.
Alike = tuple[Answers, list[str], EligibilityRules, int]


def effect_of(draft: EligibilityRules, rows: Iterable[Alike]) -> Effect:
    found = Effect()
    for answers, services, rules, count in rows:
        found.add(assess(answers, rules, services=services), assess(answers, draft, services=services), count)
    return found


def last_year() -> Iterator[Alike]:
    """Every application of the last twelve months, as `effect_of` takes it: no name, no reference, no key."""
    contents = EligibilityVersion.objects.values_list("pk", "content")
    rules = {key: from_json(content["rules"]) for key, content in contents}
    since = timezone.now() - LOOKED_BACK
    columns = ("answers", "services", "version_id", "decision_version_id")
    rows = Application.objects.filter(submitted_at__gte=since).order_by().values_list(*columns)
    for answers, services, asked_by, decided_by, count in rows.annotate(count=Count("pk")).iterator(chunk_size=CHUNK):
        yield Answers(**answers), services, rules[decided_by or asked_by], count


# --- What of it may be shown ---


@dataclass(frozen=True, slots=True)
class Figure:
    """`count` is None for a small one. `rounded`: at least so many, because another figure beside it is small."""

    count: int | None
    rounded: bool = False


def protected(counts: Mapping[Any, int], threshold: int) -> dict[Any, Figure]:
    """The figures of one page. Beside a small one the others are rounded down, so that no difference tells it."""
    small = any(0 < count < threshold for count in counts.values())

    def shown(count: int) -> Figure:
        if 0 < count < threshold:
            return Figure(None)
        rounded = small and count > 0
        return Figure(count - count % threshold if rounded else count, rounded)

    return {key: shown(count) for key, count in counts.items()}


def figures_of(effect: Effect, threshold: int) -> dict[Any, Figure]:
    """Everything that the page tells, protected together: keys "looked_at", …, and ("opened", criterion), …"""
    counts: dict[Any, int] = {
        name: getattr(effect, name) for name in ("looked_at", "would_be_eligible", "would_not_be_eligible")
    }
    for name in ("opened", "closed", "unasked"):
        counts |= {(name, code): getattr(effect, name)[code] for code in CriterionCode}
    return protected(counts, threshold)
