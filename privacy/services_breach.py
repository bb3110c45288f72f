"""The life of a breach: noted, weighed, reported in time, closed; and the people whom it concerns."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy import notices
from privacy.choices import BREACH_TRANSITIONS, AffectedState, BreachState, FoundBy
from privacy.models_breach import Affected, Breach
from privacy.permissions import can_be_second, can_run_office
from privacy.rules import report_due_on
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.audit.models import Entry
from psp.choices import Kind
from psp.crypto import keyring
from psp.errors import Conflict, DomainError, require
from psp.models import User

SEEN = (Action.READ, Action.EXPORT, Action.CREATE, Action.CHANGE, Action.DELETE)
# More than this is found in several steps, with a narrower window.
MOST_FOUND = 20_000
BATCH = 2000


@transaction.atomic
def record_breach(*, by: User, **said: Any) -> Breach:
    """Write down what is known: times, place, kinds of data, how many, what happened, measures so far."""
    require(can_run_office(by), "record_breach")
    _check_times(said)
    breach = Breach(recorded_by=by)
    keyring.create(breach.pk)
    for name, value in said.items():
        setattr(breach, name, value)
    breach.save(force_insert=True)
    _note(Action.CREATE, breach, "state")
    return breach


@transaction.atomic
def change_breach(*, breach: Breach, by: User, revision: int, **said: Any) -> Breach:
    """More is known now. Conflict: `stale`, `wrong_state` once closed."""
    fresh = _locked(breach, by)
    if fresh.revision != revision:
        raise Conflict(_("Somebody changed this a moment ago. Look at it as it is now."), code="stale")
    _check_times(said)
    for name, value in said.items():
        setattr(fresh, name, value)
    return _kept(fresh, *said)


def _check_times(said: dict[str, Any]) -> None:
    until = said.get("happened_until")
    if until is not None and until < said["happened_from"]:
        raise DomainError(_("Choose an end that is not before the beginning."), code="times", field="happened_until")
    if max(said["discovered_at"], said["happened_from"]) > timezone.now():
        raise DomainError(_("Choose a time that is not in the future."), code="future", field="discovered_at")


@transaction.atomic
def move_breach(*, breach: Breach, to: str, by: User) -> Breach:
    """Found material or not, reported, closed. Conflict `wrong_state`; DomainError `measures`, `people`."""
    fresh, state = _locked(breach, by), BreachState(to)
    if fresh.state == state:
        return fresh  # the second click
    if state not in BREACH_TRANSITIONS[BreachState(fresh.state)]:
        raise Conflict(_("That does not follow from here. Look at it as it is now."), code="wrong_state")
    now = timezone.now()
    if state == BreachState.MATERIAL:
        fresh.material_at, fresh.report_due_on = now, report_due_on(timezone.localdate(now))
    elif state == BreachState.REPORTED:
        fresh.reported_at = now
    elif state == BreachState.CLOSED:
        _check_closing(fresh)
        fresh.closed_at = now
    fresh.state = state
    return _kept(fresh, "state")


def _check_closing(breach: Breach) -> None:
    if not breach.measures.strip():
        raise DomainError(_("Write first what was done about it."), code="measures")
    if breach.people.filter(state=AffectedState.FOUND).exists():
        raise DomainError(_("Some people are not looked at yet: confirm each, or leave them out."), code="people")
    if breach.notices_prepared_by_id and not breach.notices_approved_by_id:
        raise DomainError(_("Notices wait for a second person."), code="notices")


# --- Whom it concerns ---


@transaction.atomic
def find_affected(
    *, breach: Breach, start: datetime, end: datetime, by: User, actor: UUID | None = None, model: str = ""
) -> int:
    """Add everybody whose information somebody (or `actor`) saw in this time; returns how many are new.

    Only participants, never for their own visits. DomainError: `too_many`.
    """
    fresh = _locked(breach, by)
    rows = Entry.objects.filter(at__gte=start, at__lt=end, person__isnull=False, action__in=SEEN)
    rows = rows.exclude(actor=F("person"))
    if actor is not None:
        rows = rows.filter(actor=actor)
    if model:
        rows = rows.filter(model=model)
    keys = rows.order_by().values_list("person", flat=True).distinct()[: MOST_FOUND + 1]
    found = [key for key in keys if key]
    if len(found) > MOST_FOUND:
        raise DomainError(_("That concerns very many people. Look at a shorter time."), code="too_many")
    people = User.objects.filter(pk__in=found, kind=Kind.PARTICIPANT).values_list("pk", flat=True)
    return _add(fresh, list(people), FoundBy.LOG)


@transaction.atomic
def add_affected(*, breach: Breach, person: UUID, by: User) -> int:
    """Somebody of whom the log knows nothing."""
    return _add(_locked(breach, by), [person], FoundBy.HAND)


def _add(breach: Breach, people: list[UUID], found_by: FoundBy) -> int:
    before = breach.people.count()
    rows = [Affected(breach=breach, person_id=person, found_by=found_by) for person in people]
    Affected.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    added = breach.people.count() - before
    _kept(breach, "people")
    return added


@transaction.atomic
def decide_affected(*, breach: Breach, people: Collection[UUID] | None, confirmed: bool, by: User) -> int:
    """Confirm or leave out: these, or (`people` None) everybody not looked at yet. Whoever was told stays."""
    fresh = _locked(breach, by)
    rows = fresh.people.filter(notified_at__isnull=True)
    rows = rows.filter(state=AffectedState.FOUND) if people is None else rows.filter(pk__in=people)
    state = AffectedState.CONFIRMED if confirmed else AffectedState.LEFT_OUT
    decided: int = rows.update(state=state, decided_by=by)
    # Whoever is about to approve notices for other people than these looks again.
    _kept(fresh, "people")
    return decided


# --- Notices ---


@transaction.atomic
def prepare_notices(*, breach: Breach, notice_en: str, notice_fr: str, by: User) -> Breach:
    """What the confirmed people will read. Changing it after approval is not possible. DomainError: `nobody`."""
    fresh = _locked(breach, by)
    if fresh.notices_approved_by_id is not None:
        raise Conflict(_("The notices have gone out already."), code="sent")
    if not fresh.people.filter(state=AffectedState.CONFIRMED).exists():
        raise DomainError(_("Nobody is confirmed yet. Confirm the people first."), code="nobody")
    fresh.notice_en, fresh.notice_fr, fresh.notices_prepared_by = notice_en.strip(), notice_fr.strip(), by
    return _kept(fresh, "notice_en", "notice_fr")


@transaction.atomic
def approve_notices(*, breach: Breach, by: User, revision: int) -> int:
    """A second person lets them go; each goes in a way that is safe for that person. Returns how many.

    DomainError: `own_notices`; Conflict: `stale` if they were changed since they were read, `sent` the second time.
    """
    fresh: Breach = Breach.objects.select_for_update(of=("self",)).get(pk=breach.pk)
    require(can_be_second(by), "approve_notices")
    if fresh.notices_approved_by_id is not None:
        raise Conflict(_("The notices have gone out already."), code="sent")
    if fresh.notices_prepared_by_id is None or fresh.revision != revision:
        raise Conflict(_("Somebody changed this a moment ago. Look at it as it is now."), code="stale")
    if fresh.notices_prepared_by_id == by.pk:
        raise DomainError(_("You prepared them yourself. Somebody else approves them."), code="own_notices")
    now = timezone.now()
    fresh.notices_approved_by, fresh.notices_approved_at = by, now
    _kept(fresh, "notices_approved_by")
    told = list(fresh.people.filter(state=AffectedState.CONFIRMED, notified_at__isnull=True).select_related("person"))
    Affected.objects.filter(pk__in=[one.pk for one in told]).update(notified_at=now)
    for one in told:
        notices.send(one.person, one.pk)
    return len(told)


def _locked(breach: Breach, by: User) -> Breach:
    fresh: Breach = Breach.objects.select_for_update(of=("self",)).get(pk=breach.pk)
    require(can_run_office(by), "handle_breach")
    if fresh.state == BreachState.CLOSED:
        raise Conflict(_("This breach is closed."), code="wrong_state")
    return fresh


def _kept(breach: Breach, *fields: str) -> Breach:
    breach.revision += 1
    breach.save()
    _note(Action.CHANGE, breach, *fields)
    return breach


def _note(action: Action, breach: Breach, *fields: str) -> None:
    audit.record(action, breach, purpose=Purpose.SECURITY, fields=fields)
