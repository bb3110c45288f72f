"""More support for a while, in hard times ([NH] section 4): what, from when until when, and when to look again."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from psp.bilingual import in_language
from psp.crypto.fields import EncryptedTextField, SealedModel
from psp.models import User
from supporters.supervision.querysets import PlanQuerySet


class SupportKind(models.Model):
    """What more support can be: reference data of the program. What is not offered is switched off: plans name it."""

    code = models.SlugField(_("code"), max_length=40, primary_key=True)
    name_en = models.CharField(_("name in English"), max_length=120)
    name_fr = models.CharField(_("name in French"), max_length=120)
    offered = models.BooleanField(_("offered"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["order", "code"]
        verbose_name = _("kind of extra support")
        verbose_name_plural = _("kinds of extra support")

    def __str__(self) -> str:
        return in_language(self, "name")


class SupportPlan(SealedModel):
    """Agreed between the two, read by the two (as `SupervisionMeeting` is). Why it is needed has no place here.

    It never ends by itself: on `look_on`, and after `until_on`, it waits on the supervisor's page for another look.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    supervisor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kinds = ArrayField(models.SlugField(max_length=40), default=list, blank=True)
    from_on = models.DateField()
    until_on = models.DateField()
    look_on = models.DateField()
    agreed = EncryptedTextField(person="user_id", max_length=4000, blank=True)
    shared_with = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_on = models.DateField(null=True)
    made_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-from_on", "-made_at"]
        indexes: ClassVar = [models.Index(fields=["user"], name="support_plan_person")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(user=F("supervisor")), name="support_plan_with_another"),
            models.CheckConstraint(
                condition=Q(from_on__lte=F("look_on"), look_on__lte=F("until_on")), name="support_plan_dates_in_order"
            ),
            models.UniqueConstraint(
                fields=["user", "supervisor"], condition=Q(ended_on__isnull=True), name="support_plan_one_standing"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id
