"""Whom somebody who leads can call now, nearest first: by role, with a number only where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from intake.models import BookingTerms
from psp import crisis
from psp.calendar_text import time_of_day
from psp.choices import Role
from psp.models import ProgramRegion, Region, RoleAssignment, User
from psp.models_crisis import number_link
from supporters.models import OpenDoor, Pairing, Supporter

Regions = Callable[[User], Iterable[str]]
_regions: list[Regions] = []


def add_regions(source: Regions) -> None:
    """`source(user)`: codes of program regions in which somebody leads now; apps above know."""
    _regions.append(source)


def regions_of(user: User) -> list[ProgramRegion]:
    """Where somebody leads, and where they belong; nowhere in particular: none."""
    codes = {code for source in _regions for code in source(user)}
    codes |= set(Supporter.objects.filter(pk=user.pk).values_list("program_region", flat=True))
    return list(ProgramRegion.objects.filter(pk__in=codes))


def doors(user: User, now: datetime, tz: str, language: str) -> list[dict[str, Any]]:
    """[{"name", "word"}]: one's own supervisor, then whoever has an open door now; never oneself."""
    own = User.objects.filter(pk__in=Pairing.objects.current().filter(user=user).values("supervisor"), is_active=True)
    open_until = dict(OpenDoor.objects.open_at(now).exclude(user=user).values_list("user", "until"))
    people = {one.pk: one for one in own} | {
        one.pk: one for one in User.objects.filter(pk__in=open_until, is_active=True).order_by("username")
    }
    rows = []
    for key, person in people.items():
        until = open_until.get(key)
        clock = time_of_day(until.astimezone(ZoneInfo(tz)), language) if until else ""
        word = _("The door is open until %(time)s") % {"time": clock} if until else _("Supervises you")
        rows.append({"name": str(person.name), "word": word, "open": until is not None})
    return rows


def coordination(regions: Iterable[ProgramRegion]) -> list[dict[str, Any]]:
    """[{"label", "numbers" = [{"phone", "href"}]}] for each region: the role and the numbers people may call."""
    wanted = list(regions)
    found: dict[str, list[str]] = {region.pk: [] for region in wanted}
    roles = RoleAssignment.objects.filter(role=Role.COORDINATOR, region__in=found, user__is_active=True)
    pairs = list(roles.order_by("region", "pk").values_list("region", "user"))
    terms = BookingTerms.objects.filter(pk__in={user for _region, user in pairs})
    numbers = {row.coordinator_id: row.phone for row in terms if row.phone}
    for region, user in pairs:
        if user in numbers and numbers[user] not in found[region]:
            found[region].append(numbers[user])
    return [
        {
            "label": _("Coordination, %(region)s") % {"region": region},
            "numbers": [{"phone": phone, "href": number_link(phone)} for phone in found[region.pk]],
        }
        for region in wanted
    ]


def lines_for(regions: Iterable[ProgramRegion], language: str, now: datetime) -> list[dict[str, Any]]:
    """Help lines for everywhere and for the provinces of these regions; all of them where no region is known."""
    wanted = [region.pk for region in regions]
    places = set(Region.objects.filter(program_region__in=wanted).values_list("pk", flat=True))
    return [
        crisis.shown(line, language, now)
        for line in crisis.offered()
        if not line.regions or not wanted or places & set(line.regions)
    ]
