"""The day after which a person's choices no longer hold: they are asked in time, while we still may."""

from __future__ import annotations

from datetime import datetime, timedelta

from contact.models import OutboxMessage, SafeContact
from contact.registry import add_guard, add_planner
from contact.services import queue_message, safe_contact_of

# How long before that day the person is asked, and the desk is told.
DAYS_AHEAD = 14
TEMPLATE = "check_details"


def subscribe() -> None:
    add_planner(ask_in_time)
    add_guard(TEMPLATE, still_to_ask)


def ask_in_time(now: datetime) -> int:
    """Queue one question for each person whose choices run out within two weeks; how many are new."""
    today = now.date()
    soon = SafeContact.objects.to_confirm(today + timedelta(days=DAYS_AHEAD)).filter(recheck_on__gte=today)
    wanted = {f"recheck|{choices.person_id}|{choices.recheck_on}": choices for choices in soon.select_related("person")}
    known = set(OutboxMessage.objects.filter(key__in=wanted).values_list("key", flat=True))
    for key in wanted.keys() - known:
        day = wanted[key].recheck_on
        queue_message(
            person=wanted[key].person, template=TEMPLATE, key=key, context={"recheck_on": str(day)}, due_at=now,
            useful_until=now + timedelta(days=(day - today).days + 1),
        )  # fmt: skip
    return len(wanted.keys() - known)


def still_to_ask(message: OutboxMessage) -> bool:
    """Whether the person has not looked at their choices meanwhile. A question of another kind is always asked."""
    day = message.context.get("recheck_on")
    return day is None or str(safe_contact_of(message.person).recheck_on) == day
