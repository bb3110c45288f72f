"""Looking at what was unusual, and taking a part of the access log along: two people for each export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy import log
from privacy.choices import FindingOutcome
from privacy.models_log import EXPORT_GOOD_FOR, Finding, LogExport
from privacy.permissions import can_be_second, can_run_office
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.audit.models import Entry
from psp.errors import Conflict, DomainError, require
from psp.models import User

BATCH = 1000


@transaction.atomic
def look_at_finding(*, finding: Finding, outcome: str, by: User) -> Finding:
    """Say what it was, once. DomainError: `own_finding`; Conflict: `looked_at`."""
    fresh: Finding = Finding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
    require(can_run_office(by), "look_at_finding")
    if fresh.actor_id == by.pk:
        raise DomainError(_("It is about your own account. Another privacy officer looks at it."), code="own_finding")
    if fresh.outcome:
        raise Conflict(_("Somebody has looked at this already."), code="looked_at")
    fresh.outcome, fresh.looked_by, fresh.looked_at = FindingOutcome(outcome), by, timezone.now()
    fresh.save(update_fields=["outcome", "looked_by", "looked_at"])
    audit.record(Action.CHANGE, fresh, person=fresh.person, purpose=Purpose.SECURITY, fields=("outcome",))
    return fresh


@transaction.atomic
def ask_export(*, wanted: Mapping[str, Any], by: User) -> LogExport:
    """Ask for this part of the log as it stands now. DomainError: `empty`."""
    require(can_run_office(by), "export_log")
    sums = log.narrowed(wanted).order_by().aggregate(newest=Max("pk"), rows=Count("pk"))
    if not sums["rows"]:
        raise DomainError(_("No entry fits. There is nothing to take along."), code="empty")
    asked = LogExport.objects.create(wanted=_kept(wanted), before=sums["newest"] + 1, rows=sums["rows"], asked_by=by)
    audit.record(Action.CREATE, asked, person=wanted.get("person"), purpose=Purpose.SECURITY)
    return asked


def _kept(wanted: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, bool) else str(value) for name, value in wanted.items() if value}


@transaction.atomic
def approve_export(*, export: LogExport, by: User) -> LogExport:
    """The second person agrees. DomainError: `own_export`, `too_old`; agreeing twice is once."""
    fresh: LogExport = LogExport.objects.select_for_update(of=("self",)).get(pk=export.pk)
    require(can_be_second(by), "approve_export")
    if fresh.asked_by_id == by.pk:
        raise DomainError(_("You asked for it yourself. Somebody else agrees to it."), code="own_export")
    _check_age(fresh)
    if fresh.approved_by_id is None:
        fresh.approved_by, fresh.approved_at = by, timezone.now()
        fresh.save(update_fields=["approved_by", "approved_at"])
        audit.record(Action.CHANGE, fresh, purpose=Purpose.SECURITY, fields=("approved_by",))
    return fresh


def entries_of(*, export: LogExport, by: User) -> Iterator[list[Entry]]:
    """The agreed entries, newest first, in batches; the taking is noted first. DomainError: `not_approved`."""
    require(can_run_office(by) and export.asked_by_id == by.pk, "fetch_export")
    if export.approved_by_id is None:
        raise DomainError(_("A second person must agree first."), code="not_approved")
    _check_age(export)
    person = UUID(export.wanted["person"]) if "person" in export.wanted else None
    audit.record(Action.EXPORT, export, person=person, purpose=Purpose.SECURITY, fields=tuple(export.wanted))
    return _batches(export)


def _batches(export: LogExport) -> Iterator[list[Entry]]:
    whole = log.narrowed(log.wanted_from(export.wanted)).filter(pk__lt=export.before)
    rows = whole
    while batch := list(rows[:BATCH]):
        yield batch
        rows = log.older_than(whole, batch[-1].pk)


def _check_age(export: LogExport) -> None:
    if export.asked_at < timezone.now() - EXPORT_GOOD_FOR:
        raise DomainError(_("This was asked for more than a week ago. Ask for it again."), code="too_old")
