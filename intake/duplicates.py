"""Files that may be of one person: the same phone number under two identities. Reads only.

An e-mail address belongs to one account only, so it never shows two; an address that changed is found by number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from contact.models import SafeContact
from intake.models import Participant
from intake.models_desk import DifferentPeople
from psp.models import User
from psp.sight import coordinated_regions

# A number that more files share than this is nobody's own.
MOST = 20


@dataclass(frozen=True, slots=True)
class Likely:
    """`here`: files that the reader may open. `elsewhere`: those elsewhere; only that there are some is told."""

    here: list[Participant]
    elsewhere: list[Participant]


def likely(participant: Participant, reader: User) -> Likely:
    """Who may be the same person as this one."""
    index = SafeContact.objects.filter(person=participant.user_id).values_list("phone_index", flat=True).first()
    if not index:
        return Likely([], [])
    same = Participant.objects.filter(user__safe_contact__phone_index=index, merged_into__isnull=True)
    same = same.exclude(pk=participant.pk).exclude(pk__in=_known_to_differ(participant))
    rows = list(same.select_related("user", "region")[:MOST])
    regions = coordinated_regions(reader)
    return Likely(
        [row for row in rows if row.program_region_id in regions],
        [row for row in rows if row.program_region_id not in regions],
    )


def _known_to_differ(participant: Participant) -> list[UUID]:
    pairs = DifferentPeople.objects.filter(Q(one=participant) | Q(other=participant)).values_list("one", "other")
    return [pk for pair in pairs for pk in pair if pk != participant.pk]


def shared_numbers(reader: User) -> QuerySet[Any]:
    """Numbers that several files of the reader's regions share, as digests; the order says nothing."""
    people = Participant.objects.in_regions_of(reader)
    rows = SafeContact.objects.filter(person__participant__in=people).exclude(phone_index="")
    counted: QuerySet[Any] = rows.values("phone_index").annotate(files=Count("pk")).filter(files__gt=1)
    return counted.order_by("phone_index")


def groups_of(reader: User, numbers: Iterable[dict[str, Any]]) -> list[list[Participant]]:
    """The people behind these numbers, by number; left out is whoever is known to differ from all others."""
    wanted = [row["phone_index"] for row in numbers]
    people = Participant.objects.in_regions_of(reader).filter(user__safe_contact__phone_index__in=wanted)
    rows = list(people.select_related("user__safe_contact", "region").order_by("created_at", "pk"))
    differ = set(DifferentPeople.objects.filter(one__in=rows, other__in=rows).values_list("one", "other"))
    together: dict[str, list[Participant]] = defaultdict(list)
    for row in rows:
        together[row.user.safe_contact.phone_index].append(row)
    return [kept for group in together.values() if len(kept := _undecided(group, differ)) > 1]


def _undecided(group: list[Participant], differ: set[tuple[UUID, UUID]]) -> list[Participant]:
    """Those of the group about whom somebody has still to look."""

    def settled(one: Participant, other: Participant) -> bool:
        return (min(one.pk, other.pk), max(one.pk, other.pk)) in differ

    return [row for row in group if any(row.pk != other.pk and not settled(row, other) for other in group)]
