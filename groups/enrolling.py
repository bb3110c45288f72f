"""Open groups (informal, activities) as one person meets them: which there are, where they stand in each. Reads only.

A group in which somebody is whom the person must not meet is not among them. That looks like a group whose enrolment
is closed, or that is in another region; and nothing here says how many places are free, so two people who compare
what they see learn no more than that ([domain] rule 24).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from groups.choices import RUNNING, GroupKind, GroupState, InvitationState, MembershipState, QueueState
from groups.models import GroupLead, Invitation, Membership, PeerGroup, QueuePlace
from groups.rules_enrolling import free_places
from intake.choices import ApplicationState
from intake.models import KeepApart, Participant
from psp.asking import Question, ask
from psp.models import User
from psp.sight import remember
from supporters.joining.former import met_before

# A person asks for a place themselves; formal groups are formed by the program.
ENROLLED = (GroupKind.INFORMAL, GroupKind.ACTIVITY)
WAITS = (QueueState.WAITING, QueueState.OFFERED)


def open_to(person: Participant) -> QuerySet[Any]:
    """Groups that this person may enrol in now: of their region, of a kind that they are accepted for."""
    return within_reach(person).exclude(opened_at=None)


def within_reach(person: Participant) -> QuerySet[Any]:
    """The same whether or not enrolment is still open: whoever waited in line before may have a place."""
    kinds = _kinds(person)
    if not kinds:
        return PeerGroup.objects.none()
    rows = _there(person, kinds)
    # Those too with whom they were in a group before one of the two began to lead ([NH] rule 34).
    away = KeepApart.objects.away_from(person.user_id) | met_before(None, [person.user_id]).keys()
    return rows.exclude(pk__in=_groups_with(away)) if away else rows


def for_whom_is_there(person: Participant) -> QuerySet[Any]:
    """The same, whoever else is in the groups: for doors at which the database judges who meets whom."""
    return _there(person, _kinds(person))


def _there(person: Participant, kinds: list[str]) -> QuerySet[Any]:
    rows = PeerGroup.objects.filter(kind__in=kinds, state__in=RUNNING, program_region=person.program_region_id)
    found: QuerySet[Any] = rows.exclude(leads__user_id=person.user_id).exclude(pk__in=_ended_by_team(person))
    return found


def _accepted(reader: User, today: date) -> QuerySet[Any]:
    rows = Participant.objects.filter(user_id=reader.pk, applications__state=ApplicationState.ACCEPTED)
    found: QuerySet[Any] = rows.taking_part(today).values_list("applications__accepted_for")
    return found


ACCEPTED = Question(_accepted, lambda _reader: {"today": timezone.localdate()})


def _kinds(person: Participant) -> list[str]:
    """In one query what `Participant.objects.accepted_for` says of each kind."""
    # Whoever they are, they are asked about as themselves: no region of theirs counts here.
    themselves = User(pk=person.user_id)
    remember(themselves, ())
    (rows,) = ask(themselves, [ACCEPTED])
    accepted = {code for (codes,) in rows for code in codes}
    return [kind for kind in ENROLLED if kind in accepted]


def _groups_with(accounts: Iterable[UUID]) -> set[UUID]:
    """Where one of these has a place, is offered one, or leads."""
    members = Membership.objects.active().filter(participant__user__in=accounts, group__state__in=RUNNING)
    invited = Invitation.objects.open().filter(Q(participant__user__in=accounts) | Q(user__in=accounts))
    leads = GroupLead.objects.filter(user__in=accounts, group__state__in=RUNNING)
    first, *others = (rows.order_by().values_list("group_id") for rows in (members, invited, leads))
    return {group for (group,) in first.union(*others)}


def _ended_by_team(person: Participant) -> list[UUID]:
    """Groups in which a coordinator ended this person's place: back only through a coordinator."""
    left = Membership.objects.filter(participant=person, state=MembershipState.LEFT, group__kind__in=ENROLLED)
    last = {row.group_id: row.history.latest().history_user_id for row in left.filter(group__state__in=RUNNING)}
    return [group for group, by in last.items() if by not in (None, person.user_id)]


def page_of(person: Participant, pk: UUID) -> PeerGroup | None:
    """A group whose page this person may open: they have a place or wait for one, or it is open to them.

    The last is asked only where they are not in it already.
    """
    rows = PeerGroup.objects.filter(pk=pk).select_related("region").prefetch_related("sessions")
    return rows.filter(_own(person)).first() or rows.filter(pk__in=open_to(person).values("pk")).first()


def _own(person: Participant) -> Q:
    """A formal group that is still being formed may never begin, so nobody hears of it before it is established."""
    places = Membership.objects.active().filter(participant=person)
    told = places.exclude(group__kind=GroupKind.FORMAL, group__state=GroupState.FORMING)
    waits = QueuePlace.objects.filter(participant=person, state__in=WAITS, group__state__in=RUNNING)
    return Q(pk__in=told.values("group")) | Q(pk__in=waits.values("group"))


def room(group: PeerGroup) -> int:
    """How many more people can be given or offered a place; asked with the group locked before anything is written."""
    members = Q(memberships__state=MembershipState.MEMBER)
    offered = Q(invitations__state=InvitationState.OPEN, invitations__participant__isnull=False)
    counts = PeerGroup.objects.filter(pk=group.pk).aggregate(
        members=Count("memberships", filter=members, distinct=True),
        offered=Count("invitations", filter=offered, distinct=True),
    )  # fmt: skip
    return free_places(group.max_size, counts["members"], counts["offered"])


def line_of(group: PeerGroup) -> QuerySet[QueuePlace]:
    """Who waits for a place in this group, the first one first."""
    rows: QuerySet[QueuePlace] = QueuePlace.objects.waiting().filter(group=group)
    return rows.select_related("participant__user").order_by("since", "id")


def somebody_could_take_it(group: PeerGroup) -> bool:
    """Whether anybody of the line may have a place now."""
    return any(within_reach(place.participant).filter(pk=group.pk).exists() for place in line_of(group))


def has_place_at_once(group: PeerGroup) -> bool:
    return room(group) > 0 and not somebody_could_take_it(group)


def place_in_line(place: QueuePlace) -> int:
    """1 for whoever is next."""
    before = Q(since__lt=place.since) | Q(since=place.since, pk__lt=place.pk)
    return QueuePlace.objects.waiting().filter(before, group=place.group_id).count() + 1
