"""On a supporter's page, for the supervisor at their side: what is to be renewed, and what they would like to learn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.models import User
from supporters.models import LearningGoal, Qualification, Supporter
from supporters.reference import settings
from supporters.training import words
from supporters.training.choices import LEARNING


def learning(person: User, reader: User) -> dict[str, Any] | None:
    """None where there is neither. The person writes the plan, knowing that this supervisor reads it."""
    today, notice = timezone.localdate(), settings().expiry_notice_days
    seen = Qualification.objects.visible_to(reader).filter(user=person)
    ending = list(seen.ending(today - timedelta(days=notice), today + timedelta(days=notice)).select_related("course"))
    goals = list(
        LearningGoal.objects.visible_to(reader).filter(user=person, done_on__isnull=True).select_related("course")
    )
    if not ending and not goals:
        return None
    audit.record_reads([*ending, *goals], purpose=Purpose.CARE)
    return {
        "ending": [words.qualification_line(row, today, notice) for row in ending],
        "goals": [words.goal_line(row) for row in goals],
        "person": person.pk if Supporter.objects.filter(pk=person.pk, state__in=LEARNING).exists() else None,
    }  # fmt: skip
