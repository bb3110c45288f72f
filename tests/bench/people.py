"""Whom the benches sign in and look for, among the seeded people. Needs `servers.prepare` before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.test import Client

if TYPE_CHECKING:
    from intake.models import Participant
    from psp.models import User

COORDINATOR, ANALYST = "coordinator.qc", "analyst"
# Nobody else has these: a search for them finds one person, at any scale.
ONLY_NAME, ONLY_PHONE = "Philomène", "+1 418 555 0199"


def cookies_of(user: User) -> dict[str, str]:
    """A session of this account, opened as the tests do it."""
    from tests.factories import sign_in

    client = Client()
    sign_in(client, user)
    name = settings.SESSION_COOKIE_NAME
    return {name: client.cookies[name].value}


def coordinator() -> User:
    from psp.models import User

    return User.objects.get(username=COORDINATOR)


def analyst() -> User:
    from psp.models import User

    return User.objects.get(username=ANALYST)


def somebody_to_find() -> Participant:
    """A person of the coordinator's region with a name and a number of their own."""
    from intake.models import Participant

    rows = Participant.objects.in_regions_of(coordinator()).filter(user__safe_contact__call_safe=True)
    person = rows.order_by("pk").select_related("user__safe_contact")[:1].get()
    person.user.name = ONLY_NAME
    person.user.save()
    person.user.safe_contact.set_phone(ONLY_PHONE)
    person.user.safe_contact.save()
    return person


def who_may_book(number: int) -> list[User]:
    """People of the coordinator's region who have applied and have no meeting yet."""
    from intake.models import Application

    rows = Application.objects.in_regions_of(coordinator()).filter(state="submitted").order_by("pk")
    found = [row.participant.user for row in rows.select_related("participant__user")[:number]]
    if len(found) < number:
        raise SystemExit(f"Only {len(found)} people could book; {number} are needed.")
    return found
