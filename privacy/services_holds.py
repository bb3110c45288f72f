"""Holds: while one stands, nothing about the person is destroyed ([Privacy Act] rule 15)."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy.choices import ErasureState, HoldKind
from privacy.models_disposal import Erasure, Hold
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Role
from psp.errors import Conflict, constraint_name, require
from psp.models import User
from psp.sight import sight_of


def can_open_hold(by: User, person: User, kind: str) -> bool:
    """The privacy officer for any reason; people themselves by asking for access."""
    return sight_of(by).has(Role.PRIVACY_OFFICER) or (by.pk == person.pk and kind == HoldKind.ACCESS)


def can_close_hold(by: User, hold: Hold) -> bool:
    return sight_of(by).has(Role.PRIVACY_OFFICER) or (by.pk == hold.person_id and by.pk == hold.opened_by_id)


@transaction.atomic
def open_hold(*, person: User, kind: str, by: User, matter: UUID | None = None) -> Hold:
    """Nothing is destroyed from now on. The same hold twice is once. Conflict `erasure_begun`: it is too late."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    require(can_open_hold(by, person, kind), "open_hold")
    same: Hold | None = Hold.objects.standing().about(person).filter(kind=kind, matter=matter).first()
    if same is not None:
        return same
    if Erasure.objects.of_person(person).filter(state__in=[ErasureState.APPROVED, ErasureState.DONE]).exists():
        raise _too_late()
    hold = Hold(person=person, kind=HoldKind(kind), matter=matter, opened_by=by)
    try:
        with transaction.atomic():
            hold.save(force_insert=True)
    except IntegrityError as error:
        if constraint_name(error) == "hold_before_erasure":
            raise _too_late() from error
        raise
    audit.record(Action.CREATE, hold, person=person.pk, purpose=Purpose.RIGHTS, fields=("kind",))
    return hold


def _too_late() -> Conflict:
    return Conflict(
        _("Two people have approved that this information is deleted. Nothing can hold it back now."),
        code="erasure_begun",
    )


@transaction.atomic
def close_hold(*, hold: Hold, by: User) -> Hold:
    """What it stood for is over. Closing twice is once."""
    fresh: Hold = Hold.objects.select_for_update(of=("self",)).get(pk=hold.pk)
    require(can_close_hold(by, fresh), "close_hold")
    if fresh.closed_at is None:
        fresh.closed_at, fresh.closed_by = timezone.now(), by
        fresh.save()
        audit.record(Action.CHANGE, fresh, person=fresh.person_id, purpose=Purpose.RIGHTS, fields=("closed_at",))
    return fresh
