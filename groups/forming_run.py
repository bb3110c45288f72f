"""A search as the worker carries it out: the engine in this thread, and beside it a thread that says how far it is."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, transaction

from groups.choices import FormingState, RunState
from groups.formation import SECONDS
from groups.formation_input import FormationError
from groups.formation_pins import Around, propose_around
from groups.formation_solver import SolverError
from groups.formation_whatif import changed
from groups.forming_base import count_change
from groups.forming_problem import Task, compared, figures, task_of, write_answer
from groups.forming_tries import change_of, minutes_of
from groups.models import Forming, FormingRun
from groups.services_runs import begin_run, end_run, tell_progress
from psp.logs import get_logger

log = get_logger(__name__)
# How often progress is written down; a page asks about as often.
EVERY = 0.5


def carry_out(run_id: UUID, *, seconds: float = SECONDS) -> None:
    """Search, and write down what was found. Where anything fails, the arrangement stays as it was."""
    run = begin_run(run_id)
    if run is None:
        return
    try:
        _search(run, seconds)
    except (SolverError, FormationError) as error:
        log.warning("formation_failed", error=type(error).__name__)
        end_run(run_id, RunState.FAILED)
    except Exception:
        end_run(run_id, RunState.FAILED)
        raise


def _search(run: FormingRun, seconds: float) -> None:
    forming: Forming = Forming.objects.get(pk=run.forming_id)
    task = task_of(forming, times=minutes_of(run.change))
    problem = changed(task.problem, change_of(forming, run.change)) if run.change else task.problem
    with Progress(run.pk) as progress:
        answer = propose_around(
            problem, task.kept, task.seeds, seconds=seconds, report=progress.hear, stop=progress.stopped
        )
    if progress.stopped():
        end_run(run.pk, RunState.STOPPED)
    elif run.change:
        end_run(run.pk, RunState.DONE, compared(task, answer, len(task.kept)))
    else:
        _write(run, forming, task, answer)


@transaction.atomic
def _write(run: FormingRun, forming: Forming, task: Task, answer: Around) -> None:
    """The answer becomes the arrangement, if nobody changed it during the search."""
    fresh = Forming.objects.select_for_update(of=("self",)).get(pk=forming.pk)
    mine = FormingRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if mine.state != RunState.RUNNING:
        return
    if fresh.revision != forming.revision or fresh.state != FormingState.DRAFT:
        result: dict[str, Any] = figures(answer, len(task.problem.people)) | {"changed_meanwhile": True}
        end_run(run.pk, RunState.STOPPED, result)
        return
    result = write_answer(fresh, task, answer)
    count_change(fresh, "groups", "places")
    end_run(run.pk, RunState.DONE, result)


class Progress:
    """Says every half second how far the search is and that its worker lives, and hears that it is to stop."""

    def __init__(self, run_id: UUID) -> None:
        self.run_id = run_id
        self.latest = ("", 0, 0)
        self._stop, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._tell, daemon=True)

    def hear(self, aim: str, reached: int, bound: int) -> None:
        self.latest = (aim, reached, bound)

    def stopped(self) -> bool:
        return self._stop.is_set()

    def __enter__(self) -> Progress:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _tell(self) -> None:
        """In a thread of its own, with a connection of its own."""
        try:
            while not self._over.wait(EVERY):
                if not self._goes_on():
                    self._stop.set()
                    return
        finally:
            connection.close()

    def _goes_on(self) -> bool:
        try:
            return tell_progress(self.run_id, *self.latest)
        except DatabaseError as error:
            # It may be back in a moment, with a new connection; if not, the run is found silent.
            log.warning("progress_not_told", error=type(error).__name__)
            connection.close()
            return True
