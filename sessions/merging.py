"""Attendance follows the person when two of their files become one (`intake.merging`)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import ngettext

from groups.models import Membership
from intake.merging import Mover, add_mover
from intake.models import Participant
from sessions.models import Attendance


def subscribe() -> None:
    add_mover(Mover("attendance", lambda _kept, _merged: [], tell, move, back, order=20))


def to_move(kept: Participant, merged: Participant) -> QuerySet[Any]:
    noted = Attendance.objects.filter(participant=kept).values("session")
    rows: QuerySet[Any] = Attendance.objects.filter(participant=merged).exclude(session__in=noted)
    return rows


def tell(kept: Participant, merged: Participant) -> list[str]:
    count = to_move(kept, merged).count()
    words = ngettext("attendance at %(count)d session", "attendance at %(count)d sessions", count)
    return [words % {"count": count}] if count else []


def move(kept: Participant, merged: Participant) -> list[str]:
    return _hand_over(to_move(kept, merged), kept)


def back(kept: Participant, merged: Participant, ids: list[str]) -> None:
    """Also what was noted since in the groups whose places have gone back."""
    own = Membership.objects.filter(participant=kept).values("group")
    theirs = Membership.objects.filter(participant=merged).exclude(group__in=own).values("group")
    _hand_over(Attendance.objects.filter(Q(pk__in=ids) | Q(session__group__in=theirs), participant=kept), merged)


def _hand_over(rows: QuerySet[Any], to: Participant) -> list[str]:
    locked = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for row in locked:
        row.participant = to
        row.save(update_fields=["participant"])
    return [str(row.pk) for row in locked]
