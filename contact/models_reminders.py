"""When people are reminded: what the program offers, and what each person made of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from contact.choices_reminders import Audience, ReminderEvent
from contact.querysets import ReminderChoiceQuerySet
from psp.models import User

MOST_HOURS = 14 * 24


class ReminderRule(models.Model):
    """One reminder, so many hours (elapsed, not by the clock on the wall) before something begins.

    `usual`: it goes to whoever chose nothing. `active`: it is offered at all. What it is about never changes: the
    hours stand in the keys of messages that went out.
    """

    event = models.CharField(_("before what"), max_length=10, choices=ReminderEvent)
    audience = models.CharField(_("to whom"), max_length=6, choices=Audience)
    hours = models.PositiveSmallIntegerField(_("hours before"))
    usual = models.BooleanField(_("unless the person chose otherwise"), default=False)
    active = models.BooleanField(_("offered"), default=True)

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["event", "audience", "-hours"]
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "audience", "hours"], name="reminder_rule_once"),
            models.CheckConstraint(condition=Q(event__in=ReminderEvent.values), name="reminder_event_known"),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="reminder_audience_known"),
            models.CheckConstraint(condition=Q(hours__range=(1, MOST_HOURS)), name="reminder_hours_sensible"),
        ]

    def __str__(self) -> str:
        return f"{self.get_event_display()}, {self.get_audience_display()}: {self.hours} h"


class ReminderChoice(models.Model):
    """Whether somebody wants one reminder. Without a rule: whether they want any at all, also of later rules."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reminder_choices")
    rule = models.ForeignKey(ReminderRule, on_delete=models.PROTECT, null=True, related_name="+")
    wanted = models.BooleanField()
    said_at = models.DateTimeField(default=timezone.now)

    objects = ReminderChoiceQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "rule"], name="reminder_choice_once", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return str(self.pk)
