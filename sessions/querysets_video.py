"""Which sessions want a meeting by video from the provider, and which meetings are not as they should be."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q

from groups.choices import RUNNING
from intake.choices import Modality
from sessions.choices import SessionState
from sessions.choices_video import VideoState

# A session that runs late is not cut off; one that was noted as held may still be going on.
LONGER = timedelta(hours=2)
KEPT_AFTER = timedelta(days=2)
STANDS = (SessionState.SCHEDULED, SessionState.HELD)


def wants_video(now: datetime, path: str = "") -> Q:
    """By video, not over, and nobody typed a link. `path`: to the session, e.g. "session__"."""
    wanted = {
        "group__modality": Modality.VIRTUAL, "group__state__in": RUNNING, "group__link": "", "link": "",
        "state__in": STANDS, "ends_at__gt": now - LONGER,
    }  # fmt: skip
    return Q(**{f"{path}{name}": value for name, value in wanted.items()})


class VideoQuerySet(models.QuerySet[Any]):
    def due(self, now: datetime) -> VideoQuerySet:
        """The next session first."""
        return self.filter(state=VideoState.WAITING, due_at__lte=now).order_by("session__starts_at", "pk")

    def astray(self, now: datetime) -> VideoQuerySet:
        """Ready, but the session moved since or wants no meeting any more."""
        moved = ~Q(starts_at=F("session__starts_at"), ends_at=F("session__ends_at"))
        return self.filter(moved | ~wants_video(now, "session__"), state=VideoState.READY)

    def given_up(self, now: datetime) -> VideoQuerySet:
        """Never made and not wanted any more; or made, and the provider would not let it go in days."""
        late = Q(session__ends_at__lt=now - KEPT_AFTER)
        return self.filter(~wants_video(now, "session__"), Q(starts_at__isnull=True) | late, state=VideoState.FAILED)
