"""What is tried before anybody decides, as it is asked for on the board and stored with a run: codes and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groups.formation_input import FormationError, Leader
from groups.formation_whatif import Change
from groups.models import Forming
from groups.pool import series_of
from intake.choices import Modality
from intake.week import GRID, WEEK

MOST_TIMES = 20
# What may be tried, and the largest number of each.
TRIED = {"min_size": 30, "max_size": 30, "facilitators": 10, "leaders": 20}


def change_of(forming: Forming, data: Mapping[str, Any]) -> Change:
    """What is tried, from its JSON. Strict: FormationError with the name of what is wrong."""
    for name in data:
        if name not in TRIED and name != "times":
            raise FormationError(name[:60], "is not known here")
    numbers = {name: _number(name, data[name]) for name in TRIED if name in data}
    slots = [one.slot() for one in series_of(forming, minutes_of(data))]
    more = tuple(
        Leader(f"further-{number}", max_groups=1, modalities=(Modality.VIRTUAL,))
        for number in range(numbers.pop("leaders", 0))
    )
    least, most = numbers.get("min_size", forming.min_size), numbers.get("max_size", forming.max_size)
    if most < least or least < 1:
        raise FormationError("max_size", "the largest size is below the smallest")
    return Change(
        min_size=numbers.get("min_size"), max_size=numbers.get("max_size"),
        leaders_per_group=numbers.get("facilitators"), slots=tuple(slots), leaders=more,
    )  # fmt: skip


def _number(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= TRIED[name]:
        raise FormationError(name, f"must be a whole number from 0 to {TRIED[name]}")
    return value


def minutes_of(data: Mapping[str, Any]) -> list[int]:
    times = data.get("times", [])
    if not isinstance(times, list) or len(times) > MOST_TIMES:
        raise FormationError("times", f"must be a list of at most {MOST_TIMES} times")
    for one in times:
        if isinstance(one, bool) or not isinstance(one, int) or not 0 <= one < WEEK or one % GRID:
            raise FormationError("times", "must be minutes of the week, on the half hour")
    return times
