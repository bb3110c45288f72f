"""What synthetic people would like in a group. From each one's own number, so that nothing else is drawn otherwise."""

from __future__ import annotations

from random import Random

from demo.people import Person
from intake.models import Participant, Preferences
from intake.week import DAY_CELLS, from_codes

EVENINGS = [code for code, cell in DAY_CELLS.items() if cell.block.code == "evening" and cell.day < 5]
ACCESS = {
    "en": ("Captions, please", "A short break in the middle", "Large print"),
    "fr": ("Des sous-titres", "Une pause au milieu", "De gros caractères"),
}


def make_preferences(person: Person, participant: Participant) -> Preferences:
    """Evenings suit most people; every sixth says what would make it easier."""
    rng = Random(person.id.int)  # noqa: S311 - synthetic data, not a secret  # nosec B311
    both = rng.random() < 0.15
    boxes = set(rng.sample(EVENINGS, rng.randint(1, 4)))
    if rng.random() < 0.4:
        boxes |= set(rng.sample(sorted(DAY_CELLS), rng.randint(1, 5)))
    return Preferences(
        participant=participant, person_id=person.id, languages=["en", "fr"] if both else [person.language],
        compositions=rng.choices((["any"], ["women"], ["men"], ["2slgbtqi"]), (70, 20, 7, 3))[0],
        availability=[list(span) for span in from_codes(boxes)],
        accessibility=rng.choice(ACCESS[person.language]) if rng.random() < 1 / 6 else "",
    )  # fmt: skip
