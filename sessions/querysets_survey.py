"""Which form is asked now, which boxes are open, and whose answers are whose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from datetime import datetime


class QuestionnaireQuerySet(models.QuerySet[Any]):
    def in_force(self, use: str) -> Any:
        """The newest published version of this use; None before there is one."""
        return self.filter(use=use, published_at__isnull=False).order_by("-number").first()


class FeedbackBoxQuerySet(models.QuerySet[Any]):
    def visible_to(self, _user: Any) -> FeedbackBoxQuerySet:
        """Nobody looks into a box: what comes out of it are batches."""
        return self.none()

    def open(self, now: datetime) -> FeedbackBoxQuerySet:
        return self.filter(closes_at__gt=now, emptied=False)


class AnswerSheetQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> AnswerSheetQuerySet:
        """The person alone. The team sees what everybody said together, never a sheet."""
        return self.filter(person_id=user.pk) if user.is_authenticated else self.none()
