"""What goes with a person: their places in groups.

A group that was established keeps its count, and stays closed: the place stays, as nobody's. The file behind it is
emptied (`intake.erasing`), its moments become the group's own, its history goes.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Q, QuerySet

from groups.choices import GroupState, MembershipState
from groups.models import ConflictCare, Membership, PeerGroup
from intake.erasing import keep_empty_file
from intake.models import Participant
from privacy.erasing import Eraser, add_eraser, delete_rows, forget_history
from psp.models import User


def erase(person: User) -> Counter[str]:
    places = Membership.objects.filter(participant__user=person)
    # The groups first, in order, as every change of a place does.
    groups = PeerGroup.objects.filter(pk__in=places.values("group")).order_by("pk")
    list(groups.select_for_update(of=("self",)).values_list("pk"))
    count = places.count()
    delete_rows(places.filter(group__state=GroupState.FORMING))
    for place in places.select_related("group"):
        _make_anonymous(place)
        # The file behind it keeps no place of its own.
        where = {"region": place.group.region_id, "program_region": place.group.program_region_id}
        Participant.objects.filter(pk=place.participant_id).update(**where)
    return Counter({"groups.membership": count} if count else {})


def _make_anonymous(place: Membership) -> None:
    forget_history(Membership, [place.pk])
    began = place.group.established_at or place.group.created_at
    left = began if place.state == MembershipState.LEFT else None
    Membership.objects.filter(pk=place.pk).update(joined_at=began, left_at=left)


def erase_care(person: User) -> Counter[str]:
    """Who took care of a pair goes before the pair itself (`intake.erasing`)."""
    return delete_rows(ConflictCare.objects.filter(Q(apart__person=person) | Q(apart__other=person)))


def kept_files() -> QuerySet[Any, Any]:
    """Files that places point at still."""
    return Membership.objects.values("participant")


def register() -> None:
    keep_empty_file(kept_files)
    add_eraser(Eraser("care", frozenset({"groups.conflictcare"}), erase_care, order=31))
    add_eraser(Eraser("places", frozenset({"groups.membership"}), erase, order=20))
