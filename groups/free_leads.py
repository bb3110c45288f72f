"""Who is free to lead, where, in which language, and how much room they have. Reads only; no ranking.

A coordinator learns whether somebody may lead now, and what is missing only as far as it is theirs to act on
(`supporters.may_lead.words.for_coordinator`). Who is away is not told apart from who is kept apart from somebody.

One statement finds all who fit, who of them may lead, and the page asked for; names and words are read for that page.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.dates import series_of
from groups.may_lead import adding_of
from groups.models import PeerGroup
from psp.asking import Joined, ask_joined
from psp.choices import Kind, Role
from psp.crypto.fields import Token
from psp.models import RoleAssignment, User
from psp.sight import coordinated_regions
from supporters.may_lead import able
from supporters.may_lead.standing import Adding, never_with, standings
from supporters.may_lead.words import course_names, for_coordinator
from supporters.rules import Load, Missing, may_lead

PROFILE = (
    "pk", "username", "name", "language", "time_zone", "lead_profile__program_region_id", "lead_profile__region_id",
    "lead_profile__languages", "lead_profile__modalities", "lead_profile__availability",
)  # fmt: skip
PEOPLE = "people (pk, username, name, language, zone, program_region, region, languages, modalities, availability)"
# Nothing that was not said is taken for said, but the language of the account. A group's sessions begin at one minute
# of the week on a clock elsewhere, or at two where clocks change; one may go on over midnight on Sunday.
SQL = """,
begins AS MATERIALIZED (
    SELECT DISTINCT zone, minute, jsonb_build_object(
               'from', minute, 'until', least(minute + %(length)s::int, 10080), 'rest', minute + %(length)s::int - 10080
           ) AS span
      FROM zones CROSS JOIN unnest(%(series)s::timestamptz[]) AS starts (moment)
           CROSS JOIN LATERAL (SELECT moment AT TIME ZONE zone) AS here (shown)
           CROSS JOIN LATERAL (
               SELECT ((extract(isodow FROM shown) - 1) * 1440 + extract(hour FROM shown) * 60
                       + extract(minute FROM shown))::int
           ) AS counted (minute)
),
fitting AS (
    SELECT * FROM people JOIN able USING (pk)
     WHERE (%(language)s::text = '' OR %(language)s::text = ANY (
               CASE WHEN cardinality(languages) > 0 THEN languages::text[] ELSE ARRAY[language::text] END))
       AND (%(modality)s::text = '' OR %(modality)s::text = ANY (modalities::text[]))
       AND (%(region)s::text = '' OR program_region IS NULL OR program_region = %(region)s::text)
       AND (%(window)s::jsonb IS NULL OR jsonb_path_exists(
                availability, 'strict $[*] ? (@[0] <= $from && @[1] >= $until)', %(window)s::jsonb))
       AND (availability IS NULL OR availability = '[]' OR NOT EXISTS (
               SELECT FROM begins
                WHERE begins.zone = people.zone
                  AND NOT (jsonb_path_exists(
                               availability, 'strict $[*] ? (@[0] <= $from && @[1] >= $until)', span)
                           AND (minute + %(length)s::int <= 10080 OR jsonb_path_exists(
                               availability, 'strict $[*] ? (@[0] <= 0 && @[1] >= $rest)', span)))))
),
page AS (SELECT * FROM fitting ORDER BY NOT may, username OFFSET %(start)s::int LIMIT %(most)s::int),
sums AS (SELECT count(*) AS people, count(*) FILTER (WHERE may) AS free FROM fitting)
SELECT people, free, pk, username, name, language, region, languages, modalities, may, leads, room
  FROM sums LEFT JOIN page ON true
 ORDER BY NOT may, username
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; empty: whatever. `window`: minutes of the week on each one's own clock."""

    region: str = ""
    language: str = ""
    modality: str = ""
    window: tuple[int, int] | None = None
    group: PeerGroup | None = None


class FreeLead(NamedTuple):
    """What somebody said of how they can lead (None where they said nothing), whether they may lead now, how many
    groups they lead and how many more they may; `sealed_name` opens with the key of the account."""

    user_id: UUID
    username: str
    sealed_name: Token
    language: str
    region: str | None
    languages: list[str] | None
    modalities: list[str] | None
    may: bool
    leads: int
    room: int


@dataclass(frozen=True, slots=True)
class Found:
    """`shown`: those asked for, whoever may lead first; `people` and `free`: how many there are in all.
    `sentences`: what a coordinator may read of what is missing, for those shown who may not lead."""

    people: int
    free: int
    shown: list[FreeLead]
    sentences: dict[UUID, list[str]]


def free_leads(reader: User, wanted: Wanted, *, start: int = 0, most: int = 1000) -> Found:
    """Who could lead in the reader's regions and fits what is wanted. As many questions for any number."""
    adding = adding_of(wanted.group) if wanted.group else Adding()
    asked = able.Asked(timezone.localdate(), adding, never_with(adding.members))
    rows = ask_joined(reader, joined(), **asked.values(), **_narrowed(wanted), start=start, most=most)
    shown = [FreeLead(*row[2:]) for row in rows if row[2] is not None]
    people, free = rows[0][:2]
    return Found(people, free, shown, _sentences([one.user_id for one in shown if not one.may], adding))


def _narrowed(wanted: Wanted) -> dict[str, Any]:
    series = series_of(wanted.group) if wanted.group else None
    window = f'{{"from": {wanted.window[0]}, "until": {wanted.window[1]}}}' if wanted.window else None
    return {
        "language": wanted.language, "modality": wanted.modality, "region": wanted.region, "window": window,
        "series": series.starts() if series else [], "length": series.minutes if series else 0,
    }  # fmt: skip


def _sentences(accounts: Collection[UUID], adding: Adding) -> dict[UUID, list[str]]:
    """Where nothing of it is theirs to know, a sentence that has many reasons."""
    found = lacking(accounts, adding) if accounts else {}
    names = course_names(piece for missing in found.values() for piece in missing)
    return {
        one: for_coordinator(missing, names) or [_("This person is not available now.")]
        for one, missing in found.items()
    }


def lacking(accounts: Collection[UUID], adding: Adding) -> dict[UUID, tuple[Missing, ...]]:
    """What is missing for each of them, by the rules themselves."""
    today = timezone.localdate()
    found = standings(accounts, today, adding=adding)
    if adding.group is None:
        # Any group would be one session more in a week.
        found = {
            one: replace(person, sessions=Load(person.sessions.now + 1, person.sessions.limit))
            for one, person in found.items()
        }
    return {one: may_lead(person, today) for one, person in found.items()}


# The one statement -----------------------------------------------------------------------------------------------


@cache
def joined() -> Joined:
    parts = {PEOPLE: _profiles, **able.parts()}
    return Joined(parts, able.SQL + SQL, days=("today",), moments=("first", "last"))


def _profiles(reader: User, **_values: Any) -> QuerySet[Any]:
    return _people(reader).order_by().values_list(*PROFILE)


def _people(reader: User) -> QuerySet[User]:
    """Peer supporters for the whole program or for one of the reader's regions."""
    regions = sorted(coordinated_regions(reader))
    here = RoleAssignment.objects.filter(
        Q(region=None) | Q(region__in=regions), user=OuterRef("pk"), role=Role.SUPPORTER
    )  # fmt: skip
    leading = Q(lead_profile__program_region=None) | Q(lead_profile__program_region__in=regions)
    # Nobody leads with a participant's account. Said here so that the index of all others finds them among thousands.
    return User.objects.exclude(kind=Kind.PARTICIPANT).filter(Exists(here), leading, is_active=True)
