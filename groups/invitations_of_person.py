"""Invitations as a person's information: their copy, erasure, files that become one, last use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from groups.choices import GroupKind, InvitationState
from groups.merging import hand_over
from groups.models import Invitation, PeerGroup
from intake.merging import Mover, add_mover
from intake.models import Participant
from privacy.datamap import Basis, Erased, Holding, Use, declare, these
from privacy.erasing import Eraser, add_eraser, delete_rows
from privacy.holdings import Both, Line, Record, Section, add_section, earlier_of_each, past_of
from privacy.retention import LastUse, Used, add_last_use
from privacy.retention_floor import in_use, newest
from psp.models import User

MODELS = frozenset({"groups.invitation"})
PERSON = "participant__user_id"
HOLDING = Holding(
    "groups.invitation", "participant__user", "groups",
    these("id group kind participant user role state sent_at answer_by reminded_at answered_at sent_by"),
    Use.GROUPS, Basis.PROGRAM, "file", Erased.DELETED, exported=("invitations", "invitations_before"), history=True,
    also=("user", "sent_by"),
)  # fmt: skip


def register() -> None:
    declare(HOLDING)
    add_section(Section("invitations", _("Invitations to groups"), invitations, MODELS, order=54))
    before = _("Invitations to groups, earlier")
    add_section(Section("invitations_before", before, invitations_before, frozenset(), order=55))
    add_eraser(Eraser("invitations", MODELS, erase, order=10))
    add_mover(Mover("invitations", obstacles, tell, move, back, order=11))
    add_last_use(LastUse("invitations", last_use))


def _of(person: User) -> QuerySet[Invitation]:
    """To a place or to leading: both are asked of this account."""
    rows: QuerySet[Invitation] = Invitation.objects.filter(Q(participant__user=person) | Q(user=person))
    return rows


def invitations(person: User) -> Iterable[Record]:
    return [_line(row) for row in _of(person).select_related("group").order_by("sent_at")]


def _line(row: Any) -> list[Line]:
    return [
        Line(_("Group"), Both(row.group.name_en, row.group.name_fr)),
        Line(_("State"), InvitationState(row.state).label), Line(_("Sent"), row.sent_at),
        Line(_("Answer by"), row.answer_by), Line(_("Reminded"), row.reminded_at), Line(_("Answered"), row.answered_at),
    ]  # fmt: skip


def invitations_before(person: User) -> Iterable[Record]:
    rows = past_of(_of(person)).select_related("group")
    return earlier_of_each(rows, dict.fromkeys(("state", "reminded_at", "answered_at")), _("From"), _line)


def erase(person: User) -> Counter[str]:
    rows = _of(person)
    # The groups first, in order, as every change of an invitation does.
    _lock(rows)
    return delete_rows(rows)


def last_use(people: Collection[UUID]) -> Iterable[Used]:
    mine = Invitation.objects.filter(participant__user__in=people)
    yield from newest(mine, PERSON, "sent_at")
    yield from newest(mine, PERSON, "answered_at")
    yield from in_use(mine.open(), PERSON)


# --- Two files that become one --------------------------------------------------------------------


def obstacles(kept: Participant, merged: Participant) -> list[str]:
    """One formal invitation at a time, and one to a group."""
    ours, theirs = (Invitation.objects.open().filter(participant=one) for one in (kept, merged))
    formal = GroupKind.FORMAL
    both_formal = ours.filter(kind=formal).exists() and theirs.filter(kind=formal).exists()
    if both_formal or theirs.filter(group__in=ours.values("group")).exists():
        return [gettext("Both are invited to a group and have not answered. Take one of the invitations back first.")]
    return []


def to_move(kept: Participant, merged: Participant) -> QuerySet[Any]:
    """Where the kept file has a place in that group, or was asked for it, each file keeps its own."""
    asked = Invitation.objects.filter(participant=kept).values("group")
    rows: QuerySet[Any] = Invitation.objects.filter(participant=merged).exclude(group__in=asked)
    return rows


def tell(kept: Participant, merged: Participant) -> list[str]:
    count = to_move(kept, merged).count()
    words = ngettext("%(count)d invitation to a group", "%(count)d invitations to groups", count)
    return [words % {"count": count}] if count else []


def move(kept: Participant, merged: Participant) -> list[str]:
    return hand_over(to_move(kept, merged), kept)


def back(kept: Participant, merged: Participant, ids: list[str]) -> None:
    hand_over(Invitation.objects.filter(pk__in=ids, participant=kept), merged)


def _lock(rows: QuerySet[Any]) -> None:
    groups = PeerGroup.objects.filter(pk__in=rows.values("group"))
    list(groups.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
