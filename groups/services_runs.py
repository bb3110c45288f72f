"""Searches of the engine: asked for on the board, carried out by a worker, and written down when they are over.

A worker may end at any moment. A run is its row: whoever works on it says so (`beat_at`) every second, and what has
not been said for a minute is over; then it is lost, nothing was changed, and it can be asked for again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.choices import RUN_TRANSITIONS, RunState
from groups.formation_input import FormationError
from groups.forming_base import locked
from groups.forming_tries import change_of
from groups.models import Forming, FormingRun
from groups.permissions import can_form
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError, constraint_name, require
from psp.models import User
from psp.queue import after_commit

# A worker that has said nothing for so long is not there any more.
SILENCE = timedelta(minutes=1)
GOING = (RunState.WAITING, RunState.RUNNING)


@transaction.atomic
def ask_run(*, forming: Forming | UUID, by: User, change: Mapping[str, Any] | None = None) -> FormingRun:
    """Form groups anew around what is pinned; with a `change`, only tell what it would change.

    `change` has any of `min_size`, `max_size`, `facilitators`, `times` (further minutes of the week) and `leaders`
    (how many more facilitators). DomainError: `run_already`, `bad_change`, `not_a_draft`, `starts_in_past`.
    """
    found = locked(forming, by)
    tried = dict(change or {})
    if found.starts_after < timezone.localdate():
        message = _("The first week of these groups is over. Choose another one, then form groups.")
        raise DomainError(message, code="starts_in_past", field="starts_after")
    _check_change(found, tried)
    lose_silent(timezone.now(), forming=found)
    run = FormingRun(forming=found, asked_by=by, change=tried)
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError as error:
        if constraint_name(error) != "forming_one_run_at_once":
            raise
        message = _("A search is under way already. Wait for its answer, or stop it.")
        raise DomainError(message, code="run_already") from error
    audit.record(Action.CREATE, run, purpose=Purpose.GROUPS)
    _hand_over(run)
    return run


def _check_change(forming: Forming, change: Mapping[str, Any]) -> None:
    try:
        change_of(forming, change)
    except FormationError as error:
        message = _("This cannot be tried: look at the numbers and the times once more.")
        raise DomainError(message, code="bad_change", field=error.path) from error


def _hand_over(run: FormingRun) -> None:
    from groups import tasks

    after_commit(tasks.run_formation, str(run.pk))


@transaction.atomic
def stop_run(*, run: FormingRun | UUID, by: User) -> FormingRun:
    """End a search; the arrangement stays as it is. One that is over stays as it ended."""
    found = _locked_run(run)
    require(can_form(by, found.forming.program_regions), "form_groups")
    if found.state == RunState.WAITING:
        _end(found, RunState.STOPPED)
    elif found.state == RunState.RUNNING:
        found.stop_asked = True
        found.save(update_fields=["stop_asked"])
    return found


def lose_silent(now: datetime, *, forming: Forming | None = None) -> int:
    """Mark runs whose worker is gone; returns how many."""
    silent = FormingRun.objects.filter(state=RunState.RUNNING).filter(
        Q(beat_at__lt=now - SILENCE) | Q(beat_at__isnull=True, begun_at__lt=now - SILENCE)
    )
    if forming is not None:
        silent = silent.filter(forming=forming)
    return silent.update(state=RunState.LOST, ended_at=now)


@transaction.atomic
def hand_over_again(now: datetime) -> int:
    """Runs that wait for a worker too long, because the broker was away; returns how many."""
    waiting = list(FormingRun.objects.filter(state=RunState.WAITING, asked_at__lt=now - SILENCE))
    for run in waiting:
        _hand_over(run)
    return len(waiting)


# What the worker writes ------------------------------------------------------------------------------------


@transaction.atomic
def begin_run(run_id: UUID) -> FormingRun | None:
    """The run as the worker's own; None where it is not to be begun (stopped, or somebody works on it)."""
    run = FormingRun.objects.select_for_update(of=("self",)).filter(pk=run_id, state=RunState.WAITING).first()
    if run is None:
        return None
    run.state, run.begun_at, run.beat_at = RunState.RUNNING, timezone.now(), timezone.now()
    run.save()
    return run


def tell_progress(run_id: UUID, aim: str, reached: int, bound: int) -> bool:
    """How far the search is, and that its worker lives. Returns whether the search is to go on."""
    rows = FormingRun.objects.filter(pk=run_id, state=RunState.RUNNING)
    rows.update(beat_at=timezone.now(), aim=aim, reached=reached, bound=bound)
    return bool(rows.filter(stop_asked=False).exists())


@transaction.atomic
def end_run(run_id: UUID, state: RunState, result: Mapping[str, Any] | None = None) -> None:
    """What became of it, unless that was settled already."""
    run = _locked_run(run_id)
    if run.state in GOING:
        run.result = dict(result or {})
        _end(run, state)


def _end(run: FormingRun, state: RunState) -> None:
    assert state in RUN_TRANSITIONS[RunState(run.state)]
    run.state, run.ended_at = state, timezone.now()
    run.save()


def _locked_run(run: FormingRun | UUID) -> FormingRun:
    key = run if isinstance(run, UUID) else run.pk
    found: FormingRun = FormingRun.objects.select_for_update(of=("self",)).select_related("forming").get(pk=key)
    return found
