"""Sending a whole arrangement: its groups are made, and everybody in them is asked; all of it or nothing.

Locks as everywhere: participants in order, then the forming, then each group.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import permissions
from groups.choices import FORMING_TRANSITIONS, RUNNING, FormingState
from groups.forming_checks import Misfit
from groups.forming_words import misfit_sentence
from groups.models import Forming, FormingGroup, FormingPlace, PeerGroup
from groups.refusals import judged
from groups.rules_inviting import told_apart, weekly
from groups.services_inviting import invite
from intake.models import Participant
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError, Forbidden, require
from psp.models import Region, User


@dataclass(frozen=True, slots=True)
class Taken:
    """Somebody of the arrangement who cannot be asked any more, for the coordinator who sends it."""

    account: UUID
    name: str
    sentence: str


class PeopleTaken(DomainError):
    """Nothing was sent. `people`: who cannot be asked as things are now; send again without them, or arrange anew."""

    def __init__(self, people: Collection[Taken]) -> None:
        message = _("Some of these people cannot be asked any more: %(names)s. Nothing was sent.")
        names = ", ".join(sorted(one.name for one in people))
        super().__init__(message % {"names": names}, code="people_taken")
        self.people = tuple(people)


@transaction.atomic
def invite_forming(
    *, forming: Forming | UUID, revision: int, by: User, without: Collection[UUID] = ()
) -> list[PeerGroup]:
    """Make the groups of an arrangement and ask its people and those who would lead them: all of it or nothing.

    `without`: accounts that the coordinator leaves out because they cannot be asked any more.
    PeopleTaken `people_taken` where there are others of those. Conflict `stale`, `already_sent`. DomainError
    `nothing_to_send`.
    """
    key = forming if isinstance(forming, UUID) else forming.pk
    people = Participant.objects.filter(pk__in=_places(key).values("participant")).select_for_update(
        of=("self",), no_key=True
    )
    locked = {person.pk: person for person in people.select_related("user").order_by("pk")}
    held = Forming.objects.select_for_update(of=("self",)).get(pk=key)
    require(permissions.can_send_forming(by, held), "invite_forming")
    _check_sendable(held, revision)
    groups = [group for group in _thought_of(held) if _stays(group, locked, without)]
    if not groups:
        raise _nobody_to_ask()
    made, taken = [], []
    for thought in groups:
        group = _make(held, thought, [locked[place.participant_id] for place in thought.asked], by)
        taken += _ask_all(group, thought, locked, by, without)
        made.append(group)
    if taken:
        raise PeopleTaken(taken)
    _mark_sent(held)
    return made


def _places(forming: UUID) -> Any:
    return FormingPlace.objects.filter(forming=forming, group__isnull=False)


def _thought_of(forming: Forming) -> list[Any]:
    """The groups with their people, whoever has waited longest first, and those who would lead them."""
    places = Prefetch("places", FormingPlace.objects.order_by("waiting_since", "pk"), to_attr="asked")
    return list(forming.groups.prefetch_related(places, "leads__user").order_by("number"))


def _stays(thought: Any, people: dict[UUID, Participant], without: Collection[UUID]) -> bool:
    """Whether anybody at all is to be asked."""
    return any(people[place.participant_id].user_id not in without for place in thought.asked)


def _check_sendable(forming: Forming, revision: int) -> None:
    if FormingState.SENT not in FORMING_TRANSITIONS[FormingState(forming.state)]:
        raise Conflict(
            _("Invitations for these groups were sent already, or they were put aside."), code="already_sent"
        )
    if forming.revision != revision:
        raise Conflict(_("The groups have changed since you looked. Look at them again, then send."), code="stale")


def _make(forming: Forming, thought: FormingGroup, people: Collection[Participant], by: User) -> PeerGroup:
    first = thought.starts_at.astimezone(ZoneInfo(forming.time_zone))
    region = thought.region or _region_of_most(forming, people)
    same_time = PeerGroup.objects.filter(program_region=region.program_region_id, state__in=RUNNING)
    names = told_apart(weekly(first), same_time.values_list("name_en", flat=True))
    group = PeerGroup(
        kind=forming.kind, name_en=names["en"], name_fr=names["fr"], program_region_id=region.program_region_id,
        region=region, language=thought.language, modality=thought.modality, composition=thought.composition,
        min_size=forming.min_size, max_size=forming.max_size, session_count=forming.session_count,
        minutes=forming.minutes, weeks_apart=forming.weeks_apart, facilitators=forming.facilitators,
        time_zone=forming.time_zone, starts_on=first.date(), start_time=first.time().replace(tzinfo=None),
        created_by=by,
    )  # fmt: skip
    with judged():
        group.save(force_insert=True)
    audit.record(Action.CREATE, group, purpose=Purpose.GROUPS)
    thought.made = group
    thought.save(update_fields=["made"])
    return group


def _region_of_most(forming: Forming, people: Collection[Participant]) -> Region:
    """Whose holidays a group by video keeps: those of the province where most of its people live, of the regions that
    it is formed for."""
    here = [person.region_id for person in people if person.program_region_id in forming.program_regions]
    if not here:
        raise _nobody_to_ask()
    code, _count = min(Counter(here).items(), key=lambda item: (-item[1], item[0]))
    return Region.objects.get(pk=code)


def _nobody_to_ask() -> DomainError:
    message = _("Nobody is in one of the groups yet. Put people into a group first.")
    return DomainError(message, code="nothing_to_send")


def _ask_all(
    group: PeerGroup, thought: Any, people: dict[UUID, Participant], by: User, without: Collection[UUID]
) -> list[Taken]:
    """Ask everybody of one group; whoever cannot be asked is not, and is returned."""
    taken = [_try(lead.user, by, without, group=group, user=lead.user, role=lead.role) for lead in thought.leads.all()]
    for place in thought.asked:
        person = people[place.participant_id]
        taken.append(_try(person.user, by, without, group=group, participant=person))
    return [one for one in taken if one is not None]


def _try(account: User, by: User, without: Collection[UUID], **whom: Any) -> Taken | None:
    if account.pk in without:
        return None
    try:
        with transaction.atomic():
            invite(by=by, **whom)
    except DomainError as error:
        return Taken(account.pk, account.name or account.username, str(error.message))
    except Forbidden:
        # Lives in another region by now, and is asked by its coordinators.
        return Taken(account.pk, account.name or account.username, misfit_sentence(Misfit.GONE))
    return None


def _mark_sent(forming: Forming) -> None:
    forming.state, forming.changed_at = FormingState.SENT, timezone.now()
    forming.revision += 1
    forming.save(update_fields=["state", "changed_at", "revision"])
    audit.record(Action.CHANGE, forming, purpose=Purpose.GROUPS, fields=("state",))
