"""When somebody was last noted at a session."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from privacy.retention import LastUse, Used, add_last_use
from privacy.retention_floor import newest
from sessions.models import Attendance


def attended(people: Collection[UUID]) -> Iterable[Used]:
    mine = Attendance.objects.filter(participant__user__in=people)
    yield from newest(mine, "participant__user_id", "session__ends_at")
    yield from newest(mine, "participant__user_id", "recorded_at")


def register() -> None:
    add_last_use(LastUse("sessions", attended))
