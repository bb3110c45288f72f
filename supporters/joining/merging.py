"""Two files become one: an interest and an agreement follow the person. Nobody who joins files is told of either.

Ties need no moving: who counts as one person is asked each time (`supporters.joining.former`).
"""

from __future__ import annotations

from uuid import UUID

from intake.merging import Mover, add_mover
from intake.models import Participant
from psp.models import User
from supporters.models import FormerAgreement, Interest


def _nothing(_kept: Participant, _merged: Participant) -> list[str]:
    return []


def move_interest(kept: Participant, merged: Participant) -> list[str]:
    """Where both said so, each identity keeps its own."""
    rows = list(Interest.objects.select_for_update(of=("self",)).filter(user_id=merged.user_id))
    if not rows or Interest.objects.filter(user_id=kept.user_id).exists():
        return []
    return [_give(row, kept.user) for row in rows]


def interest_back(kept: Participant, merged: Participant, ids: list[str]) -> None:
    for row in Interest.objects.select_for_update(of=("self",)).filter(pk__in=ids, user_id=kept.user_id):
        _give(row, merged.user)


def _give(row: Interest, to: User) -> str:
    """Sealed for the person under whose account it stands, so it is sealed anew."""
    row.name, row.address, row.user = row.name, row.address, to
    row.save()
    return str(row.pk)


def move_agreements(kept: Participant, merged: Participant) -> list[str]:
    has = FormerAgreement.objects.filter(participant=kept).values("user")
    rows = FormerAgreement.objects.select_for_update(of=("self",)).filter(participant=merged).exclude(user__in=has)
    return _hand(list(rows.order_by("pk").values_list("pk", flat=True)), kept.pk)


def agreements_back(_kept: Participant, merged: Participant, ids: list[str]) -> None:
    _hand([int(one) for one in ids], merged.pk)


def _hand(keys: list[int], to: UUID) -> list[str]:
    FormerAgreement.objects.filter(pk__in=keys).update(participant=to)
    return [str(key) for key in keys]


def register() -> None:
    add_mover(Mover("interest", _nothing, _nothing, move_interest, interest_back, order=40))
    add_mover(Mover("met_again", _nothing, _nothing, move_agreements, agreements_back, order=41))
