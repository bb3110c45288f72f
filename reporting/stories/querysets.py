"""Who reads a story: the person; a coordinator once it is offered; an analyst only as it may be printed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models

from consent.choices import ConsentPurpose
from consent.querysets import agrees
from intake.models import Participant
from reporting.stories.choices import READ_BY_TEAM, StoryState


class StoryQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> StoryQuerySet:
        """The person's own."""
        return self.filter(person_id=user.pk) if user.is_authenticated else self.none()

    def in_regions_of(self, user: Any, *, on: date | None = None) -> StoryQuerySet:
        """Offered by people of the regions that this account coordinates. `on`: as in `consented`."""
        files = Participant.objects.in_regions_of(user).values("user")
        return self.consented(on).filter(person__in=files, state__in=READ_BY_TEAM)

    def printable(self) -> StoryQuerySet:
        """Agreed word for word, and the consent stands."""
        return self.consented().filter(state=StoryState.AGREED)

    def consented(self, on: date | None = None) -> StoryQuerySet:
        """`on`: the day, for a `psp.asking.Question`; else today."""
        return self.filter(agrees(ConsentPurpose.STORY, "person_id", on=on))
