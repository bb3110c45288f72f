"""What is done about an incident: steps with owners and days, a talk offered to everybody whom it touches, measures."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from intake.models import Participant
from intake.services_apart import note_apart
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.crypto import keyring
from psp.errors import Conflict, DomainError, require
from psp.models import User
from supporters.incidents import links as incident_links
from supporters.incidents.choices import FOLLOW_UP_TRANSITIONS, FollowUp, IncidentState, MeasureKind
from supporters.incidents.models import Incident, IncidentMeasure, IncidentPart, IncidentPerson, IncidentStep
from supporters.incidents.notices import tell_owner
from supporters.incidents.people import owners_of, team_of
from supporters.incidents.permissions import (
    can_do_step,
    can_keep_apart_for,
    can_note_breach_for,
    can_work_on_incident,
)
from supporters.incidents.services import locked, move_on, note_change

LONGEST = timedelta(days=366)


@transaction.atomic
def add_step(
    *, incident: Incident | UUID, by: User, owner: User, due_on: date, code: str = "", words: str = ""
) -> IncidentStep:
    """Something to do, by somebody, until a day: a step of the kind, or a few words. The same step twice is once.

    DomainError: `closed`, `step_unknown`, `no_words`, `owner`, `day`.
    """
    found = _open(incident, by)
    if code and code not in {step["code"] for step in found.kind.steps}:
        raise DomainError(_("Choose a step from the list."), code="step_unknown", field="code")
    if not code and not words.strip():
        raise DomainError(_("Write in a few words what is to be done."), code="no_words", field="words")
    earlier = _same_step(found, code, words, owner, due_on)
    if earlier is not None:
        return earlier
    _check_day(due_on)
    if keyring.key_of(found.pk) is None:  # it went with somebody who was forgotten
        keyring.create(found.pk)
    step = IncidentStep(incident=found, code=code, words="" if code else words.strip(), due_on=due_on)
    _give(step, found, owner, by)
    step.save(force_insert=True)
    move_on(found)
    note_change(found, "steps")
    if owner.pk != by.pk:
        tell_owner(step)
    return step


def _same_step(incident: Incident, code: str, words: str, owner: User, due_on: date) -> IncidentStep | None:
    """Of the kind's own steps there is one of each; of others, the one that is to do and says the same."""
    if code:
        return incident.steps.filter(code=code).first()
    open_ones = incident.steps.to_do().filter(code="", owner=owner, due_on=due_on)
    return next((one for one in open_ones if one.words == words.strip()), None)


def take_step(*, incident: Incident | UUID, by: User, code: str) -> IncidentStep:
    """One tap: a step of the kind, for oneself, until the day that the kind proposes."""
    key = incident if isinstance(incident, UUID) else incident.pk
    kind = Incident.objects.select_related("kind").get(pk=key).kind
    days = next((int(step["days"]) for step in kind.steps if step["code"] == code), 0)
    due_on = timezone.localdate() + timedelta(days=days)
    return add_step(incident=incident, by=by, owner=by, due_on=due_on, code=code)


@transaction.atomic
def do_step(*, step: IncidentStep | UUID, by: User, done: bool = True) -> IncidentStep:
    """Done, or not after all. Its owner may say so, and whoever works on the incident. DomainError: `closed`."""
    found = Incident.objects.select_for_update(of=("self",)).select_related("kind").get(pk=_incident_of(step))
    held = _held(step)
    require(can_do_step(by, found, held.owner_id), "do_step")
    _refuse_closed(found)
    if done != (held.done_at is not None):
        held.done_at, held.done_by = (timezone.now(), by) if done else (None, None)
        held.save(update_fields=["done_at", "done_by"])
        move_on(found)
        note_change(found, "steps")
    return held


