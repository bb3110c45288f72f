"""Check-ins have a short life of their own, and so has a pause that is over; before that, months are counted.

Counting happens once, when a month is over, for everybody together: whoever watches the database from one day to the
next sees totals appear, and nobody's colour. Where too few said one, nothing is kept but that the month was looked at.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from privacy.retention_floor import keep_holds_still, standing_holds
from psp.models import RoleAssignment
from supporters import reference
from supporters.models import CheckIn, CheckInWish, Pause, WellbeingMonth
from supporters.wellbeing.permissions import LEADING
from supporters.wellbeing.rules_checkin import months_to_count, tally


def forget(now: datetime) -> int:
    """Count what can be counted, then remove what is old; how many rows. Once or often is the same."""
    count_months(now)
    return forget_check_ins(now) + forget_pauses(now)


@transaction.atomic
def forget_check_ins(now: datetime) -> int:
    """After the program's days, and with who might read them. What a hold protects stays."""
    keep_holds_still()
    last = _day(now) - timedelta(days=reference.settings().checkin_keep_days)
    old = CheckIn.objects.filter(day__lte=last).exclude(user__in=standing_holds())
    keys = list(old.values_list("pk", flat=True))
    CheckIn.objects.filter(pk__in=keys).delete()
    return len(keys)


@transaction.atomic
def forget_pauses(now: datetime) -> int:
    """When somebody paused is nobody's business once they are back, or lead no more: it goes with the next night."""
    keep_holds_still()
    leading = RoleAssignment.objects.filter(user=OuterRef("user"), role__in=LEADING)
    done = Q(ended_at__lt=now - timedelta(days=1)) | ~Exists(leading)
    over = Pause.objects.filter(done).exclude(user__in=standing_holds())
    return int(over.delete()[0])


@transaction.atomic
def count_months(now: datetime) -> list[date]:
    """Months that were counted now. Each person counts once, with what they said last in it."""
    counted = WellbeingMonth.objects.values_list("month", flat=True)
    months = months_to_count(CheckIn.objects.values_list("day", flat=True), counted, _day(now))
    for month in months:
        figures = tally(_latest_colours(month), settings.PSP_SUPPRESSION_THRESHOLD)
        WellbeingMonth.objects.get_or_create(month=month, defaults=figures or {})
    return months


def _latest_colours(month: date) -> list[str]:
    """The last colour that each person said in the month, of those who let it be counted, in no order."""
    until = (month + timedelta(days=31)).replace(day=1)
    willing = CheckInWish.objects.filter(counted=True).values("user")
    rows = CheckIn.objects.filter(user__in=willing, day__gte=month, day__lt=until).order_by("day")
    said = {row.user_id: row.said.colour for row in rows if row.said.colour}
    return sorted(said.values())


def _day(now: datetime) -> date:
    return timezone.localtime(now).date()
