"""Who took part before and whom they met then: known to the conflict check, and to nobody who reads these rows."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from intake.models import Participant
from psp.models import User
from supporters.joining.querysets import FormerAgreementQuerySet


class FormerTie(models.Model):
    """A supporter may meet, as a member of a group, somebody from a group they were in themselves ([NH] rule 34).

    `key`: keyed digest (`supporters.joining.former.key_of`) of that person's account, or of the supporter's own earlier
    account where `own`. Nothing here leads back to a file; a check asks whether the digest of a member is among them.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="former_ties")
    key = models.BinaryField(max_length=32)
    own = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "key"], name="former_tie_once")]
        indexes: ClassVar = [models.Index(fields=["key"], name="former_tie_key")]

    def __str__(self) -> str:
        return str(self.pk)


class FormerAgreement(models.Model):
    """Both said that they would meet in a group again. Each for themselves; it counts only while both stand."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="+")
    supporter_said_at = models.DateTimeField(null=True)
    participant_said_at = models.DateTimeField(null=True)
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = FormerAgreementQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "participant"], name="former_agreement_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
