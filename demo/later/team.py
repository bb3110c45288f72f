"""Who did something lately: the demo's people, by the names with which they sign in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.utils import timezone

from psp.context_vars import acting
from psp.models import User

# Keys of what comes with a form: the same ones whenever it is made.
SPACE = UUID("5b0d3f5e-6d0a-4d3b-9d55-0f2c1c9f7a10")
LEADING = ("supporter.qc", "supporter.on", *(f"facilitator.{number}" for number in range(1, 7)))


@dataclass(frozen=True, slots=True)
class Team:
    """`today`: the day from which everything is counted."""

    people: dict[str, User]
    today: date

    def __getitem__(self, username: str) -> User:
        return self.people[username]

    def some(self, *usernames: str) -> list[User]:
        return [self.people[name] for name in usernames]

    @contextmanager
    def by(self, username: str) -> Iterator[User]:
        """Do something as this person, for the log too."""
        user = self.people[username]
        with acting(user.pk):
            yield user

    def day(self, days: int) -> date:
        """So many days from today; before today where they are less than none."""
        return self.today + timedelta(days=days)

    def weekday(self, days: int, weekday: int) -> int:
        """So many days from today, or a little more: until it is this day of the week, Monday being 0."""
        return days + (weekday - self.day(days).weekday()) % 7

    def moment(self, days: int, hour: int, minute: int = 0, *, zone: str = "America/Toronto") -> datetime:
        return datetime.combine(self.day(days), time(hour, minute), ZoneInfo(zone))


def the_team() -> Team | None:
    """None where these accounts are none of the demo's: nothing is ever made up among real people."""
    found = {user.username: user for user in User.objects.filter(made_by_demo=True).exclude(username__startswith="p-")}
    needed = {*LEADING, "supervisor", "clinician.qc", "coordinator.qc", "coordinator.on", "admin", "privacy"}
    if not needed <= found.keys() or User.objects.filter(username__in=needed, made_by_demo=False).exists():
        return None
    return Team(found, timezone.localdate())


def key(*words: object) -> UUID:
    return uuid5(SPACE, "|".join(str(word) for word in words))
