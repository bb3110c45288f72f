"""From a rule to a disposal: what is due is proposed, one person prepares it, another approves it, then it goes.

    proposed → prepared → approved → done        a standing approval, given by two people, stands for both
        └──────────┴→ dropped

Carrying out goes in small steps, each in a transaction of its own, so that a run that dies loses nothing and two at
once do nothing twice. Every step looks again at holds and at the last use; the database judges both again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy.choices import ErasureState
from privacy.choices_retention import BATCH_TRANSITIONS, WHOLE_FILES, BatchState, RecordType
from privacy.models import DisposalBatch, DisposalItem, DueForecast, Erasure, Hold, RetentionRule, StandingApproval
from privacy.permissions import can_be_second, can_give_standing, can_run_office
from privacy.retention import last_used, later, rows_of
from privacy.retention_rules import after, before, by_month, may_go, month_of, next_months, standing_of
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Kind
from psp.errors import Conflict, DomainError, constraint_name, require
from psp.models import User
from psp.queue import after_commit

CHUNK = 1000
T = TypeVar("T")


# --- Who may ---


# --- Finding ---


@dataclass(frozen=True, slots=True)
class Due:
    """A file and when it was last used, with the two days that follow from its rule."""

    person: UUID
    last_use: date
    due_on: date
    late_on: date


def chunks(things: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    several = iter(things)
    while chunk := list(islice(several, size)):
        yield chunk


def start_of(day: date) -> datetime:
    """The beginning of a day by the program's clock."""
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def cutoff_of(rule: RetentionRule, as_of: date) -> datetime:
    """Rows last used before it are due: never a moment too early for the law's two years."""
    return start_of(before(as_of, rule.months))


def files(rule: RetentionRule, as_of: date, *, until: date | None = None) -> Iterator[Due]:
    """Files that are due on that day and that nothing keeps; with `until`, also those that will be by then."""
    last_day = until or as_of
    whose = Q(kind=Kind.PARTICIPANT) if rule.record_type == RecordType.FILE else ~Q(kind=Kind.PARTICIPANT)
    people = User.objects.filter(
        whose, date_joined__lt=start_of(before(last_day, rule.months) + timedelta(days=1))
    ).exclude(pk__in=Erasure.objects.exclude(state=ErasureState.STOPPED).values("person"))
    joined = people.order_by("pk").values_list("pk", "date_joined")
    for chunk in chunks(joined.iterator(chunk_size=CHUNK)):
        yield from _due_of(dict(chunk), rule, last_day)


def _due_of(joined: dict[UUID, datetime], rule: RetentionRule, day: date) -> Iterator[Due]:
    used = last_used(list(joined))
    held = held_among(joined)
    for person, made in joined.items():
        moment = later(used[person], made) if person in used else made
        last_use = timezone.localdate(moment) if moment else None
        standing = standing_of(rule.terms, last_use=last_use, held=person in held, today=day)
        if last_use and may_go(standing):
            yield Due(person, last_use, after(last_use, rule.months), after(last_use, rule.ceiling_months))


def held_among(people: Iterable[UUID]) -> set[UUID]:
    return set(Hold.objects.standing().filter(person_id__in=list(people)).values_list("person_id", flat=True))


# --- Proposing ---


def propose(rule: RetentionRule, as_of: date) -> DisposalBatch | None:
    """A disposal of what is due, waiting for two people; None where nothing is. One at a time for each record type."""
    if DisposalBatch.objects.standing().filter(record_type=rule.record_type).exists():
        return None
    batch = DisposalBatch(
        rule=rule, record_type=rule.record_type, as_of=as_of, cutoff=cutoff_of(rule, as_of)
    )  # fmt: skip
    try:
        with transaction.atomic():
            batch.save(force_insert=True)
            batch.found = _fill(batch) if rule.record_type in WHOLE_FILES else _count(batch)
            if not batch.found:
                transaction.set_rollback(True)
                return None
            batch.save(update_fields=["found"])
            audit.record(Action.CREATE, batch, purpose=Purpose.RIGHTS, fields=(rule.record_type, str(batch.found)))
    except IntegrityError as error:
        if constraint_name(error) == "batch_one_standing":
            return None  # another run proposed it at the same moment
        raise
    return batch


