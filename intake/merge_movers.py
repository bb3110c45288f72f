"""Waiting places, and whom somebody must not meet, follow the person when two of their files become one."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from intake.choices import WaitingState
from intake.merging import Mover, add_mover
from intake.models import KeepApart, Participant, WaitingPlace


def register() -> None:
    add_mover(Mover("apart", noted_apart, _nothing_to_tell, move_apart, apart_back, order=5))
    add_mover(Mover("waiting", lambda _kept, _merged: [], _nothing_to_tell, move_waiting, waiting_back, order=15))


def _nothing_to_tell(_kept: Participant, _merged: Participant) -> list[str]:
    return []


def noted_apart(kept: Participant, merged: Participant) -> list[str]:
    """Whoever must not meet somebody is somebody else."""
    if KeepApart.objects.between(kept.user_id, [merged.user_id]).exists():
        return [_("These two are noted as not to meet each other, so they are not one person.")]
    return []


def move_apart(kept: Participant, merged: Participant) -> list[str]:
    """All but what is noted for the kept file already, and what was once noted between the two."""
    rows = list(KeepApart.objects.select_for_update(of=("self",)).about(merged.user_id).order_by("pk"))
    known = KeepApart.objects.away_from(kept.user_id) | {kept.user_id}
    moving = [row for row in rows if _other(row, merged) not in known]
    return [_hand_over(row, merged, kept) for row in moving]


def apart_back(kept: Participant, merged: Participant, ids: list[str]) -> None:
    for row in KeepApart.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"):
        _hand_over(row, kept, merged)


def _other(row: KeepApart, one: Participant) -> Any:
    return row.other_id if row.person_id == one.user_id else row.person_id


def _hand_over(row: KeepApart, giver: Participant, taker: Participant) -> str:
    """A noted name is sealed for the person under whose file it stands, so it is sealed anew."""
    if row.person_id == giver.user_id:
        row.name, row.person_id = row.name, taker.user_id
    else:
        row.other_id = taker.user_id
    row.save()
    return str(row.pk)


def _to_move(kept: Participant, merged: Participant) -> QuerySet[Any]:
    """Those whose application moved; where both wait for one service, each file keeps its own place."""
    waits = WaitingPlace.objects.filter(participant=kept, state=WaitingState.WAITING).values("service")
    rows = WaitingPlace.objects.filter(participant=merged, application__participant=kept)
    moving: QuerySet[Any] = rows.exclude(state=WaitingState.WAITING, service__in=waits)
    return moving


def move_waiting(kept: Participant, merged: Participant) -> list[str]:
    return [_give(row, kept) for row in _to_move(kept, merged).order_by("pk")]


def waiting_back(kept: Participant, merged: Participant, ids: list[str]) -> None:
    for row in WaitingPlace.objects.filter(pk__in=ids, participant=kept).order_by("pk"):
        _give(row, merged)


def _give(row: WaitingPlace, to: Participant) -> str:
    row.participant = to
    row.save()
    return str(row.pk)
