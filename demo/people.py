"""Synthetic people: who they might be and what they might choose. Pure: the same seed, the same people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

NAMES_FR = (
    "Ariane", "Benoit", "Camille", "Danick", "Élodie", "Félix", "Geneviève", "Hubert", "Isabelle", "Jérôme", "Karine",
    "Léo", "Maïka", "Noémie", "Olivier", "Pascale", "Quentin", "Rosalie", "Simon", "Thomas", "Ursule", "Véronique",
)  # fmt: skip
NAMES_EN = (
    "Avery", "Blair", "Casey", "Drew", "Ellis", "Frankie", "Gale", "Harper", "Indigo", "Jamie", "Kelly", "Logan",
    "Morgan", "Noel", "Owen", "Parker", "Quinn", "Riley", "Sydney", "Taylor", "Val", "Winter",
)  # fmt: skip
# Code of the province → share of the people, and how often French is chosen there.
PROVINCES = {
    "QC": (26, 0.8), "ON": (34, 0.08), "BC": (10, 0.02), "AB": (10, 0.02), "NS": (6, 0.05), "NB": (5, 0.35),
    "MB": (3, 0.05), "SK": (2, 0.02), "NL": (2, 0.01), "PE": (1, 0.05), "YT": (0.4, 0.05), "NT": (0.3, 0.05),
    "NU": (0.1, 0.05), "XX": (0.2, 0.1),
}  # fmt: skip
AFFILIATIONS = ("current_caf_member", "former_caf_member", "veteran", "dnd_public_servant", "cadet", "junior_ranger")
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Person:
    """One applicant. `counted`: whether they agree to being in figures. `fate`: what became of the application."""

    id: UUID
    name: str
    email: str
    language: str
    province: str
    affiliation: str
    services: tuple[str, ...]
    modalities: tuple[str, ...]
    call_safe: bool
    counted: bool
    applied_at: datetime
    fate: str


def uuid_from(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


def make_people(count: int, *, seed: int, now: datetime, years: float) -> list[Person]:
    """`count` people who applied within the last `years` years before `now`."""
    rng = Random(seed)  # noqa: S311 - synthetic data, not a secret  # nosec B311
    return [make_person(rng, number, now=now, years=years) for number in range(count)]


def make_waiting_people(count: int, *, seed: int, now: datetime) -> list[Person]:
    """People in Quebec who were accepted for a formal group some weeks ago and have no place yet."""
    rng = Random(seed + 1)  # noqa: S311 - synthetic data, not a secret  # nosec B311
    found = []
    for number in range(count):
        language, names = ("fr", NAMES_FR) if number % 4 else ("en", NAMES_EN)
        person = make_person(rng, 1_000_000 + number, now=now, years=0.5)
        found.append(
            replace(
                person, province="QC", fate="accepted", services=("formal",), counted=False, language=language,
                name=rng.choice(names), applied_at=now - DAY * rng.uniform(25, 200),
            )
        )  # fmt: skip
    return found


def make_person(rng: Random, number: int, *, now: datetime, years: float) -> Person:
    shares = [share for share, _french in PROVINCES.values()]
    province = rng.choices(list(PROVINCES), shares)[0]
    language = "fr" if rng.random() < PROVINCES[province][1] else "en"
    services = ("formal",) if rng.random() < 0.6 else ("formal", "informal", "activity")[: rng.randint(1, 3)]
    applied = now - DAY * rng.uniform(1, 365 * years)
    # Who applied in the last three weeks is still on the way; the others have had their answer.
    recent = now - applied < DAY * 21
    fates, weights = (
        (("submitted", "meeting_set"), (6, 4)) if recent else (("accepted", "declined", "withdrawn"), (93, 4, 3))
    )
    return Person(
        id=uuid_from(rng), name=rng.choice(NAMES_FR if language == "fr" else NAMES_EN),
        email=f"person{number}@example.org", language=language, province=province, affiliation=rng.choice(AFFILIATIONS),
        services=services, modalities=("virtual",) if rng.random() < 0.8 else ("virtual", "in_person"),
        call_safe=rng.random() < 0.3, counted=rng.random() < 0.95, applied_at=applied,
        fate=rng.choices(fates, weights)[0],
    )  # fmt: skip
