"""On whose desk an application and a waiting place lie: kept by triggers, for every writer."""

from __future__ import annotations

from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connection, connections, transaction
from django.db.models import Count
from django.utils import timezone

from intake import desk, desk_figures
from intake.models import Application, Participant, WaitingPlace
from psp.asking import ask
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def coordinator():
    return make.a_coordinator("QC")


@pytest.fixture
def accepted(coordinator):
    return make.an_accepted_participant(by=coordinator)


def lie(participant: Participant) -> set[str | None]:
    """The desks of everything of this file."""
    rows = (model.objects.filter(participant=participant) for model in (Application, WaitingPlace))
    return {region for found in rows for region in found.values_list("desk_region_id", flat=True)}


def test_what_is_new_lies_on_the_desk_of_the_files_region(accepted):
    assert lie(accepted) == {"QC"}
    assert lie(make.an_accepted_participant("ON")) == {"ON"}


def test_a_file_that_moves_takes_everything_along_even_by_sql(accepted):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE intake_participant SET program_region_id = 'ON' WHERE id = %s", [accepted.pk])
    assert lie(accepted) == {"ON"}


def test_what_counts_with_another_file_lies_on_no_desk_and_comes_back(accepted, coordinator):
    accepted.merged_into = make.a_participant("QC")
    accepted.save(update_fields=["merged_into"])
    assert lie(accepted) == {None}
    assert not Application.objects.in_regions_of(coordinator).exists()
    accepted.merged_into = None
    accepted.save(update_fields=["merged_into"])
    assert lie(accepted) == {"QC"}


def test_what_goes_over_to_another_file_lies_on_that_ones_desk(accepted):
    other = make.a_participant("ON")
    Application.objects.filter(participant=accepted).update(participant=other)
    WaitingPlace.objects.filter(participant=accepted).update(participant=other)
    assert lie(other) == {"ON"}


def test_what_is_written_by_hand_is_put_right(accepted):
    """Nobody gets a file onto a desk, or off it, by writing the column; nor does an instance from before."""
    Application.objects.update(desk_region="ON")
    WaitingPlace.objects.update(desk_region=None)
    assert lie(accepted) == {"QC"}
    from_before = make.an_application(make.a_participant("ON"))
    assert from_before.desk_region_id is None
    from_before.save()
    assert lie(from_before.participant) == {"ON"}


def an_application(days: int, **fields) -> Application:
    """Sent so many days ago; the last action was then."""
    at = NOW - timedelta(days=days)
    return make.an_application(make.a_participant("QC"), submitted_at=at, last_action_at=at, **fields)


def test_figures_of_the_front_page_are_those_of_the_lists(coordinator):
    for days in (0, 1, 30, 40):
        an_application(days, assigned_to=coordinator if days > 1 else None)
    an_application(50, state="meeting_set")
    version = make.an_eligibility_version()
    decided = {"decided_at": NOW, "decided_by": coordinator, "decision_version": version, "state": "deferred"}
    for ahead in (-3, 0, 3):
        an_application(20, look_again_on=desk.day_of(coordinator)[0].date() + timedelta(days=ahead), **decided)
    make.an_application(make.a_participant("ON"))
    found = desk_figures.figures(ask(coordinator, [desk_figures.LOOK])[0])
    assert (found.new, found.late, found.own, found.again) == (4, 3, 2, 2)
    assert found.oldest == NOW - timedelta(days=40)
    assert found.late_since == NOW - timedelta(days=50)
    assert found.late == desk.overdue(desk.applications_of(coordinator)).aggregate(all=Count("pk"))["all"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["merge", "insert"])
def test_race_of_a_merge_and_an_application_leaves_nothing_on_the_wrong_desk(first):
    """Whoever comes second waits for the file or its rows, and writes what holds then."""
    file, other = make.a_participant("QC"), make.a_participant("QC")
    make.an_eligibility_version()
    begun, waited = Event(), Event()

    def merge() -> None:
        Participant.objects.filter(pk=file.pk).update(merged_into=other)

    def insert() -> None:
        make.an_application(Participant.objects.get(pk=file.pk))

    def run(act, *, comes_first: bool) -> None:
        try:
            if not comes_first:
                assert begun.wait(150)
            with transaction.atomic():
                act()
                if comes_first:
                    begun.set()
                    # The other one is at its statement by then, and waits or has seen too little.
                    waited.wait(0.8)
        finally:
            connections.close_all()

    acts = {"merge": merge, "insert": insert}
    threads = [Thread(target=run, args=[act], kwargs={"comes_first": name == first}) for name, act in acts.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Participant.objects.get(pk=file.pk).merged_into == other
    assert Application.objects.filter(participant=file).count() == 1
    assert lie(file) == {None}
