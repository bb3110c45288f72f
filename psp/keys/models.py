"""One wrapped data key per person. Deleting a row is what erasing a person means."""

from __future__ import annotations

import uuid

from django.db import models

from psp.crypto import cipher, masters


class DataKey(models.Model):
    """`wrapped` opens with the master key named `master`; `person` is the id of a `psp.User`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.UUIDField(unique=True, editable=False)
    master = models.CharField(max_length=32, db_index=True)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.id)

    def open(self) -> bytes:
        """The data key itself. Raises SealBroken if its master key is not among those at hand."""
        master = masters.all_keys().get(self.master)
        if master is None:
            raise cipher.SealBroken("the master key of this data key is not configured")
        return cipher.unwrap(bytes(self.wrapped), master=master, key_id=self.id, person=self.person)


class RetiredMaster(models.Model):
    """A master key that was replaced. A trigger refuses data keys that are wrapped under it."""

    name = models.CharField(max_length=32, primary_key=True)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name