def _fill(batch: DisposalBatch) -> int:
    found = 0
    for chunk in chunks(files(batch.rule, batch.as_of)):
        items = [
            DisposalItem(batch=batch, person=due.person, last_use=due.last_use, due_on=due.due_on, late_on=due.late_on)
            for due in chunk
        ]
        found += len(DisposalItem.objects.bulk_create(items))
    return found


def _count(batch: DisposalBatch) -> int:
    cutoff = batch.cutoff
    return sum(count for rows in rows_of(batch.record_type) for _day, count in rows.due(cutoff, cutoff))


def forecast(rule: RetentionRule, today: date) -> None:
    """What falls due in each of the next twelve months, for the calendar."""
    months = next_months(today, 13)
    last = months[12] - timedelta(days=1)
    if rule.record_type in WHOLE_FILES:
        counts = Counter(by_month((due.due_on for due in files(rule, today, until=last)), today))
    else:
        counts = Counter()
        for rows in rows_of(rule.record_type):
            for day, count in rows.due(cutoff_of(rule, today), cutoff_of(rule, last)):
                counts[max(month_of(after(day, rule.months)), months[0])] += count
    with transaction.atomic():
        DueForecast.objects.filter(record_type=rule.record_type).delete()
        DueForecast.objects.bulk_create(
            DueForecast(record_type=rule.record_type, month=month, count=counts[month]) for month in months[:12]
        )


# --- Deciding ---


@transaction.atomic
def prepare_batch(*, batch: DisposalBatch, by: User) -> DisposalBatch:
    """The first person has looked at it. Twice by the same is once. Conflict `decided`."""
    fresh = locked(batch)
    require(can_run_office(by), "prepare_disposal")
    if fresh.state == BatchState.PREPARED and fresh.prepared_by_id == by.pk:
        return fresh
    return become(fresh, BatchState.PREPARED, by=by, prepared_by=by, prepared_at=timezone.now())


@transaction.atomic
def approve_batch(*, batch: DisposalBatch, by: User) -> DisposalBatch:
    """The second person says yes, and it begins. Twice by the same is once. Conflict `decided` for whoever is later."""
    fresh = locked(batch)
    if fresh.state in (BatchState.APPROVED, BatchState.DONE) and fresh.approved_by_id == by.pk:
        return fresh
    require(can_be_second(by, fresh.prepared_by_id), "approve_disposal")
    if fresh.state == BatchState.PROPOSED:
        raise DomainError(_("Somebody has to look at the list first."), code="not_prepared")
    done = become(fresh, BatchState.APPROVED, by=by, approved_by=by, approved_at=timezone.now())
    from privacy.tasks_retention import carry_out_batch

    after_commit(carry_out_batch, str(done.pk))
    return done


@transaction.atomic
def drop_batch(*, batch: DisposalBatch, by: User) -> DisposalBatch:
    """It is not carried out; what is still due is proposed anew. Twice is once. Conflict `decided`."""
    fresh = locked(batch)
    require(can_be_second(by), "drop_disposal")
    if fresh.state == BatchState.DROPPED:
        return fresh
    return become(fresh, BatchState.DROPPED, by=by, ended_at=timezone.now())


def locked(batch: DisposalBatch) -> DisposalBatch:
    found: DisposalBatch = DisposalBatch.objects.select_for_update(of=("self",)).select_related("rule").get(pk=batch.pk)
    return found


def become(batch: DisposalBatch, state: BatchState, *, by: User | None = None, **changes: object) -> DisposalBatch:
    if state not in BATCH_TRANSITIONS[BatchState(batch.state)]:
        raise Conflict(_("Somebody decided this a moment ago. Look at it as it is now."), code="decided")
    batch.state = state
    for name, value in changes.items():
        setattr(batch, name, value)
    batch.save()
    action = Action.DELETE if state == BatchState.DONE else Action.CHANGE
    audit.record(action, batch, purpose=Purpose.RIGHTS, fields=("state", state, batch.digest))
    return batch


