"""How somebody is, said by themselves, for themselves and whomever they choose ([NH] rule 32).

What was said is sealed in one text of always the same length: no column, and no length, tells a good week from a hard
one. It has no history, is part of no other record, and goes by itself.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from psp.bilingual import in_language
from psp.crypto.fields import EncryptedTextField, SealedModel
from psp.models import ProgramRegion, User
from supporters.wellbeing.querysets import CheckInQuerySet, CheckInShareQuerySet
from supporters.wellbeing.rules_checkin import Said, pack, unpack


class CheckIn(SealedModel):
    """One check-in; at most one for each day on the clock of the person, which they may change on that day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="check_ins")
    day = models.DateField(default=timezone.localdate)
    kept = EncryptedTextField(person="user_id", max_length=8000)

    objects = CheckInQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-day"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "day"], name="check_in_once_a_day")]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id

    @property
    def said(self) -> Said:
        return unpack(self.kept)

    @said.setter
    def said(self, said: Said) -> None:
        self.kept = pack(said)


class CheckInShare(models.Model):
    """One supervisor may read one check-in, until the person takes it back: then this row is gone."""

    check_in = models.ForeignKey(CheckIn, on_delete=models.CASCADE, related_name="shares")
    supervisor = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    objects = CheckInShareQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["check_in", "supervisor"], name="check_in_shared_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class CheckInWish(models.Model):
    """How somebody wants it: whether the first page asks once a week, from when on again, and whether their colour may
    be counted. Nothing of what they said."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="check_in_wish")
    asked = models.BooleanField(default=True)
    away_until = models.DateField(null=True)
    counted = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.pk)


class CheckInQuestion(models.Model):
    """One of the few questions that somebody may answer: about rest, load and support, never about what happened."""

    code = models.SlugField(_("code"), max_length=20, primary_key=True)
    text_en = models.CharField(_("question in English"), max_length=120)
    text_fr = models.CharField(_("question in French"), max_length=120)
    order = models.PositiveSmallIntegerField(_("order"), default=50)
    active = models.BooleanField(_("asked"), default=True)

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["order", "code"]
        verbose_name = _("question of the check-in")
        verbose_name_plural = _("questions of the check-in")

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        return in_language(self, "text")


class CareOffer(models.Model):
    """Something that is there for those who lead, as they read it: whom to call, what they may ask for."""

    code = models.SlugField(_("code"), max_length=40, primary_key=True)
    name_en = models.CharField(_("name in English"), max_length=120)
    name_fr = models.CharField(_("name in French"), max_length=120)
    about_en = models.CharField(_("what it is, in English"), max_length=300)
    about_fr = models.CharField(_("what it is, in French"), max_length=300)
    phone = models.CharField(_("phone number"), max_length=40, blank=True)
    link = models.URLField(_("link"), max_length=300, blank=True)
    program_region = models.ForeignKey(
        ProgramRegion, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=50)
    active = models.BooleanField(_("offered"), default=True)

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["order", "code"]
        verbose_name = _("support for those who lead")
        verbose_name_plural = _("support for those who lead")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_language(self, "name")

    @property
    def about(self) -> str:
        return in_language(self, "about")


class WellbeingMonth(models.Model):
    """How many people were at each colour in a month that is over, of those who said that theirs may be counted.

    Written once, for everybody together, when the month is over: no moment, no region, no account. All empty where too
    few said a colour: then nothing was kept.
    """

    month = models.DateField(primary_key=True)
    good = models.PositiveIntegerField(null=True)
    mixed = models.PositiveIntegerField(null=True)
    hard = models.PositiveIntegerField(null=True)

    class Meta:
        ordering: ClassVar = ["month"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(good__isnull=True, mixed__isnull=True, hard__isnull=True)
                | Q(good__isnull=False, mixed__isnull=False, hard__isnull=False),
                name="wellbeing_whole_or_nothing",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="wellbeing_by_month"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
