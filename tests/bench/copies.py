"""A copy of everything about one person after ten years, beside the same rows read raw.

The floor reads every row that the copy tells about, history and access log included, as the database hands it over:
nothing is opened, put into words or drawn.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.bench import people
from tests.bench.figures import Figure, against_floor

if TYPE_CHECKING:
    from intake.models import Participant
    from psp.models import User

YEARS, TIMES = 10, 9
LOOKS, MESSAGES, SESSIONS, CHANGES, ASKED = 300, 100, 40, 6, 2  # a year


def figures() -> list[Figure]:
    from privacy import copies
    from privacy.holdings import held_about
    from psp.models import User

    person = after_ten_years()
    queries = raw_queries(person)

    def data() -> object:
        return copies.as_json(held_about(fresh(User, person)))

    def page() -> object:
        return copies.as_page(held_about(fresh(User, person)), person)

    floor = median(lambda: read_raw(queries))
    name = f"everything about one person after {YEARS} years"
    return [
        against_floor(f"{name}, as data", median(data), floor, "under 10 × the raw queries"),
        against_floor(f"{name}, as a page", median(page), floor, "under 10 × the raw queries"),
    ]


def fresh(model: Any, person: User) -> User:
    """The account as a new request has it: with no key opened."""
    from psp.crypto import keyring

    keyring.clear()
    found: User = model.objects.get(pk=person.pk)
    return found


def median(act: Callable[[], object]) -> float:
    act()
    taken = []
    for _time in range(TIMES):
        begun = time.perf_counter()
        act()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def raw_queries(person: User) -> list[tuple[str, Any]]:
    """One for each table that the copy tells about, with its history, from the data map."""
    from django.apps import apps

    from privacy.datamap import holdings

    told = [row for row in holdings() if row.exported]
    rows = [apps.get_model(row.model)._base_manager.filter(**{row.path or "pk": person.pk}) for row in told]
    return [one.query.sql_with_params() for one in rows]


def read_raw(queries: list[tuple[str, Any]]) -> int:
    from django.db import connection

    found = 0
    with connection.cursor() as cursor:
        for sql, params in queries:
            cursor.execute(sql, params)
            found += len(cursor.fetchall())
    return found


# --- ten years ---


def after_ten_years() -> User:
    participant = people.somebody_to_find()
    looks(participant.user)
    messages(participant.user)
    sessions(participant)
    changes(participant)
    return participant.user


def looks(person: User) -> None:
    from psp.audit.models import Entry

    reader = people.coordinator().pk
    Entry.objects.bulk_create(
        Entry(actor=reader, action="read", model="intake.participant", person=person.pk, purpose="intake")
        for _number in range(LOOKS * YEARS)
    )


def messages(person: User) -> None:
    from django.utils import timezone

    from contact.models import MessageTemplate, OutboxMessage

    template, now = MessageTemplate.objects.get(code="check_details"), timezone.now()
    rows = [
        OutboxMessage(
            key=f"bench|{person.pk}|{number}", person=person, channel="email", template=template, state="sent",
            due_at=now, useful_until=now, finished_at=now, subject="Hello", body="Something waits in your space.",
        )
        for number in range(MESSAGES * YEARS)
    ]  # fmt: skip
    OutboxMessage.objects.bulk_create(rows)


def sessions(participant: Participant) -> None:
    from django.utils import timezone

    from groups.models import PeerGroup
    from sessions.models import Attendance, GroupSession

    group = PeerGroup.objects.filter(program_region=participant.program_region).order_by("pk")[0]
    begin = timezone.now() - timedelta(days=3650)
    held = [
        GroupSession(group=group, number=1000 + number, starts_at=begin + timedelta(days=9 * number),
                     ends_at=begin + timedelta(days=9 * number, hours=1), state="held")
        for number in range(SESSIONS * YEARS)
    ]  # fmt: skip
    GroupSession.objects.bulk_create(held)
    lead = people.coordinator()
    rows = [Attendance(session=one, participant=participant, status="present", recorded_by=lead) for one in held]
    Attendance.objects.bulk_create(rows)
    Attendance.history.bulk_history_create(rows)
    for row in rows:
        row.status = "absent"
    Attendance.objects.bulk_update(rows, ["status"])
    Attendance.history.bulk_history_create(rows, update=True)


def changes(participant: Participant) -> None:
    from intake.services_preferences import set_preferences
    from privacy import services

    person, contact = participant.user, participant.user.safe_contact
    for number in range(CHANGES * YEARS):
        contact.name_to_use = f"Name {number}"
        contact.save()
        set_preferences(
            participant=participant, by=person, languages=["fr", "en"][: 1 + number % 2], compositions=["any"],
            availability=[[1080, 1200 + 30 * (number % 3)]], accessibility=f"Words {number}",
        )  # fmt: skip
    for number in range(ASKED * YEARS):
        asked = services.ask_correction(person=person, by=person, item="other", text=f"Words {number}")
        services.answer_correction(request=asked, accepted=False, answer="It stays.", by=people.coordinator())
