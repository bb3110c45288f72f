"""The desk page of one group: enrolment and its line, where it meets, its dates, and what waits for somebody to act."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from groups import services
from groups.choices import LeadRole, QueueState
from groups.models import PeerGroup, QueuePlace
from groups.services_enrolling import enrol, offer_next, open_group
from intake.services_apart import note_apart
from psp.audit.models import Entry
from sessions.choices import AttendanceStatus
from sessions.services import schedule_series
from sessions.services_attendance import record_attendance
from tests import factories as make
from tests.factories import sign_in

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
LINK = "https://meet.example.org/room"


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC")


@pytest.fixture
def group(coordinator) -> PeerGroup:
    return make.a_group(coordinator, kind="informal", starts_on=date(2026, 12, 1))


def page(name: str, *args: object) -> str:
    with translation.override("en"):
        return reverse(f"desk:{name}", args=args)


def texts(context) -> list[str]:
    return [str(task["text"]) for task in context["tasks"]]


def somebody(coordinator):
    return make.an_accepted_participant(services=("informal",), by=coordinator)


def test_coordinator_opens_and_closes_the_enrolment_and_says_where_the_group_meets(client, group, coordinator):
    sign_in(client, coordinator)
    assert texts(client.get(page("group", group.pk)).context) == [
        "Nobody can enrol yet. Open the enrolment when the group is ready for it.", "The video link is missing.",
    ]  # fmt: skip
    client.post(page("group_open", group.pk), {"revision": 0})
    client.post(page("group_place", group.pk), {"link": LINK, "asks_who_comes": "on", "revision": 1})
    group.refresh_from_db()
    assert (group.opened_at, group.link, group.asks_who_comes) == (NOW, LINK, True)
    assert texts(client.get(page("group", group.pk)).context) == []
    client.post(page("group_close", group.pk), {"revision": 2})
    group.refresh_from_db()
    assert group.opened_at is None


def test_link_needs_https_and_a_stale_page_is_told_without_losing_what_was_typed(client, group, coordinator):
    sign_in(client, coordinator)
    answer = client.post(page("group_place", group.pk), {"link": "http://meet.example.org/", "revision": 0})
    assert "begins with https://" in answer.content.decode()
    PeerGroup.objects.filter(pk=group.pk).update(revision=4)
    answer = client.post(page("group_place", group.pk), {"link": LINK, "revision": 0})
    assert answer.status_code == 409
    assert LINK in answer.content.decode()
    assert answer.context["form"]["revision"].value() == "4"
    client.post(page("group_place", group.pk), {"link": LINK, "revision": 4})
    group.refresh_from_db()
    assert group.link == LINK


def test_line_shows_who_waits_notes_the_reading_and_ends_on_the_phone(client, group, coordinator):
    services_open(group, coordinator)
    PeerGroup.objects.filter(pk=group.pk).update(max_size=2, min_size=2)
    people = [somebody(coordinator) for _one in range(4)]
    for number, person in enumerate(people):
        with time_machine.travel(NOW + timedelta(minutes=number), tick=False):
            enrol(group=group, participant=person, by=person.user)
    services.leave_group(membership=group.memberships.first(), by=people[0].user)
    offer_next(group)
    sign_in(client, coordinator)
    answer = client.get(page("group", group.pk))
    (part,) = [part for part in answer.context["parts"] if "line" in part]
    line = [(row["place"].participant, row["offered"]) for row in part["line"]]
    assert line == [(people[2], True), (people[3], False)]
    assert Entry.objects.filter(model="groups.queueplace", action="read").count() == 2
    place = QueuePlace.objects.get(participant=people[3])
    client.post(page("queue_end", place.pk))
    place.refresh_from_db()
    assert place.state == QueueState.ENDED
    offered = QueuePlace.objects.get(participant=people[2])
    assert client.get(page("queue_end", offered.pk)).status_code == 404


def services_open(group: PeerGroup, coordinator) -> None:
    open_group(group=group, by=coordinator)


def test_free_place_that_nobody_in_line_may_have_is_a_task(client, group, coordinator):
    services_open(group, coordinator)
    member, waiting = somebody(coordinator), somebody(coordinator)
    enrol(group=group, participant=member, by=member.user)
    QueuePlace.objects.create(group=group, participant=waiting)
    note_apart(participant=waiting, by=coordinator, other=member.user)
    assert offer_next(group) == []
    sign_in(client, coordinator)
    assert "A place is free, and the person in line cannot have it at the moment." in texts(
        client.get(page("group", group.pk)).context
    )


def test_dates_come_with_who_was_there_and_what_was_not_noted_is_a_task(client, group, coordinator):
    begun = begin(group, coordinator)
    first = schedule_series(group=begun, by=coordinator)[0]
    with time_machine.travel(first.ends_at + timedelta(days=8), tick=False):
        statuses = {row.participant_id: AttendanceStatus.PRESENT for row in begun.memberships.all()[:1]}
        record_attendance(session=first, by=coordinator, statuses=statuses)
        sign_in(client, coordinator)
        context = client.get(page("group", begun.pk)).context
    (part,) = [part for part in context["parts"] if "columns" in part]
    assert [row["cells"][3]["text"] for row in part["rows"]][:2] == ["1", "–"]
    assert "Nobody has said yet who was at 1 session." in texts(context)


def begin(group: PeerGroup, coordinator) -> PeerGroup:
    for _one in range(2):
        services.add_member(group=group, participant=somebody(coordinator), by=coordinator)
        services.add_lead(group=group, user=make.a_facilitator(), role=LeadRole.FACILITATOR, by=coordinator)
    return services.establish(group=group, by=coordinator)


def test_group_page_reads_no_more_with_more_members_sessions_and_people_in_line(client, group, coordinator):
    services_open(group, coordinator)
    begun = begin(group, coordinator)
    schedule_series(group=begun, by=coordinator)
    sign_in(client, coordinator)
    client.get(page("group", begun.pk))
    counts = []
    for _more in range(2):
        with CaptureQueriesContext(connection) as asked:
            client.get(page("group", begun.pk))
        counts.append(len(asked))
        for _one in range(3):
            services.add_member(group=begun, participant=somebody(coordinator), by=coordinator)
            make.an_open_group(coordinator)
    assert counts[0] == counts[1]
