"""What somebody said about coming, as their information: their copy, erasure, files that become one, last use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from intake.merging import Mover, add_mover
from intake.models import Participant
from privacy.datamap import Basis, Erased, Holding, Use, declare, these
from privacy.erasing import Eraser, add_eraser
from privacy.holdings import Both, Line, Record, Section, add_section
from privacy.retention import LastUse, Used, add_last_use
from privacy.retention_floor import newest
from psp.models import User
from sessions.models import Coming

MODELS = frozenset({"peer_sessions.coming"})
HOLDING = Holding(
    "peer_sessions.coming", "participant__user", "groups", these("id session participant comes said_at"),
    Use.GROUPS, Basis.PROGRAM, "file", Erased.DELETED, exported=("coming",),
)  # fmt: skip


def register() -> None:
    declare(HOLDING)
    add_section(Section("coming", _("Sessions for which you said whether you will come"), said, MODELS, order=62))
    add_eraser(Eraser("coming", MODELS, erase, order=10))
    add_mover(Mover("coming", lambda _kept, _merged: [], lambda _kept, _merged: [], move, back, order=22))
    add_last_use(LastUse("coming", last_use))


def said(person: User) -> Iterable[Record]:
    rows = Coming.objects.filter(participant__user=person).select_related("session__group")
    for row in rows.order_by("session__starts_at"):
        group = row.session.group
        yield [
            Line(_("Group"), Both(group.name_en, group.name_fr)), Line(_("Began"), row.session.starts_at),
            Line(_("You said that you will come"), row.comes), Line(_("Noted"), row.said_at),
        ]  # fmt: skip


def erase(person: User) -> Counter[str]:
    count, _models = Coming.objects.filter(participant__user=person).delete()
    return Counter({"peer_sessions.coming": count} if count else {})


def last_use(people: Collection[UUID]) -> Iterable[Used]:
    yield from newest(Coming.objects.filter(participant__user__in=people), "participant__user_id", "said_at")


def move(kept: Participant, merged: Participant) -> list[str]:
    known = Coming.objects.filter(participant=kept).values("session")
    return _hand_over(Coming.objects.filter(participant=merged).exclude(session__in=known), kept)


def back(kept: Participant, merged: Participant, ids: list[str]) -> None:
    _hand_over(Coming.objects.filter(pk__in=ids, participant=kept), merged)


def _hand_over(rows: QuerySet[Any], to: Participant) -> list[str]:
    ids = [str(pk) for pk in rows.values_list("pk", flat=True)]
    Coming.objects.filter(pk__in=ids).update(participant=to)
    return ids
