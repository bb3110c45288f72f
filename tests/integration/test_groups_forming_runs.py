"""Searches in the background: progress, stopping, a worker that is killed, and two coordinators at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections, transaction
from django.urls import reverse
from django.utils import timezone

from groups import views_board
from groups.choices import RunState
from groups.formation_steps import EVEN, PLACED, WAITING
from groups.forming_run import Progress, carry_out
from groups.models import Forming, FormingGroup, FormingPlace, FormingRun
from groups.services_forming import add_empty_group, ask_run, move_person, stop_run
from groups.services_runs import begin_run, hand_over_again, lose_silent
from psp.errors import Conflict, DomainError
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
WORKER = """
import sys
from uuid import UUID

import django

django.setup()
from groups.forming_run import carry_out

carry_out(UUID(sys.argv[1]))
"""


def until(holds, seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.02)


def state_of(run: FormingRun) -> str:
    return FormingRun.objects.values_list("state", flat=True).get(pk=run.pk)


def a_forming_with_people(by, count: int = 5) -> Forming:
    for _ in range(count):
        make.a_waiting_person()
    make.a_leading_person()
    return make.a_started_forming(by)


def in_thread(action) -> threading.Thread:
    def work() -> None:
        try:
            action()
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_worker_that_is_killed_leaves_a_run_that_is_marked_and_can_be_repeated():
    by = make.a_coordinator("QC")
    forming = a_forming_with_people(by)
    run = ask_run(forming=forming, by=by)
    with transaction.atomic():
        # Whoever holds the arrangement keeps the worker from writing its answer: it is killed in the middle.
        Forming.objects.select_for_update().get(pk=forming.pk)
        worker = subprocess.Popen([sys.executable, "-c", WORKER, str(run.pk)], cwd=ROOT, env={**os.environ})
        until(lambda: state_of(run) == RunState.RUNNING)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(60)
    assert lose_silent(timezone.now()) == 0
    with pytest.raises(DomainError) as caught:
        ask_run(forming=forming, by=by)
    assert caught.value.code == "run_already"
    assert lose_silent(timezone.now() + timedelta(seconds=61)) == 1
    assert state_of(run) == RunState.LOST
    assert not FormingGroup.objects.filter(forming=forming).exists()
    again = ask_run(forming=forming, by=by)
    carry_out(run.pk)
    carry_out(again.pk, seconds=10)
    assert (state_of(run), state_of(again)) == (RunState.LOST, RunState.DONE)
    assert FormingGroup.objects.get(forming=forming).places.count() == 5


def test_worker_that_comes_back_after_its_run_was_given_up_changes_nothing():
    by = make.a_coordinator("QC")
    forming = a_forming_with_people(by)
    run = ask_run(forming=forming, by=by)
    with transaction.atomic():
        Forming.objects.select_for_update().get(pk=forming.pk)
        late = in_thread(lambda: carry_out(run.pk, seconds=10))
        until(lambda: state_of(run) == RunState.RUNNING)
        other = in_thread(lambda: lose_silent(timezone.now() + timedelta(hours=1)))
        other.join()
    late.join()
    assert state_of(run) == RunState.LOST
    assert not FormingGroup.objects.filter(forming=forming).exists()


def test_answer_to_an_arrangement_that_was_changed_meanwhile_overwrites_nothing():
    by = make.a_coordinator("QC")
    forming = a_forming_with_people(by)
    run = ask_run(forming=forming, by=by)
    with transaction.atomic():
        Forming.objects.select_for_update().get(pk=forming.pk)
        search = in_thread(lambda: carry_out(run.pk, seconds=10))
        until(lambda: state_of(run) == RunState.RUNNING)
        time.sleep(0.5)  # it has read the arrangement by now, or reads it after the change: both are safe
        group = add_empty_group(
            forming=forming, revision=0, by=by, minute=1140, language="fr", modality="virtual"
        )  # fmt: skip
    search.join()
    run.refresh_from_db()
    assert run.state == RunState.STOPPED
    assert run.result["changed_meanwhile"] is True
    assert FormingGroup.objects.get(forming=forming) == group


def test_search_that_ends_while_the_board_is_being_read_is_never_told_as_one_that_found_nothing(client, monkeypatch):
    by = make.a_coordinator("QC")
    forming = a_forming_with_people(by)
    run = ask_run(forming=forming, by=by)
    read = views_board.arrangement_of

    def read_just_before_the_end(*which):
        found = read(*which)
        carry_out(run.pk, seconds=10)
        return found

    monkeypatch.setattr(views_board, "arrangement_of", read_just_before_the_end)
    make.sign_in(client, by)
    page = client.get(reverse("desk:forming", args=[forming.pk])).content.decode()
    assert FormingGroup.objects.filter(forming=forming).count() == 1
    assert "No group is possible" not in page
    assert 'data-hx-trigger="every' in page  # the page asks again, and then shows the group


def test_progress_is_written_down_and_stopping_is_heard():
    by = make.a_coordinator("QC")
    run = ask_run(forming=make.a_started_forming(by), by=by)
    assert begin_run(run.pk) is not None
    assert begin_run(run.pk) is None
    with Progress(run.pk) as progress:
        for aim in (PLACED, WAITING, EVEN):
            progress.hear(aim, 3, 9)
            until(lambda aim=aim: FormingRun.objects.filter(pk=run.pk, aim=aim, reached=3, bound=9).exists())
        beat = FormingRun.objects.get(pk=run.pk).beat_at
        until(lambda: FormingRun.objects.get(pk=run.pk).beat_at > beat)
        assert not progress.stopped()
        stop_run(run=run, by=by)
        until(progress.stopped)


def test_run_that_no_worker_took_is_handed_over_again(settings):
    by = make.a_coordinator("QC")
    run = ask_run(forming=make.a_started_forming(by), by=by)
    assert hand_over_again(timezone.now()) == 0
    assert hand_over_again(timezone.now() + timedelta(seconds=61)) == 1
    assert state_of(run) == RunState.WAITING


def test_two_coordinators_move_at_once_and_one_of_them_is_told():
    by, other = make.a_coordinator("QC"), make.a_coordinator("QC")
    forming = a_forming_with_people(by, count=2)
    group = add_empty_group(forming=forming, revision=0, by=by, minute=1140, language="fr", modality="virtual")
    people = [place.participant for place in FormingPlace.objects.filter(forming=forming)]
    told: list[str] = []
    barrier = threading.Barrier(2)

    def move(person, who) -> None:
        barrier.wait(60)
        try:
            move_person(forming=forming, participant=person, to=group, revision=1, by=who)
        except Conflict as conflict:
            told.append(conflict.code)

    threads = [in_thread(lambda pair=pair: move(*pair)) for pair in zip(people, (by, other), strict=True)]
    for thread in threads:
        thread.join()
    assert told == ["stale"]
    assert group.places.count() == 1
    assert Forming.objects.get(pk=forming.pk).revision == 2


def test_solver_is_loaded_by_the_worker_alone():
    """Every page of the site may be opened without it."""
    code = "import django; django.setup(); import sys, psp.urls, groups.tasks; sys.exit('highspy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={**os.environ}, check=False).returncode == 0
