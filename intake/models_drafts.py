"""Forms that somebody saved to finish later, and the codes that show whose address it is.

Neither knows an account: whoever saves a form has none yet, or it is nobody's business whether they do
([security] 13). No history is kept, because what is destroyed here must be gone.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from psp.choices import Language
from psp.crypto.fields import BlindIndexField, EncryptedTextField, SealedModel


class AddressCode(SealedModel):
    """A code on its way to an address that somebody typed. `digest` is emptied by the first right answer.

    Every request makes a row of its own, so that asking costs the same whatever is kept for the address.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    index = BlindIndexField(kind="email", of="email", db_index=True)
    email = EncryptedTextField(person="id", max_length=254)
    code = EncryptedTextField(person="id", max_length=12, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=2, choices=Language)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    until = models.DateTimeField(db_index=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-asked_at"]

    def __str__(self) -> str:
        return str(self.id)


class Draft(SealedModel):
    """A form as far as it was filled in: names and values, sealed under a data key of its own.

    `content`: JSON of [[name, value], ...], whatever the form asks at the time. Never a signature.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    index = BlindIndexField(kind="email", unique=True)
    content = EncryptedTextField(person="id", max_length=262_144)
    step = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering: ClassVar = ["expires_at"]

    def __str__(self) -> str:
        return str(self.id)
