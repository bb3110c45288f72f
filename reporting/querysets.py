"""Who sees which reports."""

from __future__ import annotations

from typing import Any

from django.db import models

from psp.choices import Role
from psp.sight import sight_of
from reporting.choices import ReleaseState

# Who reads reports before and after they are published; either may be the second of the two that each takes.
READERS = (Role.ANALYST, Role.PRIVACY_OFFICER)


class ReleaseQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> ReleaseQuerySet:
        return self.all() if sight_of(user).has(*READERS) else self.none()

    def published(self) -> ReleaseQuerySet:
        return self.filter(state=ReleaseState.APPROVED)

    def to_decide(self, user: Any) -> ReleaseQuerySet:
        """Those that wait for somebody like this: a second person."""
        return self.visible_to(user).filter(state=ReleaseState.PREPARED).exclude(prepared_by=user.pk)
