"""The one question about consent, and its form for many people at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef

if TYPE_CHECKING:
    from uuid import UUID

    from psp.models import User


class ConsentQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> ConsentQuerySet:
        """A person's own consents. Team members reach them through the person's file."""
        return self.filter(person_id=user.pk) if user.is_authenticated else self.none()

    def standing(self) -> ConsentQuerySet:
        """Signed and not withdrawn."""
        return self.filter(withdrawal__isnull=True)

    def in_force(self, person: User | UUID, purpose: str) -> bool:
        """Whether this person agrees to this purpose now. Everything that needs consent asks here."""
        person_id = getattr(person, "pk", person)
        return self.standing().filter(person_id=person_id, purpose=purpose).exists()


def agrees(purpose: str, person_path: str = "pk") -> Exists:
    """The same question inside a query; `person_path` leads from the row to the person's id."""
    from consent.models import Consent

    return Exists(Consent.objects.standing().filter(person_id=OuterRef(person_path), purpose=purpose))
