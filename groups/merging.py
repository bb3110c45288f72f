"""Places in groups follow the person when two of their files become one (`intake.merging`)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groups.choices import RUNNING, GroupKind
from groups.models import GroupLead, Invitation, Membership, PeerGroup
from groups.refusals import judged
from intake.merging import Mover, add_mover
from intake.models import KeepApart, Participant
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError


def subscribe() -> None:
    add_mover(Mover("places", obstacles, tell, move, back, order=10))


def obstacles(kept: Participant, merged: Participant) -> list[str]:
    """Nobody is in two running formal groups, nor in a group that they lead under the other identity."""
    sentences = [
        _("Both have a place in a group of one kind (%(kind)s). End one of the places first.")
        % {"kind": GroupKind(kind).label}
        for kind in sorted(_kinds(kept) & _kinds(merged))
    ]
    led = GroupLead.objects.filter(user_id=kept.user_id, group__memberships__participant=merged)
    if led.exists():
        sentences.append(_("The person leads a group in which the other file has a place."))
    return sentences + [_not_their_group(group) for group in _unsafe_groups(kept, merged)]


def _not_their_group(group: PeerGroup) -> str:
    """Nobody learns more than when a place is refused: not whom, and not that somebody is noted at all."""
    sentence = _(
        "The group “%(group)s” cannot be this person’s group once the files are one. End the place there first."
    )
    return sentence % {"group": group}


def _unsafe_groups(kept: Participant, merged: Participant) -> list[PeerGroup]:
    """Running groups of either file with somebody whom either must not meet ([NH] rule 24).

    Both the place and the pair count for the kept file afterwards, whichever of the two had them before.
    """
    accounts = [kept.user_id, merged.user_id]
    away = {other for account in accounts for other in KeepApart.objects.away_from(account)}
    if not away:
        return []
    unsafe = _running_groups_of(away) & _running_groups_of(accounts)
    return list(PeerGroup.objects.filter(pk__in=unsafe).order_by("pk"))


def _running_groups_of(accounts: Collection[UUID]) -> set[UUID]:
    """Where one of these accounts has a place, leads, or is asked to."""
    running = PeerGroup.objects.filter(state__in=RUNNING)
    places = Membership.objects.active().filter(participant__user__in=accounts).values("group")
    leads = GroupLead.objects.filter(user__in=accounts).values("group")
    asked = Invitation.objects.open().filter(Q(participant__user__in=accounts) | Q(user__in=accounts)).values("group")
    here = Q(pk__in=places) | Q(pk__in=leads) | Q(pk__in=asked)
    return set(running.filter(here).values_list("pk", flat=True))


def _kinds(person: Participant) -> set[str]:
    """People enrol in as many open groups as they like; of formal ones they are in one at a time."""
    running = Membership.objects.active().filter(participant=person, group__state__in=RUNNING)
    places = running.filter(group__kind=GroupKind.FORMAL)
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
    """Asked once more with the groups locked: somebody may have joined one of them since the first look."""
    _lock(_running_groups_of([kept.user_id, merged.user_id]))
    unsafe = _unsafe_groups(kept, merged)
    if unsafe:
        raise DomainError(_not_their_group(unsafe[0]), code="cannot_merge")
    return hand_over(to_move(kept, merged), kept)


def back(kept: Participant, merged: Participant, ids: list[str]) -> None:
    hand_over(Membership.objects.filter(pk__in=ids, participant=kept), merged)


def hand_over(places: QuerySet[Any], to: Participant) -> list[str]:
    """Rows with a `group` and a `participant` become those of `to`; their ids.

    The groups are locked first, in order, as by every change of a place.
    """
    _lock(places.values("group"))
    rows = list(places.select_for_update(of=("self",)).order_by("pk"))
    for row in rows:
        row.participant = to
        with judged():
            row.save(update_fields=["participant"])
        audit.record(Action.CHANGE, row, person=to.user_id, purpose=Purpose.GROUPS, fields=("participant",))
    return [str(row.pk) for row in rows]


def _lock(groups: Any) -> None:
    list(PeerGroup.objects.filter(pk__in=groups).select_for_update(of=("self",)).order_by("pk").values_list("pk"))
