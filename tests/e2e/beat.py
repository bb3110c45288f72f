"""Beat as the browser stories need it: what comes round every few seconds or minutes, at whatever hour they are told.

What is done once in the night would otherwise be done in the middle of a story, when the stories are told at night.
"""

from __future__ import annotations

from celery.beat import PersistentScheduler
from celery.schedules import crontab


class AtAnyHour(PersistentScheduler):  # type: ignore[misc]
    def setup_schedule(self) -> None:
        super().setup_schedule()
        for name in [name for name, entry in self.schedule.items() if isinstance(entry.schedule, crontab)]:
            del self.schedule[name]
