"""Disposals, rules and the calendar in words, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from privacy.choices_retention import WHOLE_FILES, BatchState, ItemState, RecordType
from privacy.log_words import record_words
from privacy.models import DisposalBatch, DisposalItem, DueForecast, RetentionRule, StandingApproval
from privacy.people import labels_of
from privacy.permissions import can_give_standing
from privacy.words import day
from psp.models import User

BATCH_KINDS = {
    BatchState.PROPOSED: "needs-you", BatchState.PREPARED: "needs-you", BatchState.APPROVED: "active",
    BatchState.DONE: "success", BatchState.DROPPED: "neutral",
}  # fmt: skip
ITEM_KINDS = {
    ItemState.WAITING: "active", ItemState.DISPOSED: "success", ItemState.HELD: "neutral", ItemState.USED: "neutral",
}  # fmt: skip
# So many ids stand on the paper itself; the digest covers all of them.
ON_PAPER = 2000


def months(count: int) -> str:
    return ngettext("%(count)s month", "%(count)s months", count) % {"count": count}


def batch_row(batch: DisposalBatch) -> dict[str, Any]:
    return {
        "id": batch.pk, "reference": batch.reference, "kind": batch.get_record_type_display(), "found": batch.found,
        "proposed": day(timezone.localdate(batch.proposed_at)), "state": batch.get_state_display(),
        "tag_kind": BATCH_KINDS[BatchState(batch.state)],
        "ended": day(timezone.localdate(batch.ended_at)) if batch.ended_at else "",
    }  # fmt: skip


def facts(batch: DisposalBatch) -> list[tuple[str, str]]:
    """What is decided about, and who decided: (label, value)."""
    rule = batch.rule
    found = [
        (_("Kind of record"), str(batch.get_record_type_display())),
        (_("Rule"), _("version %(number)s: kept for %(months)s, gone after %(ceiling)s at the latest") % {
            "number": rule.number, "months": months(rule.months), "ceiling": months(rule.ceiling_months)}),
        (_("What becomes of it"), str(rule.get_action_display())),
        (_("Records found"), str(batch.found)),
        (_("Looked for on"), day(batch.as_of)),
    ]  # fmt: skip
    if batch.record_type not in WHOLE_FILES:
        found.append((_("Last used before"), day(timezone.localdate(batch.cutoff))))
    names = labels_of({one for one in (batch.prepared_by_id, batch.approved_by_id) if one})
    for label, who, at in (
        (_("Prepared by"), batch.prepared_by_id, batch.prepared_at),
        (_("Approved by"), batch.approved_by_id, batch.approved_at),
    ):
        if who and at:
            found.append((label, f"{names.get(who, '')} – {day(timezone.localdate(at))}"))
    if batch.ended_at:
        found.append((_("Ended on"), day(timezone.localdate(batch.ended_at))))
    return found


def counts(batch: DisposalBatch) -> list[tuple[str, str]]:
    """How many of what: (label, count). Rows go by their kinds of record, after the sum of all."""
    if batch.record_type in WHOLE_FILES:
        known = {str(state): str(state.label) for state in ItemState}
        return [(known[code], str(count)) for code, count in sorted(batch.counts.items())]
    # The access log's rows go by a function of their own, and by its name.
    names = {str(RecordType.ACCESS_LOG): "audit.entry"}
    kinds = [(record_words(names.get(code, code)), str(count)) for code, count in sorted(batch.counts.items())]
    return [(_("All together"), str(sum(batch.counts.values()))), *kinds]


def progress(batch: DisposalBatch) -> dict[str, Any]:
    if batch.record_type in WHOLE_FILES:
        value = batch.items.exclude(state=ItemState.WAITING).count()
    else:
        value = sum(batch.counts.values())
    detail = _("%(done)s of %(all)s") % {"done": value, "all": batch.found}
    return {"value": min(value, batch.found), "maximum": batch.found, "detail": detail}


def item_rows(items: Iterable[DisposalItem]) -> list[dict[str, Any]]:
    shown = list(items)
    labels, today = labels_of({item.person for item in shown}), timezone.localdate()
    return [
        {
            "reference": labels.get(item.person) or str(item.person), "last_use": day(item.last_use),
            "due": day(item.due_on), "late_on": day(item.late_on),
            "late": item.state == ItemState.WAITING and item.late_on <= today, "state": item.get_state_display(),
            "tag_kind": ITEM_KINDS[ItemState(item.state)],
        }
        for item in shown
    ]  # fmt: skip


def rule_rows(
    rules: Iterable[RetentionRule], approvals: Mapping[int, StandingApproval], reader: User
) -> list[dict[str, Any]]:
    rows = []
    for rule in rules:
        approval = approvals.get(rule.pk)
        rows.append(
            {
                "id": rule.pk, "kind": rule.get_record_type_display(), "clock": rule.get_clock_display(),
                "number": rule.number, "months": months(rule.months), "ceiling": months(rule.ceiling_months),
                "action": rule.get_action_display(), "standing": standing_words(approval),
                "may_revoke": approval is not None,
                "may_give": can_give_standing(reader, approval) and not agreed(approval, reader),
            }
        )  # fmt: skip
    return rows


def agreed(approval: StandingApproval | None, reader: User) -> bool:
    """Whether the reader, or everybody who has to, has agreed already."""
    return approval is not None and (approval.second_by_id is not None or approval.first_by_id == reader.pk)


def standing_words(approval: StandingApproval | None) -> str:
    if approval is None:
        return _("Each disposal waits for two people.")
    if approval.second_by_id is None:
        return _("One person agreed that it goes by itself; a second has to.")
    return _("It goes by itself: two people agreed to that.")


def calendar_table(rows: list[DueForecast]) -> dict[str, Any]:
    """Months down, kinds of record across; empty before the first nightly run."""
    known: dict[Any, dict[str, int]] = {}
    for row in rows:
        known.setdefault(row.month, {})[row.record_type] = row.count
    columns = [{"label": _("Month")}, *({"label": label, "numeric": True} for label in RecordType.labels)]
    lines = [
        {"cells": [{"text": month_words(month), "label": _("Month"), "nowrap": True}, *(
            {"text": str(found.get(code, 0)), "label": label, "numeric": True} for code, label in RecordType.choices)]}
        for month, found in known.items()
    ]  # fmt: skip
    counted = day(timezone.localdate(rows[0].counted_at)) if rows else ""
    return {"columns": columns, "rows": lines, "counted": counted}


def month_words(month: Any) -> str:
    return str(formats.date_format(month, "F Y"))


def certificate(batch: DisposalBatch) -> dict[str, Any]:
    """For the paper: no name of anybody, opaque ids, days, counts, and the digest."""
    ids = [
        f"{person} – {ItemState(state).label} – {day(last_use)}"
        for person, state, last_use in batch.items.order_by("id").values_list("person", "state", "last_use")[:ON_PAPER]
    ]
    sections: list[dict[str, Any]] = [
        {"heading": _("What was decided"), "facts": facts(batch)},
        {"heading": _("What went"), "facts": counts(batch)},
        {
            "heading": _("Seal"),
            "paragraphs": [_("The digest below covers everything on this paper. It stands in the access log too.")],
            "facts": [("SHA-256", " ".join(batch.digest[start : start + 8] for start in range(0, 64, 8)))],
        },
    ]
    if ids:
        sections.append({"heading": _("Files, by their numbers, with the day of their last use"), "lines": ids})
    return {"heading": _("Certificate of disposal %(number)s") % {"number": batch.reference}, "sections": sections}
