"""Who is free to lead, where, in which language, and how much room they have. Reads only; no ranking.

A coordinator learns whether somebody may lead now, and what is missing only as far as it is theirs to act on
(`supporters.may_lead.words.for_coordinator`). Who is away is not told apart from who is kept apart from somebody.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, partial
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.dates import series_of
from groups.may_lead import adding_of
from groups.models import PeerGroup
from groups.pool_times import attends
from intake.week import merged
from psp.asking import Question, Values, ask
from psp.choices import Role
from psp.models import RoleAssignment, User
from psp.sight import coordinated_regions
from supporters.may_lead.facts import FACTS, Fact
from supporters.may_lead.standing import Adding, Known, conflicts, known_from, standing, weeks_of
from supporters.may_lead.words import course_names, for_coordinator
from supporters.rules import Lived, Load, Missing, may_lead

PROFILE = (
    "pk", "language", "time_zone", "lead_profile__program_region_id", "lead_profile__region_id",
    "lead_profile__languages", "lead_profile__modalities", "lead_profile__availability",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; empty: whatever. `window`: minutes of the week on each one's own clock."""

    region: str = ""
    language: str = ""
    modality: str = ""
    window: tuple[int, int] | None = None
    group: PeerGroup | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """What somebody said of how they can lead; None where they said nothing."""

    user_id: UUID
    language: str
    zone: str
    program_region: str | None
    region: str | None
    languages: list[str] | None
    modalities: list[str] | None
    week: Any


@dataclass(frozen=True, slots=True)
class FreeLead:
    """`room`: how many groups more they may lead; `missing`: what stands against it, for the checks alone. `names`: of
    the courses in it."""

    profile: Profile
    leads: int
    room: int
    missing: tuple[Missing, ...]
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def free(self) -> bool:
        return not self.missing

    @property
    def sentences(self) -> list[str]:
        """What a coordinator may read; where nothing of it is theirs to know, a sentence that has many reasons."""
        if not self.missing:
            return []
        return for_coordinator(self.missing, self.names) or [_("This person is not available now.")]


def free_leads(reader: User, wanted: Wanted) -> list[FreeLead]:
    """Everybody who could lead in the reader's regions and fits what is wanted. As many questions for any number."""
    today = timezone.localdate()
    rows, *facts = ask(reader, questions())
    fitting = [one for one in (Profile(*row) for row in rows) if _fits(wanted, one)]
    known = known_from(facts, today)
    accounts = [one.user_id for one in fitting]
    adding = adding_of(wanted.group) if wanted.group else Adding()
    known.weeks.update(weeks_of(accounts, today, adding))
    apart, cohort = conflicts(accounts, adding.members)
    found = [_stands(known, one, adding, (apart[one.user_id], cohort[one.user_id])) for one in fitting]
    names = course_names(piece for one in found for piece in one.missing)
    return [replace(one, names=names) for one in found]


def _stands(known: Known, one: Profile, adding: Adding, hidden: tuple[int, int]) -> FreeLead:
    person = standing(known, one.user_id, Lived.YES, adding)
    person = replace(person, apart=hidden[0], cohort=hidden[1])
    if adding.group is None:
        # Any group would be one session more in a week.
        person = replace(person, sessions=Load(person.sessions.now + 1, person.sessions.limit))
    missing = may_lead(person, known.on)
    led = person.groups.now - 1
    return FreeLead(one, led, 0 if missing else person.groups.limit - led, missing)


def _fits(wanted: Wanted, one: Profile) -> bool:
    """Nothing that was not said is taken for said, but the language of the account."""
    group = wanted.group
    languages, modalities = one.languages or [one.language], one.modalities or []
    if wanted.language and wanted.language not in languages:
        return False
    if wanted.modality and wanted.modality not in modalities:
        return False
    if wanted.region and one.program_region not in (None, wanted.region):
        return False
    if wanted.window and not any(start <= wanted.window[0] and wanted.window[1] <= end for start, end in _week(one)):
        return False
    return group is None or not _week(one) or attends(_week(one), one.zone, series_of(group))


def _week(one: Profile) -> list[tuple[int, int]]:
    """JSON comes as text where no model reads it."""
    return merged(json.loads(one.week) if isinstance(one.week, str) else one.week or ())


# Asked together --------------------------------------------------------------------------------------------------


@cache
def questions() -> tuple[Question, ...]:
    return (Question(_profiles), *(Question(partial(_fact, fact), _today) for fact in FACTS))


def _profiles(reader: User) -> QuerySet[Any]:
    return _people(reader).order_by("username").values_list(*PROFILE)


def _fact(fact: Fact, reader: User, today: date) -> QuerySet[Any]:
    return fact(_people(reader).order_by().values("pk"), today)


def _people(reader: User) -> QuerySet[User]:
    """Peer supporters for the whole program or for one of the reader's regions."""
    regions = sorted(coordinated_regions(reader))
    here = RoleAssignment.objects.filter(
        Q(region=None) | Q(region__in=regions), user=OuterRef("pk"), role=Role.SUPPORTER
    )  # fmt: skip
    leading = Q(lead_profile__program_region=None) | Q(lead_profile__program_region__in=regions)
    return User.objects.filter(Exists(here), leading, is_active=True)


def _today(_reader: User) -> Values:
    return {"today": timezone.localdate()}
