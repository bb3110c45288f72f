"""Finding what is unusual in the access log: one account and one day at a time, from its own index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from privacy.models_log import Finding
from privacy.people import regions_of
from privacy.rules_unusual import Found, Limits, Look, unusual
from privacy.words import day as in_words
from psp.audit.choices import Action, Purpose
from psp.audit.models import Entry
from psp.bilingual import reader_language
from psp.calendar_text import time_of_day
from psp.choices import Kind
from psp.models import RoleAssignment, User

Row = tuple[datetime, UUID | None, str, str, str]
COLUMNS = ("at", "person", "action", "purpose", "request_id")


def limits() -> Limits:
    return Limits(
        files=settings.PSP_UNUSUAL_FILES, minutes=settings.PSP_UNUSUAL_MINUTES,
        refusals=settings.PSP_UNUSUAL_REFUSALS, outside=settings.PSP_UNUSUAL_OUTSIDE,
        glass=settings.PSP_UNUSUAL_GLASS, starts=settings.PSP_WORK_STARTS, ends=settings.PSP_WORK_ENDS,
    )  # fmt: skip


def find_unusual(day: date) -> int:
    """Note every unusual pattern of this day that is not noted yet; what grew since is brought up to date.

    Safe to run any number of times. What somebody has looked at stays as they saw it.
    """
    return sum(_note(actor, day) for actor in User.objects.filter(kind=Kind.STAFF).order_by("pk"))


def _note(actor: User, day: date) -> int:
    found = unusual(looks_of(actor, day), regions=ever_assigned(actor), limits=limits())
    new = 0
    for one in found:
        new += _keep(actor, day, one)
    return new


@transaction.atomic
def _keep(actor: User, day: date, one: Found) -> bool:
    values = {"count": one.count, "first_at": one.first, "last_at": one.last}
    key = {"pattern": one.pattern.value, "actor": actor, "day": day, "person": one.person}
    kept, made = Finding.objects.select_for_update(of=("self",)).get_or_create(**key, defaults=values)
    if not made and not kept.outcome and kept.count != one.count:
        Finding.objects.filter(pk=kept.pk).update(**values)
    return made


def looks_of(actor: User, day: date) -> list[Look]:
    """What this account did with other people's records on this day of its own clock."""
    zone = ZoneInfo(actor.time_zone)
    begin = datetime.combine(day, time(), zone)
    rows: list[Row] = list(
        Entry.objects.filter(actor=actor.pk, at__gte=begin, at__lt=begin + timedelta(days=1))
        .exclude(person=actor.pk).filter(action__in=[Action.READ, Action.EXPORT, Action.DENIED])
        .order_by("at").values_list(*COLUMNS)
    )  # fmt: skip
    people = {row[1] for row in rows if row[1]}
    in_request = Counter(key for _person, key in {(row[1], row[4]) for row in rows if row[1]})
    regions, alike = regions_of(people), _same_name(actor, people)
    return [
        Look(
            at=at.astimezone(zone), person=person, refused=action == Action.DENIED, listed=in_request[request] > 1,
            glass=purpose == Purpose.BREAK_GLASS, region=regions.get(person, "") if person else "",
            same_name=person in alike,
        )
        for at, person, action, purpose, request in rows
        if person or action == Action.DENIED
    ]  # fmt: skip


def _same_name(actor: User, people: Iterable[UUID]) -> set[UUID]:
    """Those with exactly the name of this account, told by the keyed digest: no name is opened."""
    if not actor.name_index:
        return set()
    return set(User.objects.filter(pk__in=set(people), name_index=actor.name_index).values_list("pk", flat=True))


def ever_assigned(actor: User) -> frozenset[str]:
    """Regions that this account has or had."""
    past = RoleAssignment.history.filter(user_id=actor.pk, region_id__isnull=False)
    return frozenset(past.values_list("region_id", flat=True))


def yesterday_and_today(now: datetime | None = None) -> tuple[date, date]:
    today = timezone.localdate(now)
    return today - timedelta(days=1), today


def summary(rows: Iterable[Finding], labels: dict[UUID, str]) -> list[dict[str, Any]]:
    """Each in words, by username and reference."""
    return [
        {
            "id": row.pk, "pattern": row.get_pattern_display(), "count": row.count, "day": row.day.isoformat(),
            "when": f"{in_words(row.day)}, {_clock(row.first_at)} – {_clock(row.last_at)}",
            "who": labels.get(row.actor_id, ""),
            "about": labels.get(row.person, "") if row.person else "", "outcome": row.get_outcome_display(),
            "looked_by": labels.get(row.looked_by_id, "") if row.looked_by_id else "", "actor": row.actor_id,
        }
        for row in rows
    ]  # fmt: skip


def _clock(at: datetime) -> str:
    return time_of_day(timezone.localtime(at), reader_language())
