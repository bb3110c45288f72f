"""Between a forming and the engine: the problem with what is kept, and the answer as rows. Loads the solver."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from groups.arrangement import Arranged, Arrangement, arrangement_of
from groups.formation import Group
from groups.formation_input import Problem
from groups.formation_pins import Around
from groups.formation_reasons import Lack, Reason, Unplaced
from groups.forming_base import next_number, refresh_places
from groups.models import Forming, FormingGroup, FormingLead, FormingPlace
from groups.pool import Pool, first_instant, pool_of, problem_of
from intake.choices import Modality


@dataclass(frozen=True, slots=True)
class Task:
    """What the engine is asked. `kept`, `seeds`: as `groups.formation_pins`; `of_seed`: the rows of the seeds."""

    problem: Problem
    kept: tuple[Group, ...]
    seeds: tuple[Group, ...]
    of_seed: tuple[FormingGroup, ...]
    arrangement: Arrangement


# The problem -----------------------------------------------------------------------------------------------


def task_of(forming: Forming, *, times: list[int] | None = None) -> Task:
    """The forming's problem around what is pinned, without whoever is left out by hand."""
    pool = pool_of(forming, more_times=times or (), search=True)
    arrangement = arrangement_of(forming, pool)
    excluded = {str(one.participant.user_id) for one in arrangement.excluded}
    whole = problem_of(forming, pool)
    people = tuple(one for one in whole.people if one.id not in excluded)
    known = {one.id for one in people} | {one.id for one in whole.leaders}
    kept = [one for one in arrangement.groups if one.group.pinned]
    seeds = [one for one in arrangement.groups if not one.group.pinned and any(place.pinned for place in one.places)]
    return Task(
        # Pairs with a clinician of a group that is kept too: no leader of the engine's, and nobody to put together.
        replace(whole, people=people, keep_apart=pool.apart), tuple(_as_group(one, known) for one in kept),
        tuple(_as_group(one, known, pinned_only=True) for one in seeds), tuple(one.group for one in seeds), arrangement,
    )  # fmt: skip


def _as_group(one: Arranged, known: set[str], *, pinned_only: bool = False) -> Group:
    """As the engine names it; who left the pool is not in it any more."""
    places = [place for place in one.places if place.pinned or not pinned_only]
    people = [str(place.participant.user_id) for place in places]
    leads = [str(lead.user_id) for lead in one.leads]
    shape = one.shape
    return Group(
        tuple(name for name in people if name in known), tuple(leads), shape.series.slot(), shape.language,
        shape.modality, shape.region, shape.composition,
    )  # fmt: skip


# The answer ------------------------------------------------------------------------------------------------


def write_answer(forming: Forming, task: Task, answer: Around) -> dict[str, Any]:
    """Make the answer the arrangement: call it with the forming locked. Returns the figures for the run."""
    pool = task.arrangement.pool
    stays = {one.group.pk for one in task.arrangement.groups if one.group.pinned} | {one.pk for one in task.of_seed}
    rows = FormingPlace.objects.filter(forming=forming)
    rows.exclude(group__pinned=True).update(group=None, reason="", lack={})
    FormingGroup.objects.filter(forming=forming).exclude(pk__in=stays).delete()
    _let_go_of_gone(forming, pool)
    refresh_places(forming, pool)
    of = {str(one.user_id): one.participant_id for one in pool.people}
    made = _new_groups(forming, answer, pool)
    for row, group in (*zip(task.of_seed, answer.seeds, strict=True), *made):
        rows.filter(participant__in=[of[name] for name in group.members]).update(group=row)
    _write_reasons(forming, answer.unplaced, of)
    rows.filter(group__isnull=True, pinned=True).update(pinned=False)
    return figures(answer, len(pool.people))


def _let_go_of_gone(forming: Forming, pool: Pool) -> None:
    """Those of kept groups who left the pool: their place there is free."""
    inside = FormingPlace.objects.filter(forming=forming, group__isnull=False)
    gone = [one for one in inside.values_list("participant_id", flat=True) if one not in pool.by_participant]
    inside.filter(participant__in=gone).update(group=None, pinned=False)


def _new_groups(forming: Forming, answer: Around, pool: Pool) -> list[tuple[FormingGroup, Group]]:
    first = next_number(forming)
    ordered = sorted(answer.groups, key=lambda one: (one.slot or (0, 0), one.language or "", one.members))
    rows = [_row(forming, first + number, group, pool) for number, group in enumerate(ordered)]
    FormingGroup.objects.bulk_create(rows)
    pairs = list(zip(rows, ordered, strict=True))
    FormingLead.objects.bulk_create(
        FormingLead(group=row, user_id=UUID(lead)) for row, group in pairs for lead in group.leaders
    )
    return pairs


def _row(forming: Forming, number: int, group: Group, pool: Pool) -> FormingGroup:
    assert group.slot is not None
    assert group.language is not None
    assert group.modality is not None
    in_person = group.modality == Modality.IN_PERSON
    return FormingGroup(
        forming=forming, number=number, starts_at=first_instant(pool.times[group.slot]), language=group.language,
        modality=group.modality, region_id=group.region if in_person else None, composition=group.composition,
    )  # fmt: skip


def _write_reasons(forming: Forming, unplaced: tuple[Unplaced, ...], of: dict[str, UUID]) -> None:
    """One statement for all who lack the same: thousands of people lack some dozens of things."""
    together: dict[tuple[str, str], list[UUID]] = defaultdict(list)
    for one in unplaced:
        reason, lack = said_of(one)
        together[reason, json.dumps(lack, sort_keys=True)].append(of[one.id])
    rows = FormingPlace.objects.filter(forming=forming, excluded=False)
    for (reason, text), people in together.items():
        rows.filter(participant__in=people).update(reason=reason, lack=json.loads(text))


def said_of(one: Unplaced) -> tuple[str, dict[str, Any]]:
    """The reason and the lack as they are written down. That two people must not meet is written down nowhere: it is
    the same as where every group that suits somebody is full, and so is a lack of nothing that can be named."""
    settled = one.lack is None and one.reason in (Reason.KEPT_APART, Reason.CAPACITY, Reason.TOO_FEW)
    reason = Reason.CAPACITY if settled else one.reason
    return str(reason), lack_to_json(one.lack) if one.lack is not None else {}


def lack_to_json(lack: Lack) -> dict[str, Any]:
    return {
        "people": lack.people, "leaders": lack.leaders, "slot": lack.slot and list(lack.slot),
        "language": lack.language, "modality": lack.modality, "region": lack.region, "composition": lack.composition,
    }  # fmt: skip


def figures(answer: Around, pool: int) -> dict[str, Any]:
    """Figures only, never who."""
    groups = len(answer.groups) + len(answer.seeds)
    return {
        "status": answer.status, "placed": answer.placed, "bound": answer.bound, "groups": groups, "pool": pool,
        "proven": list(answer.proven),
    }  # fmt: skip


def compared(task: Task, answer: Around, kept: int) -> dict[str, Any]:
    """What the trial would give, beside the arrangement as it is."""
    now = {str(place.participant.user_id) for one in task.arrangement.groups for place in one.places}
    then = {name for group in (*task.kept, *answer.seeds, *answer.groups) for name in group.members}
    return figures(answer, len(task.problem.people)) | {
        "groups": kept + len(answer.seeds) + len(answer.groups), "now_placed": len(now),
        "now_groups": len(task.arrangement.groups), "gained": len(then - now), "lost": len(now - then),
        "certain": answer.placed == answer.bound,
    }  # fmt: skip
