"""Who thinks of becoming a peer supporter, before there is an account for it."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from psp.bilingual import in_language
from psp.choices import Language
from psp.crypto import keyring
from psp.crypto.fields import EncryptedTextField, SealedModel
from psp.models import ProgramRegion, User
from supporters.joining.querysets import InterestQuerySet


class Interest(SealedModel):
    """Somebody would like to become a peer supporter ([NH] rule 34).

    `user`: the participant who says so; nobody where a supervisor noted it of somebody from outside (`noted_by`): then
    name and address are sealed under a key of this row's own, which goes with the row. `name`, `address`: those of the
    new role. `taken_up_at`: the account is opened in the night after it (`supporters.joining.services_opening`), and
    this row goes. `address_taken`: the night found an account with that address already, so another one is needed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.PROTECT, null=True, related_name="interest")
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    program_region = models.ForeignKey(ProgramRegion, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=2, choices=Language)
    name = EncryptedTextField(_("name to go by"), person="person_id", max_length=80)
    address = EncryptedTextField(_("e-mail address"), person="person_id", max_length=254)
    said_at = models.DateTimeField(default=timezone.now)
    taken_up_at = models.DateTimeField(null=True)
    taken_up_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    address_taken = models.BooleanField(default=False)

    objects = InterestQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["said_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(user__isnull=True, noted_by__isnull=False) | Q(user__isnull=False, noted_by__isnull=True),
                name="interest_of_one_kind",
            ),
            models.CheckConstraint(
                condition=Q(taken_up_at__isnull=True, taken_up_by__isnull=True)
                | Q(taken_up_at__isnull=False, taken_up_by__isnull=False),
                name="interest_taken_up_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id or self.id

    @classmethod
    def from_db(cls, db: str | None, field_names: Any, values: Any, **more: Any) -> Self:
        instance = super().from_db(db, field_names, values, **more)
        if "user_id" in instance.__dict__:
            keyring.want(instance.person_id)
        return instance


class ReadinessCriterion(models.Model):
    """One thing to talk about before somebody begins ([NH] rule 28). Nothing here is counted."""

    code = models.SlugField(_("code"), max_length=40, primary_key=True)
    title_en = models.CharField(_("title in English"), max_length=120)
    title_fr = models.CharField(_("title in French"), max_length=120)
    hint_en = models.TextField(_("what to talk about, in English"), max_length=600)
    hint_fr = models.TextField(_("what to talk about, in French"), max_length=600)
    order = models.PositiveSmallIntegerField(_("order"), default=50)
    offered = models.BooleanField(_("part of new conversations"), default=True)

    history = HistoricalRecords()

    class Meta:
        ordering: ClassVar = ["order", "code"]
        verbose_name = _("readiness criterion")
        verbose_name_plural = _("readiness criteria")

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return in_language(self, "title")

    @property
    def hint(self) -> str:
        return in_language(self, "hint")