# --- Standing approvals ---


@transaction.atomic
def give_standing(*, rule: RetentionRule, by: User) -> StandingApproval:
    """One of the two people who let a rule carry out by itself what it proposes. Twice by the same is once."""
    fresh_rule = RetentionRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    found = StandingApproval.objects.select_for_update().filter(rule=fresh_rule, revoked_at__isnull=True).first()
    require(can_give_standing(by, found), "give_standing")
    if found is None:
        found = StandingApproval.objects.create(rule=fresh_rule, first_by=by)
    elif found.second_by_id is None and found.first_by_id != by.pk:
        found.second_by, found.second_at = by, timezone.now()
        found.save()
    elif by.pk not in (found.first_by_id, found.second_by_id):
        raise Conflict(_("Two people have approved this rule already."), code="decided")
    audit.record(Action.CHANGE, found, purpose=Purpose.RIGHTS, fields=(fresh_rule.record_type,))
    return found


@transaction.atomic
def revoke_standing(*, approval: StandingApproval, by: User) -> StandingApproval:
    """Either role may end it alone, at once. What was approved before goes on. Twice is once."""
    fresh = StandingApproval.objects.select_for_update().get(pk=approval.pk)
    require(can_be_second(by), "revoke_standing")
    if fresh.revoked_at is None:
        fresh.revoked_by, fresh.revoked_at = by, timezone.now()
        fresh.save()
        audit.record(Action.CHANGE, fresh, purpose=Purpose.RIGHTS, fields=("revoked_at",))
    return fresh


@transaction.atomic
def apply_standing(batch: DisposalBatch) -> bool:
    """Approve a proposal in the name of the two people whose standing approval covers its rule, if one does."""
    fresh = locked(batch)
    rows = StandingApproval.objects.select_for_update()
    found = rows.filter(rule=fresh.rule, revoked_at__isnull=True, second_by__isnull=False).first()
    if found is None or fresh.state != BatchState.PROPOSED or not _both_may(found):
        return False
    now = timezone.now()
    become(
        fresh, BatchState.APPROVED, standing=found, prepared_by_id=found.first_by_id, prepared_at=now,
        approved_by_id=found.second_by_id, approved_at=now,
    )  # fmt: skip
    return True


def _both_may(approval: StandingApproval) -> bool:
    """Whoever lost the role or the account since then approves nothing any more."""
    people = User.objects.filter(Q(pk=approval.first_by_id) | Q(pk=approval.second_by_id), is_active=True)
    return sum(can_be_second(one) for one in people) == 2


# --- The nightly run ---


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one rule: what is due, whether it was proposed, and what went."""

    record_type: str
    due: int
    proposed: str = ""
    gone: int = 0


def count_due(rule: RetentionRule, as_of: date) -> int:
    if rule.record_type in WHOLE_FILES:
        return sum(1 for _due in files(rule, as_of))
    cutoff = cutoff_of(rule, as_of)
    return sum(count for rows in rows_of(rule.record_type) for _day, count in rows.due(cutoff, cutoff))


def run(*, as_of: date, dry_run: bool = False, pause: float = 0.0) -> list[Outcome]:
    """Find, propose, carry out what is approved. A day that has not come, and a dry run, are only looked at."""
    from privacy.disposing import carry_out

    rules = list(RetentionRule.objects.in_force(as_of))
    if dry_run or as_of > timezone.localdate():
        return [Outcome(rule.record_type, count_due(rule, as_of)) for rule in rules]
    outcomes = []
    for rule in rules:
        carry_out_approved = DisposalBatch.objects.filter(record_type=rule.record_type, state=BatchState.APPROVED)
        gone = sum(carry_out(batch.pk, pause=pause) for batch in carry_out_approved)
        batch = propose(rule, as_of)
        if batch is not None and apply_standing(batch):
            gone += carry_out(batch.pk, pause=pause)
        forecast(rule, as_of)
        found = batch.found if batch else 0
        outcomes.append(Outcome(rule.record_type, found, batch.reference if batch else "", gone))
    return outcomes
