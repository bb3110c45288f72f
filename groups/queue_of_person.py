"""Places in the line of open groups as a person's information: their copy, erasure, files that become one, last use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from groups.choices import QueueState
from groups.enrolling import WAITS
from groups.merging import hand_over
from groups.models import Membership, QueuePlace
from groups.services_enrolling import end_waits
from intake.merging import Mover, add_mover
from intake.models import Participant
from privacy.datamap import Basis, Erased, Holding, Use, declare, these
from privacy.erasing import Eraser, add_eraser, delete_rows
from privacy.holdings import Both, Line, Record, Section, add_section, earlier_of_each, past_of
from privacy.retention import LastUse, Used, add_last_use
from privacy.retention_floor import newest
from psp.models import User

MODELS = frozenset({"groups.queueplace"})
HOLDING = Holding(
    "groups.queueplace", "participant__user", "groups", these("id group participant state since ended_at"),
    Use.GROUPS, Basis.PROGRAM, "file", Erased.DELETED, exported=("lines", "lines_before"), history=True,
)  # fmt: skip


def register() -> None:
    declare(HOLDING)
    add_section(Section("lines", _("Groups for which you wait or waited in line"), lines, MODELS, order=52))
    add_section(
        Section("lines_before", _("Your places in the lines of groups, earlier"), lines_before, frozenset(), order=53)
    )
    add_eraser(Eraser("lines", MODELS, erase, order=10))
    add_mover(Mover("lines", lambda _kept, _merged: [], tell, move, back, order=12))
    add_last_use(LastUse("lines", last_use))


def lines(person: User) -> Iterable[Record]:
    rows = QueuePlace.objects.filter(participant__user=person).select_related("group").order_by("since")
    return [_line(row) for row in rows]


def _line(row: Any) -> list[Line]:
    return [
        Line(_("Group"), Both(row.group.name_en, row.group.name_fr)), Line(_("State"), QueueState(row.state).label),
        Line(_("Since"), row.since), Line(_("Until"), row.ended_at),
    ]  # fmt: skip


def lines_before(person: User) -> Iterable[Record]:
    rows = past_of(QueuePlace.objects.filter(participant__user=person)).select_related("group")
    return earlier_of_each(rows, dict.fromkeys(("state", "ended_at")), _("From"), _line)


def erase(person: User) -> Counter[str]:
    return delete_rows(QueuePlace.objects.filter(participant__user=person))


def last_use(people: Collection[UUID]) -> Iterable[Used]:
    mine = QueuePlace.objects.filter(participant__user__in=people)
    yield from newest(mine, "participant__user_id", "since")
    yield from newest(mine, "participant__user_id", "ended_at")


# --- Two files that become one --------------------------------------------------------------------


def to_move(kept: Participant, merged: Participant) -> QuerySet[Any]:
    """Where both wait for one group, or the kept one has a place there, each file keeps its own row."""
    both = QueuePlace.objects.filter(participant=kept, state__in=WAITS).values("group").union(
        Membership.objects.active().filter(participant=kept).values("group")
    )  # fmt: skip
    rows: QuerySet[Any] = QueuePlace.objects.filter(participant=merged).exclude(group__in=both)
    return rows


def tell(kept: Participant, merged: Participant) -> list[str]:
    count = to_move(kept, merged).count()
    words = ngettext("%(count)d place in a group’s line", "%(count)d places in groups’ lines", count)
    return [words % {"count": count}] if count else []


def move(kept: Participant, merged: Participant) -> list[str]:
    """Of what stays behind, nothing waits any more: nobody is offered a place under a file that is closed."""
    moved = hand_over(to_move(kept, merged), kept)
    end_waits(QueuePlace.objects.filter(participant=merged))
    return moved


def back(kept: Participant, merged: Participant, ids: list[str]) -> None:
    hand_over(QueuePlace.objects.filter(pk__in=ids, participant=kept), merged)
