"""Every change that people make to groups they are thinking of. Nobody gets a place by it.

Each change names the `revision` that the reader saw, so that two coordinators never overwrite each other. Moves are
checked by the same rules as the engine's answers (`groups.forming_checks`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.arrangement import may_join, may_lead
from groups.choices import FORMING_TRANSITIONS, FormingState, GroupKind, LeadRole
from groups.forming_base import count_change, locked, locked_any, next_number, refresh_places
from groups.forming_checks import Misfit, group_faults
from groups.forming_words import misfit_sentence
from groups.models import Forming, FormingGroup, FormingLead, FormingPlace, KindSetting
from groups.permissions import can_form
from groups.pool import Pool, first_instant, pool_of, series_of
from groups.services import ROLE_OF_LEAD
from groups.services_runs import ask_run, stop_run
from intake.choices import Composition, Modality
from intake.models import Participant
from intake.week import GRID, WEEK
from intake.zones import known_zones
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Language
from psp.errors import DomainError, require
from psp.models import Region, User
from psp.sight import sight_of

__all__ = [
    "Effect", "add_empty_group", "ask_run", "change_forming", "drop", "exclude", "include", "move_person", "pin",
    "pin_group", "remove_group", "restore", "set_lead", "start_forming", "stop_run",
]  # fmt: skip

MOST_TIMES = 84
# Whatever moves the dates of a series: groups at times that are not offered any more go.
DATES = ("starts_after", "time_zone", "times", "session_count", "minutes", "weeks_apart")
SIZES = ("min_size", "max_size", "facilitators", "session_count", "minutes", "weeks_apart")
CHOICES = ("program_regions", "languages", "modalities")
CHANGEABLE = frozenset({*DATES, *SIZES, *CHOICES})


@dataclass(frozen=True, slots=True)
class Effect:
    """What a move did. Sizes are by group number, `too_small` and `too_large` the numbers of groups that are so now."""

    revision: int
    left: int | None
    joined: int | None
    sizes: Mapping[int, int]
    too_small: tuple[int, ...]
    too_large: tuple[int, ...]
    placed: int
    unplaced: int


# The forming itself ----------------------------------------------------------------------------------------


@transaction.atomic
def start_forming(
    *, by: User, program_regions: Collection[str], starts_after: date, time_zone: str, times: Collection[int],
    kind: str = GroupKind.FORMAL, languages: Collection[str] = (), modalities: Collection[str] = (), **sizes: int,
) -> Forming:  # fmt: skip
    """Begin to form groups for those who wait in these program regions. `times`: minutes of the week on the clock of
    `time_zone`. `sizes` (min_size, max_size, facilitators, session_count, minutes, weeks_apart): else the kind's own.

    DomainError: `starts_in_past`, `unknown_zone`, `bad_times`, `sizes`, `unknown_choice`. Forbidden elsewhere.
    """
    require(can_form(by, program_regions), "form_groups")
    setting = KindSetting.objects.get(kind=kind)
    forming = Forming(
        kind=kind, program_regions=sorted(set(program_regions)), created_by=by, time_zone=time_zone,
        languages=list(languages), modalities=list(modalities), starts_after=starts_after, times=sorted(set(times)),
        **{name: sizes.get(name, getattr(setting, name)) for name in SIZES},
    )  # fmt: skip
    _check(forming)
    forming.save(force_insert=True)
    refresh_places(forming, pool_of(forming))
    audit.record(Action.CREATE, forming, purpose=Purpose.GROUPS)
    return forming


@transaction.atomic
def change_forming(*, forming: Forming | UUID, by: User, revision: int, **fields: Any) -> Forming:
    """Another pool, other times or sizes. Groups stay, unless their time is not offered any more.

    DomainError as `start_forming`; Conflict: `stale`.
    """
    found = locked(forming, by, revision)
    if unknown := fields.keys() - CHANGEABLE:
        raise TypeError(f"not a field that changes: {sorted(unknown)}")
    for name, value in fields.items():
        setattr(found, name, sorted(set(value)) if name in ("times", "program_regions") else value)
    require(can_form(by, found.program_regions), "form_groups")
    _check(found)
    count_change(found, *sorted(fields))
    if fields.keys() & {*DATES}:
        offered = [first_instant(one) for one in series_of(found, found.times)]
        _let_go(found, FormingGroup.objects.filter(forming=found).exclude(starts_at__in=offered))
    refresh_places(found, pool_of(found))
    return found


def _let_go(forming: Forming, groups: Any) -> None:
    """Groups that are not thought of any more; their people wait in none, and are kept nowhere."""
    FormingPlace.objects.filter(forming=forming, group__in=groups).update(group=None, pinned=False)
    groups.delete()


def _check(forming: Forming) -> None:
    if forming.starts_after < timezone.localdate():
        raise DomainError(_("Choose a day from today on."), code="starts_in_past", field="starts_after")
    if forming.time_zone not in known_zones():
        raise DomainError(_("Choose a time zone from the list."), code="unknown_zone", field="time_zone")
    times = forming.times
    if not 0 < len(times) <= MOST_TIMES or not all(0 <= one < WEEK and one % GRID == 0 for one in times):
        message = _("Choose between 1 and %(most)d times, on the hour or the half hour.") % {"most": MOST_TIMES}
        raise DomainError(message, code="bad_times", field="times")
    known = {"languages": Language.values, "modalities": Modality.values}
    for field, values in known.items():
        if not set(getattr(forming, field)) <= set(values):
            raise DomainError(_("Choose an answer of the list."), code="unknown_choice", field=field)
    _check_sizes(forming)


def _check_sizes(forming: Forming) -> None:
    ceiling = KindSetting.objects.get(kind=forming.kind).max_size
    if not 1 <= forming.min_size <= forming.max_size <= ceiling:
        message = _("Sizes go from 1 to %(most)d, and the largest must not be below the smallest.")
        raise DomainError(message % {"most": ceiling}, code="sizes", field="max_size")
    ranges = {"facilitators": (0, 10), "session_count": (1, 60), "minutes": (15, 480), "weeks_apart": (1, 8)}
    for field, (least, most) in ranges.items():
        if not least <= getattr(forming, field) <= most:
            message = _("Choose a number from %(least)d to %(most)d.") % {"least": least, "most": most}
            raise DomainError(message, code="sizes", field=field)


@transaction.atomic
def drop(*, forming: Forming | UUID, by: User, revision: int) -> Forming:
    """Put the draft aside; `restore` brings it back until it is removed."""
    return _to(locked_any(forming, by, revision), FormingState.DROPPED)


@transaction.atomic
def restore(*, forming: Forming | UUID, by: User, revision: int) -> Forming:
    return _to(locked_any(forming, by, revision), FormingState.DRAFT)


def _to(forming: Forming, state: FormingState) -> Forming:
    if state not in FORMING_TRANSITIONS[FormingState(forming.state)]:
        message = _("This arrangement is not a draft any more. Open the list of drafts to see where it stands.")
        raise DomainError(message, code="not_a_draft")
    forming.state = state
    return count_change(forming, "state")


# People ----------------------------------------------------------------------------------------------------


@transaction.atomic
def move_person(
    *, forming: Forming | UUID, participant: Participant | UUID, to: FormingGroup | UUID | None, revision: int, by: User
) -> Effect:
    """Put somebody into a group, or into none. DomainError: the first `Misfit`'s code where they do not fit."""
    found = locked(forming, by, revision)
    place = _place_row(found, participant)
    before = place.group_id
    if to is not None:
        group = _group_row(found, to)
        _refuse(may_join(found, place, group))
        place.group, place.excluded = group, False
    else:
        place.group = None
    place.pinned = place.pinned and place.group_id == before
    return _moved(found, place, before)


