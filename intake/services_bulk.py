"""Acts on several applications at once: plan, do in one transaction, take back. One access row for each person."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contact.models import OutboxMessage
from contact.reachable import unreachable_by_email
from contact.services import cancel_messages, queue_message
from intake.choices import TRANSITIONS, ApplicationState, BulkAction
from intake.models import Application
from intake.models_desk import BulkAct
from intake.permissions import can_handle_application
from intake.rules_bulk import MOST_AT_ONCE, Facts, Skip, skip_giving, skip_looked, skip_writing
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError, require
from psp.models import User
from psp.sight import coordinated_regions

# Message templates that a coordinator may send by hand.
BY_HAND = ("welcome_back", "check_details")
# How the keys of these messages begin.
BY_HAND_KEY = "bulk"
# A message sent by hand leaves after this: until then it can be taken back.
LEAVES_AFTER = timedelta(minutes=10)
OPEN = (ApplicationState.SUBMITTED, ApplicationState.MEETING_SET)


@dataclass(frozen=True, slots=True)
class Order:
    """What to do. `to`: the coordinator to give them to, None for nobody. `template`: the message to send."""

    action: BulkAction
    to: User | None = None
    template: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom the act reaches, and whom it leaves out and why."""

    reached: list[Application]
    skipped: list[tuple[Application, Skip]]


def plan(*, order: Order, applications: Collection[Application], now: datetime) -> Plan:
    """What `order` would do now. Reads only; `carry_out` asks the same again under lock."""
    unreachable = (
        unreachable_by_email([row.participant.user for row in applications], now)
        if order.action == BulkAction.WRITE
        else {}
    )
    on_its_way = _on_its_way(order, applications)
    regions = coordinated_regions(order.to) if order.to is not None else None
    rule = {BulkAction.ASSIGN: skip_giving, BulkAction.LOOKED: skip_looked, BulkAction.WRITE: skip_writing}
    reached, skipped = [], []
    for row in applications:
        why_not = unreachable.get(row.person_id) or (Skip.ALREADY if row.person_id in on_its_way else None)
        reason = rule[order.action](
            Facts(
                open=row.state in OPEN, ended=not TRANSITIONS[ApplicationState(row.state)],
                looked_after_by_target=row.assigned_to_id == (order.to.pk if order.to else None),
                target_covers_region=regions is None or row.participant.program_region_id in regions,
                unreachable=Skip(why_not) if why_not else None,
            )
        )  # fmt: skip
        if reason is None:
            reached.append(row)
        else:
            skipped.append((row, reason))
    return Plan(reached, skipped)


def _on_its_way(order: Order, applications: Collection[Application]) -> set[UUID]:
    """To whom this message was sent by hand and has not left yet: a second click sends it to nobody twice."""
    if order.action != BulkAction.WRITE:
        return set()
    waiting = OutboxMessage.objects.waiting().filter(key__startswith=f"{BY_HAND_KEY}|", template=order.template)
    people = [row.person_id for row in applications]
    return set(waiting.filter(person__in=people).values_list("person_id", flat=True))


@transaction.atomic
def carry_out(*, order: Order, applications: Sequence[UUID], by: User) -> tuple[BulkAct | None, Plan]:
    """Do it for everybody whom it reaches; None where it reaches nobody. DomainError: `too_many`, `not_by_hand`."""
    if len(applications) > MOST_AT_ONCE:
        raise DomainError(
            _("Choose at most %(number)d applications at once.") % {"number": MOST_AT_ONCE}, code="too_many"
        )
    rows = _locked(applications)
    for row in rows:
        require(can_handle_application(by, row), "bulk")
    now = timezone.now()
    found = plan(order=order, applications=rows, now=now)
    if not found.reached:
        return None, found
    act = BulkAct(action=order.action, by=by, at=now, done={})
    for row in found.reached:
        act.done[str(row.pk)] = _do(order, row, act)
    act.save(force_insert=True)
    return act, found


def _locked(applications: Sequence[UUID]) -> list[Application]:
    """Always in the order of their ids, so that two acts at once wait and never block each other."""
    rows = Application.objects.select_for_update(of=("self",)).select_related("participant__user")
    return list(rows.filter(pk__in=applications).order_by("pk"))


def _do(order: Order, row: Application, act: BulkAct) -> Any:
    """Write one; what is needed to take it back."""
    if order.action == BulkAction.WRITE:
        if order.template not in BY_HAND:
            raise DomainError(_("This message is not one to send by hand."), code="not_by_hand")
        queue_message(
            person=row.participant.user, template=order.template, key=f"{BY_HAND_KEY}|{act.pk}|{row.pk}", context={},
            due_at=act.at + LEAVES_AFTER,
        )  # fmt: skip
        _note(row, Purpose.CONTACT, ())
        return None
    if order.action == BulkAction.ASSIGN:
        before = {"was": _text(row.assigned_to_id), "is": _text(order.to.pk if order.to else None)}
        row.assigned_to = order.to
        _save(row, "assigned_to")
        return before
    before = {"was": row.last_action_at.isoformat(), "is": act.at.isoformat()}
    row.last_action_at = act.at
    _save(row, "last_action_at")
    return before


def _text(key: UUID | None) -> str:
    return str(key) if key else ""


def _save(row: Application, field: str) -> None:
    row.save(update_fields=[field])
    _note(row, Purpose.INTAKE, (field,))


def _note(row: Application, purpose: Purpose, fields: Sequence[str]) -> None:
    audit.record(Action.CHANGE, row, person=row.person_id, purpose=purpose, fields=fields)


@transaction.atomic
def take_back(*, act: BulkAct, by: User) -> int:
    """Undo an act of one's own, once; returns how many.

    What somebody changed since, what has already left, and what `by` may not handle any more stays as it is.
    """
    act = BulkAct.objects.select_for_update(of=("self",)).get(pk=act.pk)
    require(act.by_id == by.pk, "take_back")
    if act.undone_at is not None:
        raise DomainError(_("This was taken back already."), code="undone")
    rows = _locked([UUID(key) for key in act.done])
    undone = sum(_undo(act, row) for row in rows if can_handle_application(by, row))
    act.undone_at = timezone.now()
    act.save(update_fields=["undone_at"])
    return undone


def _undo(act: BulkAct, row: Application) -> bool:
    before = act.done[str(row.pk)]
    if act.action == BulkAction.WRITE:
        undone = cancel_messages(key_prefix=f"{BY_HAND_KEY}|{act.pk}|{row.pk}", reason="taken_back") > 0
        if undone:
            _note(row, Purpose.CONTACT, ())
        return undone
    if act.action == BulkAction.ASSIGN:
        if _text(row.assigned_to_id) != before["is"]:
            return False
        row.assigned_to_id = UUID(before["was"]) if before["was"] else None
        _save(row, "assigned_to")
        return True
    if row.last_action_at != datetime.fromisoformat(before["is"]):
        return False
    row.last_action_at = datetime.fromisoformat(before["was"])
    _save(row, "last_action_at")
    return True
