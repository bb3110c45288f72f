"""What the desk's page for forming groups needs to show something: facilitators with their times, and a draft."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from django.utils import timezone

from demo.people import NAMES_EN, NAMES_FR
from demo.world import World
from groups.models import LeadProfile
from groups.services_forming import start_forming
from intake.week import DAY, from_codes
from psp.choices import Kind, Role
from psp.context_vars import acting
from psp.models import RoleAssignment, User

# Facilitators besides those who can sign in: language, most groups at once.
MORE = (("fr", 1), ("fr", 2), ("en", 1), ("en", 1), ("fr", 1), ("en", 2))
# Those who can sign in lead a running group already.
KNOWN = {"supporter.qc": (("fr",), "QC", 2), "supporter.on": (("en", "fr"), "ON", 2)}
EVENINGS = tuple(f"{day}-evening" for day in range(5))
# Half past six on Monday to Thursday evenings.
TIMES = [day * DAY + 18 * 60 + 30 for day in range(4)]


def make_forming(world: World) -> None:
    """The draft is begun, not searched: the first click shows the rest."""
    for username, (languages, region, most) in KNOWN.items():
        make_profile(world.staff[username], list(languages), most, EVENINGS, region=region)
    rng = Random(5)  # noqa: S311 - synthetic data, not a secret  # nosec B311
    for number, (language, most) in enumerate(MORE):
        user = make_supporter(rng, number, language)
        boxes = (*rng.sample(EVENINGS, 3), f"{rng.randint(0, 6)}-afternoon")
        make_profile(user, [language] if rng.random() < 0.7 else ["en", "fr"], most, boxes)
    coordinator = world.coordinators["QC"]
    with acting(coordinator.pk):
        start_forming(
            by=coordinator, program_regions=["QC"], starts_after=timezone.localdate() + timedelta(days=21),
            time_zone=coordinator.time_zone, times=TIMES,
        )  # fmt: skip


def make_supporter(rng: Random, number: int, language: str) -> User:
    user = User.objects.create_user(
        f"facilitator.{number + 1}", kind=Kind.SUPPORTER, email=f"facilitator{number + 1}@example.org",
        name=rng.choice(NAMES_FR if language == "fr" else NAMES_EN), language=language, made_by_demo=True,
    )  # fmt: skip
    RoleAssignment.objects.create(user=user, role=Role.SUPPORTER)
    return user


def make_profile(
    user: User, languages: list[str], most: int, boxes: tuple[str, ...], *, region: str | None = None
) -> None:
    LeadProfile.objects.create(
        user=user, languages=languages, modalities=["virtual"], max_groups=most, region_id=region,
        availability=[list(span) for span in from_codes(boxes)],
    )  # fmt: skip
