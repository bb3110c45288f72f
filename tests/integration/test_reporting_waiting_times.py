"""Waiting times on the public page: from the data, protected, made once a month and then frozen."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from groups.models import Membership
from groups.services import add_member
from intake.choices import ApplicationState, MeetingState
from intake.models import Application, IntakeMeeting, WaitingPlace
from reporting.choices import WaitOutcome, WaitStep
from reporting.models import PublishedWait
from reporting.waiting import times as waiting_times
from reporting.waiting.times import bounds, closed_month, publish_waits, waits
from tests.factories import (
    a_coordinator,
    a_formal_group,
    a_participant,
    accepted,
    an_application,
    disagree,
)  # fmt: skip

pytestmark = pytest.mark.django_db
TODAY, MONTH = date(2026, 11, 25), date(2026, 10, 1)
SENT = datetime(2026, 9, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def threshold(settings):
    settings.PSP_SUPPRESSION_THRESHOLD = 5


def somebody(*, counted: bool = True):
    return a_participant(consents=("taking_part", "results") if counted else ("taking_part",))


def decided_after(days: int, *, coordinator, counted: bool = True, met: int | None = None) -> Application:
    """An application with its answer after so many days, and a meeting that was held after `met`."""
    made = accepted(somebody(counted=counted), by=coordinator)
    Application.objects.filter(pk=made.pk).update(submitted_at=SENT, decided_at=SENT + timedelta(days=days))
    if met is not None:
        # Each at a minute of its own: a coordinator has one meeting at a time.
        start = SENT + timedelta(days=met, minutes=10 * IntakeMeeting.objects.count())
        IntakeMeeting.objects.create(
            application=made, coordinator=coordinator, starts_at=start, ends_at=start + timedelta(minutes=5),
            state=MeetingState.HELD,
        )  # fmt: skip
    made.refresh_from_db()
    return made


def row(step: str, service: str = "") -> PublishedWait:
    return PublishedWait.objects.get(step=step, service=service, month=MONTH)


@pytest.mark.parametrize(
    ("today", "month"),
    [(TODAY, MONTH), (date(2026, 11, 1), MONTH), (date(2027, 1, 31), date(2026, 12, 1)),
     (date(2028, 3, 1), date(2028, 2, 1))],
)  # fmt: skip
def test_month_is_published_after_it_is_over(today, month):
    assert closed_month(today) == month


def test_twelve_months_begin_and_end_at_midnight_of_the_program():
    first, after = bounds(date(2026, 10, 1))
    assert (first.isoformat(), after.isoformat()) == ("2025-11-01T00:00:00-04:00", "2026-11-01T00:00:00-04:00")


def test_half_had_their_answer_and_their_meeting_within_so_many_weeks(client):
    coordinator = a_coordinator("QC")
    for days in (3, 5, 9, 30, 40):
        decided_after(days, coordinator=coordinator, met=days - 2)
    publish_waits(TODAY)
    assert (row("decision").outcome, row("decision").weeks) == (WaitOutcome.KNOWN, 2)
    assert (row("meeting").outcome, row("meeting").weeks) == (WaitOutcome.KNOWN, 2)
    page = client.get("/en/after-applying/").content.decode()
    assert page.count("Half of the people waited less than about 2 weeks.") == 2
    assert "the end of October 2026" in page
    french = client.get("/fr/after-applying/").content.decode()
    assert "fin d’octobre 2026" in french or "octobre 2026" in french


def test_those_who_still_wait_count_for_as_long_as_they_have_waited():
    coordinator = a_coordinator("QC")
    for _number in range(5):
        decided_after(2, coordinator=coordinator)
    for _number in range(6):
        an_application(somebody(), submitted_at=SENT)
    found = waits(MONTH, WaitStep.DECISION)
    assert found.over == {2: 5}
    assert found.open == {60: 6}, "from the first of September to the end of October"
    publish_waits(TODAY)
    assert row("decision").outcome == WaitOutcome.WAITING


def test_what_happened_after_the_month_is_not_known_in_it():
    coordinator = a_coordinator("QC")
    decided_after(70, coordinator=coordinator)
    assert waits(MONTH, WaitStep.DECISION).over == {}
    later = an_application(somebody(), submitted_at=datetime(2026, 11, 2, tzinfo=UTC))
    assert later.pk
    assert sum(waits(MONTH, WaitStep.DECISION).open.values()) == 1


def test_property_35_few_people_are_not_shown(client):
    coordinator = a_coordinator("QC")
    for days in (1, 2, 3, 4):
        decided_after(days, coordinator=coordinator, met=days)
    publish_waits(TODAY)
    assert set(PublishedWait.objects.values_list("outcome", flat=True)) == {WaitOutcome.TOO_FEW}
    page = client.get("/en/after-applying/").content.decode()
    assert page.count("Too few people yet to say this honestly.") == 5
    assert "weeks." not in page[page.index('id="how-long"') : page.index("This covers")]


def test_property_35_somebody_who_is_not_to_be_counted_is_in_no_figure():
    coordinator = a_coordinator("QC")
    for days in (1, 2, 3, 4):
        decided_after(days, coordinator=coordinator)
    decided_after(5, coordinator=coordinator, counted=False)
    assert waits(MONTH, WaitStep.DECISION).people == 4
    publish_waits(TODAY)
    assert row("decision").outcome == WaitOutcome.TOO_FEW


def test_property_35_withdrawing_or_a_late_entry_moves_no_figure_that_somebody_saw():
    coordinator = a_coordinator("QC")
    people = [decided_after(days, coordinator=coordinator).participant for days in (1, 2, 9, 10, 11)]
    assert publish_waits(TODAY) == 5
    before = list(PublishedWait.objects.values_list("step", "service", "outcome", "weeks").order_by("id"))
    disagree(people[0].user, "results")
    decided_after(1, coordinator=coordinator)
    assert publish_waits(TODAY) == 0
    assert list(PublishedWait.objects.values_list("step", "service", "outcome", "weeks").order_by("id")) == before


def test_published_figure_is_frozen_for_every_writer():
    publish_waits(TODAY)
    for change in (lambda rows: rows.update(weeks=1, outcome="known"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="published figures never change"), transaction.atomic():
            change(PublishedWait.objects.all())


def test_place_in_a_group_is_counted_for_each_service():
    coordinator = a_coordinator("QC")
    group = a_formal_group(coordinator)
    for days in (10, 20, 30, 31, 32):
        made = decided_after(1, coordinator=coordinator)
        add_member(group=group, participant=made.participant, by=coordinator)
        Membership.objects.filter(participant=made.participant).update(joined_at=made.decided_at + timedelta(days=days))
    found = waits(MONTH, WaitStep.PLACE, "formal")
    assert found.over == {10: 1, 20: 1, 30: 1, 31: 1, 32: 1}
    publish_waits(TODAY)
    assert (row("place", "formal").outcome, row("place", "formal").weeks) == (WaitOutcome.KNOWN, 5)
    assert row("place", "informal").outcome == WaitOutcome.TOO_FEW


def test_whoever_gave_the_wait_up_is_not_called_waiting():
    coordinator = a_coordinator("QC")
    gone = decided_after(1, coordinator=coordinator)
    WaitingPlace.objects.filter(application=gone).update(state="ended")
    assert waits(MONTH, WaitStep.PLACE, "formal").all_people == 0


def test_application_that_was_taken_back_counts_until_then():
    taken_back = an_application(somebody(), submitted_at=SENT)
    Application.objects.filter(pk=taken_back.pk).update(
        state=ApplicationState.WITHDRAWN, last_action_at=SENT + timedelta(days=4)
    )
    assert waits(MONTH, WaitStep.DECISION).open == {4: 1}
    assert waits(MONTH, WaitStep.MEETING).open == {4: 1}


def test_two_beats_at_once_publish_one_set():
    publish_waits(TODAY)
    rows = [waiting_times.made(MONTH, *which) for which in waiting_times.wanted()]
    PublishedWait.objects.bulk_create(rows, ignore_conflicts=True)
    assert PublishedWait.objects.count() == 5


def test_page_says_so_before_there_is_any_figure(client):
    page = client.get("/en/after-applying/").content.decode()
    assert page.count("Too few people yet to say this honestly.") == 5
    assert "This covers" not in page
