"""What somebody would like to learn, and what they asked for."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from psp.crypto.fields import EncryptedTextField, SealedModel
from psp.models import User
from supporters.training.choices import AskedState
from supporters.training.models import Course
from supporters.training.querysets import AskedQuerySet, GoalQuerySet


class LearningGoal(SealedModel):
    """One line of somebody's own plan, written by them, read by the supervisor at their side. No history.

    `course`, or `title` for what is on no list.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="learning_goals")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    title = EncryptedTextField(person="user_id", max_length=120, blank=True)
    by_when = models.DateField(null=True, blank=True)
    done_on = models.DateField(null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now)

    objects = GoalQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["made_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "course"], condition=Q(done_on__isnull=True), name="learning_goal_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id


class CourseRequest(SealedModel):
    """I would like to take this: yes with a day, or not now with what else there is. Never a bare no.

    `instead`: what the supervisor wrote beside a "not now", sealed under the key of whoever asked.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="course_requests")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    title = EncryptedTextField(person="user_id", max_length=120, blank=True)
    state = models.CharField(max_length=9, choices=AskedState, default=AskedState.OPEN)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    starts_on = models.DateField(null=True)
    instead = EncryptedTextField(person="user_id", max_length=400, blank=True)

    objects = AskedQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-asked_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(state__in=AskedState.values), name="course_request_state_known"),
            models.UniqueConstraint(fields=["user", "course"], condition=Q(state="open"), name="course_request_once"),
            models.CheckConstraint(
                condition=~Q(state="yes") | Q(starts_on__isnull=False), name="course_request_yes_has_a_day"
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | ~Q(user=models.F("answered_by")),
                name="course_request_answered_by_another",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id