def _moved(forming: Forming, place: FormingPlace, before: UUID | None) -> Effect:
    place.reason, place.lack = "", {}
    place.save()
    count_change(forming, "places")
    audit.record(Action.CHANGE, place, person=place.person_id, purpose=Purpose.GROUPS, fields=("group",))
    return _effect(forming, before, place.group_id)


def _effect(forming: Forming, before: UUID | None, after: UUID | None) -> Effect:
    places = FormingPlace.objects.filter(forming=forming, excluded=False).order_by()
    counts = dict(places.values_list("group").annotate(people=Count("pk")))
    groups = dict(FormingGroup.objects.filter(forming=forming).values_list("pk", "number"))
    sizes = {number: counts.get(pk, 0) for pk, number in groups.items()}
    limits = {"least": forming.min_size, "most": forming.max_size, "leads": 0, "needed": 0}
    faults = {number: group_faults(size, **limits) for number, size in sizes.items()}
    return Effect(
        forming.revision, groups.get(before) if before else None, groups.get(after) if after else None, sizes,
        tuple(number for number, found in faults.items() if "too_small" in found),
        tuple(number for number, found in faults.items() if "too_large" in found),
        sum(sizes.values()), counts.get(None, 0),
    )  # fmt: skip


@transaction.atomic
def exclude(*, forming: Forming | UUID, participant: Participant | UUID, revision: int, by: User) -> Effect:
    """Leave somebody out of the search, until `include`."""
    found = locked(forming, by, revision)
    place = _place_row(found, participant)
    before = place.group_id
    place.group, place.excluded, place.pinned = None, True, False
    return _moved(found, place, before)


@transaction.atomic
def include(*, forming: Forming | UUID, participant: Participant | UUID, revision: int, by: User) -> Effect:
    found = locked(forming, by, revision)
    place = _place_row(found, participant)
    place.excluded = False
    return _moved(found, place, place.group_id)


