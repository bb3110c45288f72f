"""Places in groups follow the person when two of their files become one (`intake.merging`)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groups.choices import GroupKind, GroupState
from groups.models import GroupLead, Membership, PeerGroup
from intake.merging import Mover, add_mover
from intake.models import Participant
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose

RUNNING = (GroupState.FORMING, GroupState.ESTABLISHED)


def subscribe() -> None:
    add_mover(Mover("places", obstacles, tell, move, back, order=10))


def obstacles(kept: Participant, merged: Participant) -> list[str]:
    """Nobody is in two running groups of one kind, nor in a group that they lead under the other identity."""
    sentences = [
        _("Both have a place in a group of one kind (%(kind)s). End one of the places first.")
        % {"kind": GroupKind(kind).label}
        for kind in sorted(_kinds(kept) & _kinds(merged))
    ]
    led = GroupLead.objects.filter(user_id=kept.user_id, group__memberships__participant=merged)
    if led.exists():
        sentences.append(_("The person leads a group in which the other file has a place."))
    return sentences


def _kinds(person: Participant) -> set[str]:
    places = Membership.objects.active().filter(participant=person, group__state__in=RUNNING)
    return set(places.values_list("group__kind", flat=True))


def to_move(kept: Participant, merged: Participant) -> QuerySet[Any]:
    """Where both are or were in one and the same group, each file keeps its own place."""
    both = Membership.objects.filter(participant=kept).values("group")
    places: QuerySet[Any] = Membership.objects.filter(participant=merged).exclude(group__in=both)
    return places


def tell(kept: Participant, merged: Participant) -> list[str]:
    count = to_move(kept, merged).count()
    words = ngettext("%(count)d place in a group", "%(count)d places in groups", count)
    return [words % {"count": count}] if count else []


def move(kept: Participant, merged: Participant) -> list[str]:
    return _hand_over(to_move(kept, merged), kept)


def back(kept: Participant, merged: Participant, ids: list[str]) -> None:
    _hand_over(Membership.objects.filter(pk__in=ids, participant=kept), merged)


def _hand_over(places: QuerySet[Any], to: Participant) -> list[str]:
    """The groups first, in order, as every change of a place does."""
    groups = PeerGroup.objects.filter(pk__in=places.values("group"))
    list(groups.select_for_update(of=("self",)).order_by("pk").values_list("pk"))
    rows = list(places.select_for_update(of=("self",)).order_by("pk"))
    for row in rows:
        row.participant = to
        row.save(update_fields=["participant"])
        audit.record(Action.CHANGE, row, person=to.user_id, purpose=Purpose.GROUPS, fields=("participant",))
    return [str(row.pk) for row in rows]
