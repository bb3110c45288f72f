"""What somebody may show to others about a course they completed here, and how others check it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from psp.crypto.fields import BlindIndexField, EncryptedTextField, SealedModel
from psp.models import User
from supporters.training.models import Qualification
from supporters.training.querysets import CertificateQuerySet


class Certificate(SealedModel):
    """Made when the person asks for it, and not before: who never shows it to anybody can be found by nobody.

    `code`, sealed under the person's key, so that they can have the paper again; `digest`, keyed, by which it is found:
    whoever has the database alone has no code. `name`: as printed. With the person's key both are gone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="certificates")
    qualification = models.ForeignKey(Qualification, on_delete=models.PROTECT, related_name="certificates")
    digest = BlindIndexField(kind="name", of="code", unique=True)
    code = EncryptedTextField(person="user_id", max_length=40)
    name = EncryptedTextField(person="user_id", max_length=80)
    issued_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-issued_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["qualification"], condition=Q(revoked_at__isnull=True), name="certificate_one_standing"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def person_id(self) -> uuid.UUID:
        return self.user_id
