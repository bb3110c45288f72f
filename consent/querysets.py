"""The one question about consent, and its form for many people at once."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from psp.models import User


class ConsentVersionQuerySet(models.QuerySet[Any]):
    def in_force(self, on: date) -> ConsentVersionQuerySet:
        """The newest published version of each purpose on offer whose first day is not after `on`."""
        started = self.offered().filter(published_at__isnull=False, valid_from__lte=on)
        return started.order_by("purpose", "-valid_from", "-number").distinct("purpose")

    def offered(self) -> ConsentVersionQuerySet:
        """Of purposes that are not switched off."""
        from consent.models import PurposeSwitch

        return self.exclude(purpose__in=PurposeSwitch.objects.filter(offered=False).values("purpose"))

    def holding(self, on: date) -> ConsentVersionQuerySet:
        """The versions under which a signature counts on this day: offered, and not overtaken for too long."""
        newer = self.model.objects.filter(
            purpose=OuterRef("purpose"), number__gt=OuterRef("number"), published_at__isnull=False, older_until__lt=on
        )
        return self.offered().filter(~Exists(newer), published_at__isnull=False)


class ConsentQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> ConsentQuerySet:
        """A person's own consents. Team members reach them through the person's file."""
        return self.filter(person_id=user.pk) if user.is_authenticated else self.none()

    def standing(self) -> ConsentQuerySet:
        """Signed and not withdrawn: for lists of what was signed. Whether something may be done asks `in_force`."""
        return self.filter(withdrawal__isnull=True)

    def holding(self, on: date | None = None) -> ConsentQuerySet:
        """Standing, under a version that still counts on this day (today), for a purpose that is offered."""
        from consent.models import ConsentVersion

        versions = ConsentVersion.objects.holding(on or timezone.localdate())
        return self.standing().filter(version__in=versions.values("pk"))

    def of(self, person: User | UUID) -> ConsentQuerySet:
        """Everything this person signed, newest first."""
        return self.filter(person_id=getattr(person, "pk", person)).order_by("-signed_at")

    def purposes_of(self, person: User | UUID) -> frozenset[str]:
        """Everything that this person agrees to now."""
        person_id = getattr(person, "pk", person)
        return frozenset(self.holding().filter(person_id=person_id).values_list("purpose", flat=True))

    def in_force(self, person: User | UUID, purpose: str) -> bool:
        """Whether this person agrees to this purpose now. Everything that needs consent asks here."""
        person_id = getattr(person, "pk", person)
        return self.holding().filter(person_id=person_id, purpose=purpose).exists()

    def agreeing(self, people: Collection[UUID], purpose: str) -> set[UUID]:
        """Those among `people` who agree to this purpose now."""
        return set(self.holding().filter(person__in=people, purpose=purpose).values_list("person_id", flat=True))


def agrees(purpose: str | Collection[str], person_path: str = "pk", *, on: date | None = None) -> Exists:
    """The same question inside a query, for one purpose or any of several.

    `person_path` leads from the row to the person's id. `on`: the day, for a `psp.asking.Question`; else today.
    """
    from consent.models import Consent

    wanted = [purpose] if isinstance(purpose, str) else list(purpose)
    return Exists(Consent.objects.holding(on).filter(person_id=OuterRef(person_path), purpose__in=wanted))