@transaction.atomic
def drop_step(*, step: IncidentStep | UUID, by: User) -> None:
    """It is not needed any more. What is done stays."""
    key = step if isinstance(step, UUID) else step.pk
    held = IncidentStep.objects.filter(pk=key).first()
    if held is None:
        return
    found = _open(held.incident_id, by)
    if IncidentStep.objects.to_do().filter(pk=key).delete()[0]:
        note_change(found, "steps")


def _incident_of(step: IncidentStep | UUID) -> UUID:
    key = step if isinstance(step, UUID) else step.pk
    found: UUID | None = IncidentStep.objects.filter(pk=key).values_list("incident", flat=True).first()
    if found is None:
        raise _gone()
    return found


def _held(step: IncidentStep | UUID) -> IncidentStep:
    """As it is once the incident is locked. Conflict `gone`: it was taken off the list meanwhile."""
    key = step if isinstance(step, UUID) else step.pk
    found: IncidentStep | None = IncidentStep.objects.select_related("owner").filter(pk=key).first()
    if found is None:
        raise _gone()
    return found


def _gone() -> Conflict:
    return Conflict(_("This is not open any more. Look at it as it is now."), code="gone")


def _open(incident: Incident | UUID, by: User) -> Incident:
    found = locked(incident, by)
    _refuse_closed(found)
    return found


def _refuse_closed(incident: Incident) -> None:
    if incident.state == IncidentState.CLOSED:
        raise DomainError(_("It is closed. Open it again first."), code="closed")
    if incident.state == IncidentState.REPORTED:
        raise DomainError(_("Say first that you take care of it."), code="not_taken")


def _check_day(day: date) -> None:
    today = timezone.localdate()
    if not today <= day <= today + LONGEST:
        raise DomainError(_("Choose a day from today on, within a year."), code="day", field="due_on")


def _give(step: IncidentStep, incident: Incident, owner: User, by: User) -> None:
    """Whoever owns a step has a part; somebody whom it touches does not get one."""
    if not owners_of(incident).filter(pk=owner.pk).exists():
        raise DomainError(_("Choose somebody from the list."), code="owner", field="owner")
    if owner.pk != incident.reporter_id:
        _bring_in(incident, owner, by)
    step.owner = owner


def _bring_in(incident: Incident, user: User, by: User) -> bool:
    """Whether that is news. Whoever has a part by their role keeps it for as long as the role, and no longer."""
    if can_work_on_incident(user, incident):
        return False
    IncidentPart.objects.create(incident=incident, user=user, by=by)
    return True


# --- People ---------------------------------------------------------------------------------------


@transaction.atomic
def bring_in(*, incident: Incident | UUID, by: User, user: User) -> bool:
    """Somebody of the team sees it from now on; whether that is news. DomainError: `owner`."""
    found = locked(incident, by)
    if not team_of(found).filter(pk=user.pk).exists():
        raise DomainError(_("Choose somebody from the list."), code="owner", field="user")
    made = _bring_in(found, user, by)
    if made:
        note_change(found, "parts")
    return made


@transaction.atomic
def follow_up(*, person: IncidentPerson | int, by: User, state: str) -> IncidentPerson:
    """How far one is with somebody. Whoever reported may say for themselves that they wish no talk, or did talk.

    DomainError: `closed`, `not_taken`, `follow_up_unknown`.
    """
    key = person if isinstance(person, int) else person.pk
    where = IncidentPerson.objects.values_list("incident", flat=True).get(pk=key)
    found = Incident.objects.select_for_update(of=("self",)).get(pk=where)
    held = IncidentPerson.objects.get(pk=key)
    own = held.user_id == by.pk == found.reporter_id
    require(own or can_work_on_incident(by, found), "follow_up")
    if not own or found.state == IncidentState.CLOSED:
        _refuse_closed(found)
    if state == held.follow_up:
        return held
    if state not in FOLLOW_UP_TRANSITIONS[FollowUp(held.follow_up)]:
        raise DomainError(_("Choose from the list."), code="follow_up_unknown", field="state")
    held.follow_up, held.changed_by, held.changed_at = state, by, timezone.now()
    held.save(update_fields=["follow_up", "changed_by", "changed_at"])
    move_on(found)
    note_change(found, "follow_up")
    return held


