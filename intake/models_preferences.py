"""What would suit a person in a group: languages, company, times, and what makes taking part easier."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from intake.choices import Composition
from intake.querysets import PreferencesQuerySet
from psp.choices import Language
from psp.crypto.fields import EncryptedTextField, SealedModel
from psp.models import User

# Characters: enough for a few plain wishes, too short for an account of anything.
ACCESSIBILITY_LENGTH = 300


class WeekIsWellFormed(Func):
    """The database's own judge of `availability` (migration `preferences`); says what `intake.week.is_week` says."""

    function = "intake_week_is_well_formed"
    output_field = models.BooleanField()


class Preferences(SealedModel):
    """The person's own wishes; they may change them at any time. An empty list means not said.

    `availability`: [[start, end], …] in minutes since Monday 00:00 on the person's own wall clock
    (`User.time_zone`), as `intake.week` describes. Ways to meet stay with the participant.
    There is no legal name: nothing here needs one ([PIA] rule 14). Nobody is paid, certified or checked against a
    list, and a place that asks who comes in is told a number of people.
    """

    participant = models.OneToOneField(
        "intake.Participant", on_delete=models.PROTECT, primary_key=True, related_name="preferences"
    )
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    languages = ArrayField(models.CharField(max_length=2, choices=Language), default=list)
    compositions = ArrayField(models.CharField(max_length=10, choices=Composition), default=list)
    availability = models.JSONField(default=list)
    accessibility = EncryptedTextField(
        _("what makes taking part easier"), person="person_id", max_length=ACCESSIBILITY_LENGTH, blank=True
    )
    changed_at = models.DateTimeField(auto_now=True)

    objects = PreferencesQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("preferences")
        verbose_name_plural = _("preferences")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(languages__contained_by=Language.values), name="preferences_languages_known"
            ),
            models.CheckConstraint(
                condition=Q(compositions__contained_by=Composition.values), name="preferences_compositions_known"
            ),
            models.CheckConstraint(condition=WeekIsWellFormed("availability"), name="preferences_week_well_formed"),
        ]

    def __str__(self) -> str:
        return str(self.participant_id)