@transaction.atomic
def pin(
    *, forming: Forming | UUID, participant: Participant | UUID, revision: int, by: User, on: bool = True
) -> FormingPlace:
    """Keep somebody in their group when groups are formed anew. DomainError: `in_no_group`."""
    found = locked(forming, by, revision)
    place = _place_row(found, participant)
    if place.group_id is None:
        raise DomainError(_("This person is in none of the groups. Move them into one first."), code="in_no_group")
    place.pinned = on
    place.save(update_fields=["pinned"])
    count_change(found, "pinned")
    return place


def _place_row(forming: Forming, participant: Participant | UUID) -> FormingPlace:
    key = participant if isinstance(participant, UUID) else participant.pk
    place = FormingPlace.objects.filter(forming=forming, participant=key).select_related("participant").first()
    if place is None:
        raise _not_here()
    return place


def _not_here() -> DomainError:
    return DomainError(_("This person is not among those for whom this draft forms groups."), code="not_here")


def _refuse(misfits: tuple[Misfit, ...]) -> None:
    if misfits:
        raise DomainError(" ".join(misfit_sentence(one) for one in misfits), code=misfits[0])


# Groups ----------------------------------------------------------------------------------------------------


@transaction.atomic
def add_empty_group(
    *, forming: Forming | UUID, revision: int, by: User, minute: int, language: str, modality: str,
    region: Region | str | None = None, composition: str = Composition.ANY,
) -> FormingGroup:  # fmt: skip
    """A group without anybody, at one of the forming's times. DomainError: `bad_times`, `unknown_choice`, `region`."""
    found = locked(forming, by, revision)
    code = region.pk if isinstance(region, Region) else region
    if minute not in found.times:
        raise DomainError(_("Choose one of the times of this search."), code="bad_times", field="minute")
    answers = {
        "language": language in (found.languages or Language.values),
        "modality": modality in (found.modalities or Modality.values), "composition": composition in Composition.values,
    }  # fmt: skip
    for field, known in answers.items():
        if not known:
            raise DomainError(_("Choose an answer of the list."), code="unknown_choice", field=field)
    _check_region(found, modality, code)
    group = FormingGroup.objects.create(
        forming=found, number=next_number(found), starts_at=first_instant(series_of(found, [minute])[0]),
        language=language, modality=modality, composition=composition,
        region_id=code if modality == Modality.IN_PERSON else None,
    )  # fmt: skip
    count_change(found, "groups")
    return group


def _check_region(forming: Forming, modality: str, code: str | None) -> None:
    """In person a group meets in one province of the regions."""
    if modality == Modality.IN_PERSON:
        here = Region.objects.filter(pk=code, program_region__in=forming.program_regions)
        if code is None or not here.exists():
            message = _("Choose the province or territory where the group meets.")
            raise DomainError(message, code="region", field="region")


@transaction.atomic
def remove_group(*, forming: Forming | UUID, group: FormingGroup | UUID, revision: int, by: User) -> Forming:
    """Think of this group no more; its people wait in none."""
    found = locked(forming, by, revision)
    row = _group_row(found, group)
    _let_go(found, FormingGroup.objects.filter(pk=row.pk))
    return count_change(found, "groups")


@transaction.atomic
def pin_group(
    *, forming: Forming | UUID, group: FormingGroup | UUID, revision: int, by: User, on: bool = True
) -> FormingGroup:
    """Keep a group as it is when groups are formed anew."""
    found = locked(forming, by, revision)
    row = _group_row(found, group)
    row.pinned = on
    row.save(update_fields=["pinned"])
    count_change(found, "pinned")
    return row


@transaction.atomic
def set_lead(
    *, forming: Forming | UUID, group: FormingGroup | UUID, user: User, revision: int, by: User, on: bool = True,
    role: str = LeadRole.FACILITATOR,
) -> FormingGroup:  # fmt: skip
    """Let somebody lead a group, or (`on` False) not. DomainError: `lead_role`, or the first `Misfit`'s code."""
    found = locked(forming, by, revision)
    row = _group_row(found, group)
    FormingLead.objects.filter(group=row, user=user).delete()
    if on:
        _check_role(user, role)
        _refuse(may_lead(found, user, row, role))
        FormingLead.objects.create(group=row, user=user, role=role)
    count_change(found, "leads")
    return row


def _check_role(user: User, role: str) -> None:
    if not (user.is_active and sight_of(user).has(ROLE_OF_LEAD[LeadRole(role)])):
        message = _("This account does not have the role that leading needs. Ask an administrator to give it.")
        raise DomainError(message, code="lead_role", field="user")


def _group_row(forming: Forming, group: FormingGroup | UUID) -> FormingGroup:
    key = group if isinstance(group, UUID) else group.pk
    row = FormingGroup.objects.filter(forming=forming, pk=key).first()
    if row is None:
        raise _no_group()
    return row


def _no_group() -> DomainError:
    return DomainError(
        _("This group is not part of the draft any more. Look at the draft as it is now."), code="no_group"
    )


def leads_to_choose(pool: Pool) -> list[User]:
    """Accounts of those who could lead, for a list to choose from."""
    return list(User.objects.filter(pk__in=[one.user_id for one in pool.leaders]).order_by("pk"))