@transaction.atomic
def add_person(*, incident: Incident | UUID, by: User, user: User) -> IncidentPerson:
    """It touches somebody else too. DomainError: `closed`, `not_taken`, `has_part`."""
    found = _open(incident, by)
    busy = found.parts.filter(user=user).exists() or found.steps.filter(owner=user, done_at__isnull=True).exists()
    if busy or user.pk in (found.taken_by_id, by.pk):
        message = _("This person takes care of it. Give their steps to somebody else first.")
        raise DomainError(message, code="has_part", field="people")
    person, made = IncidentPerson.objects.get_or_create(incident=found, user=user)
    if made:
        note_change(found, "people")
    return person


# --- Measures -------------------------------------------------------------------------------------


@transaction.atomic
def keep_apart(*, incident: Incident, by: User, one: User, other: User) -> IncidentMeasure:
    """Two of those whom it touches must not meet from now on. The others read only that a measure was taken.

    DomainError: `not_touched`, `nobody_here`, and those of `note_apart`.
    """
    require(can_keep_apart_for(by, incident), "keep_apart")
    both = {one.pk, other.pk}
    if len(both) < 2 or incident.people.filter(user__in=both).count() < 2:
        raise DomainError(_("Choose two different people."), code="not_touched", field="other")
    files = Participant.objects.in_regions_of(by).filter(user__in=both)
    file = files.filter(user=one).first() or files.filter(user=other).first()
    if file is None:
        message = _("One of the two must have a file in your regions. Choose again.")
        raise DomainError(message, code="nobody_here", field="one")
    note_apart(participant=file, by=by, other=other if file.user_id == one.pk else one)
    return _measure(_open(incident, by), MeasureKind.APART, by)


@transaction.atomic
def end_lead(*, incident: Incident, by: User, user: User) -> IncidentMeasure:
    """Somebody no longer leads the group. DomainError: `no_group`, and those of the groups (`last_lead`, `ended`)."""
    require(can_keep_apart_for(by, incident), "end_lead")
    if incident.group is None or user not in incident_links.leads(incident.group):
        raise _no_lead()
    if not incident_links.end_lead(incident.group, user, by):
        raise _no_lead()
    return _measure(_open(incident, by), MeasureKind.LEAD, by)


def _no_lead() -> DomainError:
    message = _("This person does not lead the group. Choose somebody who does.")
    return DomainError(message, code="no_group", field="user")


@transaction.atomic
def cover_lead(*, incident: Incident, by: User, user: User) -> IncidentMeasure:
    """Somebody else leads the coming sessions of the group, from the next one on; the lead stays as it is until it is
    decided. DomainError: `no_group`, `no_session`."""
    require(can_keep_apart_for(by, incident), "end_lead")
    if incident.group is None or user not in incident_links.leads(incident.group):
        raise _no_lead()
    if not incident_links.cover(incident.group, user, by):
        raise DomainError(_("No session of this group is still to come."), code="no_session", field="user")
    return _measure(_open(incident, by), MeasureKind.COVER, by)


@transaction.atomic
def note_breach(*, incident: Incident, by: User) -> IncidentMeasure:
    """It stands in the register of breaches. Twice is as once."""
    require(can_note_breach_for(by, incident), "note_breach")
    found = _open(incident, by)
    earlier = found.measures.filter(kind=MeasureKind.BREACH).first()
    return earlier or _measure(found, MeasureKind.BREACH, by)


def _measure(incident: Incident, kind: MeasureKind, by: User) -> IncidentMeasure:
    made = IncidentMeasure.objects.create(incident=incident, kind=kind, by=by)
    move_on(incident)
    audit.record(
        Action.CHANGE, incident, person=incident.reporter_id, purpose=Purpose.CARE, fields=("measures",)
    )  # fmt: skip
    return made
