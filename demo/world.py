"""What the seeding has made so far, passed from step to step."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from uuid import UUID

from intake.models import Participant, WaitingPlace
from psp.models import User


@dataclass(slots=True)
class World:
    """What the seeding has made so far. `now` is the moment that everything is measured from."""

    rng: Random
    now: datetime
    staff: dict[str, User] = field(default_factory=dict)
    coordinators: dict[str, User] = field(default_factory=dict)
    participants: dict[UUID, Participant] = field(default_factory=dict)
    # (person, service) → their place on the waiting list
    waiting: dict[tuple[UUID, str], WaitingPlace] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
