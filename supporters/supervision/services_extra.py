"""More support for a while ([NH] section 4): agreed between two, looked at again on its day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import require
from psp.models import User
from supporters.models import SupportKind, SupportPlan
from supporters.supervision.refusals import judged, refuse
from supporters.supervision.services import current_of, held, tell


@transaction.atomic
def make_plan(
    *, user: User, by: User, kinds: Collection[str], from_on: date, until_on: date, look_on: date, agreed: str = "",
    key: UUID | None = None,
) -> SupportPlan:  # fmt: skip
    """What the two agreed on. `by`: the supervisor at the side of `user` (else Forbidden); `key`: of the form.

    DomainError: `plan_dates`, `plan_kinds`, `plan_empty`, `plan_one`.
    """
    held(user)
    now = current_of(user)
    require(now is not None and now.supervisor_id == by.pk, "make_plan")
    known: SupportPlan | None = SupportPlan.objects.filter(pk=key).first() if key else None
    if known is not None:
        return known
    _check(kinds, from_on, until_on, look_on, agreed)
    made = SupportPlan(
        user=user, supervisor=by, kinds=sorted(kinds), from_on=from_on, until_on=until_on, look_on=look_on,
        agreed=agreed.strip(),
    )  # fmt: skip
    made.pk = key or made.pk
    if SupportPlan.objects.standing().filter(user=user).visible_to(by).exists():
        raise refuse("plan_one")
    with judged():
        made.save(force_insert=True)
    audit.record(Action.CREATE, made, person=user.pk, purpose=Purpose.CARE, fields=("kinds", "from_on", "until_on"))
    tell(user, f"plan|{made.pk}")
    return made


def _check(kinds: Collection[str], from_on: date, until_on: date, look_on: date, agreed: str) -> None:
    if not from_on <= look_on <= until_on:
        raise refuse("plan_dates", "look_on")
    if not kinds and not agreed.strip():
        raise refuse("plan_empty", "kinds")
    if set(kinds) - set(SupportKind.objects.filter(offered=True).values_list("code", flat=True)):
        raise refuse("plan_kinds", "kinds")


@transaction.atomic
def go_on(*, plan: SupportPlan, by: User, until_on: date, look_on: date) -> SupportPlan:
    """They looked at it again and it goes on, until another day. Twice is as once. DomainError: `plan_dates`."""
    found = _mine(plan, by)
    if not max(found.from_on, timezone.localdate()) <= look_on <= until_on:
        raise refuse("plan_dates", "look_on")
    if found.ended_on is None and (found.until_on, found.look_on) != (until_on, look_on):
        found.until_on, found.look_on = until_on, look_on
        _keep(found, ("until_on", "look_on"))
    return found


@transaction.atomic
def end_plan(*, plan: SupportPlan, by: User) -> SupportPlan:
    """They looked at it again and it is over. Twice is as once."""
    found = _mine(plan, by)
    if found.ended_on is None:
        found.ended_on = timezone.localdate()
        _keep(found, ("ended_on",))
    return found


def _mine(plan: SupportPlan, by: User) -> SupportPlan:
    """The plan, locked, of a supervisor who may read it; the supporter says to their supervisor what they want."""
    rows: Any = SupportPlan.objects.select_for_update(of=("self",)).visible_to(by)
    found: SupportPlan | None = rows.exclude(user=by).filter(pk=plan.pk).first()
    require(found is not None, "plan")
    assert found is not None  # nosec B101
    return found


def _keep(plan: SupportPlan, fields: tuple[str, ...]) -> None:
    plan.changed_at = timezone.now()
    plan.save(update_fields=[*fields, "changed_at"])
    audit.record(Action.CHANGE, plan, person=plan.user_id, purpose=Purpose.CARE, fields=fields)
    tell(plan.user, f"plan|{plan.pk}|{plan.changed_at.isoformat()}")
