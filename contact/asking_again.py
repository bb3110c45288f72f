"""A text has a new version: whoever signed an older one is asked in time, by the ways that are safe for them.

The message is neutral and says no more than that there is something to read. What it is about stands on the
person's own page, where they also find it without any message.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from consent.models import ConsentVersion
from consent.services import texts_asked_again
from consent.services_texts import signed_older
from contact.choices import OutboxState
from contact.models import OutboxMessage
from contact.registry import add_guard
from contact.services import queue_message
from psp.models import User

TEMPLATE = "text_changed"
FIRST, LAST = "first", "last"
# Several texts that change together make one message.
ONE_IN = timedelta(days=1)
# How many people one pass asks; the next pass asks the next ones.
IN_ONE_PASS = 500


def subscribe() -> None:
    add_guard(TEMPLATE, still_to_ask)


def ask_again(now: datetime) -> int:
    """Queue the questions that are due at `now`; how many are new. Safe to run any number of times."""
    today = timezone.localdate(now)
    return sum(_ask(version, round_, now) for version, round_ in _rounds(today))


def _rounds(today: date) -> Iterator[tuple[ConsentVersion, str]]:
    """Which texts people are asked about now: once when a text begins, and once before the period of grace ends."""
    ahead = timedelta(days=settings.PSP_CONSENT_ASK_AGAIN_DAYS)
    for version in ConsentVersion.objects.in_force(today).filter(older_until__gte=today):
        yield version, FIRST
        # A short grace leaves no time for a second question.
        if version.older_until - ahead <= today and version.valid_from < version.older_until - ahead:
            yield version, LAST


def _ask(version: ConsentVersion, round_: str, now: datetime) -> int:
    prefix = f"text|{version.pk}|{round_}|"
    asked = OutboxMessage.objects.filter(key__startswith=prefix).values("person")
    people = (
        signed_older(version).exclude(person__in=asked).order_by("person").values("person").distinct()[:IN_ONE_PASS]
    )
    found = list(User.objects.filter(pk__in=list(people.values_list("person", flat=True)), is_active=True))
    for person in found:
        queue_message(
            person=person, template=TEMPLATE, key=f"{prefix}{person.pk}", context={"version": str(version.pk)},
            due_at=now, useful_until=_end_of(version.older_until) if version.older_until else None,
        )  # fmt: skip
    return len(found)


def _end_of(day: date) -> datetime:
    midnight = datetime.combine(day + timedelta(days=1), datetime.min.time())
    return timezone.make_aware(midnight)


def still_to_ask(message: OutboxMessage) -> bool:
    """Whether the person has not answered meanwhile, and is not told by another message like this one: just now, or by
    one that is being sent beside it and asks something that is still open."""
    waiting = [str(version.pk) for version in texts_asked_again(person=message.person)]
    just_told = Q(state=OutboxState.SENT, finished_at__gte=timezone.now() - ONE_IN)
    goes_first = Q(state=OutboxState.SENDING, context__version__in=waiting, key__lt=message.key)
    others = OutboxMessage.objects.filter(just_told | goes_first, person=message.person_id, template=TEMPLATE)
    return message.context["version"] in waiting and not others.exists()
