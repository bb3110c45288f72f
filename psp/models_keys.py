"""Keys whose rows are gone."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class GoingKey(models.Model):
    """A data key that is to be destroyed because its row went (`psp.crypto.parting`); as a rule for a moment.

    `owner`: what the key was of. Nothing else has that id any more.
    """

    owner = models.UUIDField(primary_key=True, editable=False)
    since = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(self.owner)
