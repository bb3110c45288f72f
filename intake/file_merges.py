"""The part of a person's file about other files: those that count with it, and those that may be the same person."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from consent.models import Consent
from intake import desk, duplicates
from intake.file_parts import FilePart, Tab, add_part
from intake.models import Participant
from intake.models_desk import Merge
from intake.portal import NUMBER_KNOWN
from intake.rules_merge import UNDO_FOR, can_be_undone
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.models import User


def part(participant: Participant, reader: User) -> dict[str, Any]:
    found = duplicates.likely(participant, reader)
    merges = merges_of(participant, reader)
    # Other identities with a log of their own.
    audit.record_reads([row["other"] for row in merges], purpose=Purpose.INTAKE)
    # Learning that a number is known elsewhere is learning something about somebody, and stands in their log.
    for other in found.elsewhere:
        audit.record(Action.READ, other, person=other.user_id, purpose=Purpose.INTAKE, fields=(NUMBER_KNOWN,))
    return {"likely": found.here, "elsewhere": bool(found.elsewhere), "merges": merges}


def merges_of(participant: Participant, reader: User) -> list[dict[str, Any]]:
    """Other identities of this person, with what they signed: consents stay with the identity that gave them."""
    rows = Merge.objects.filter(kept=participant).standing().select_related("merged__user", "by")
    return [
        {
            "merge": row, "other": row.merged, "at": desk.moment(row.at, reader), "by": row.by,
            "until": desk.due(row.at + UNDO_FOR, reader),
            "can_undo": row.final_at is None and can_be_undone(row.at, timezone.now()),
            "consents": [one.get_purpose_display() for one in Consent.objects.standing().of(row.merged.user_id)],
        }
        for row in rows
    ]  # fmt: skip


def register() -> None:
    add_part(FilePart("desk/file_merges.html", part, Tab.FILES, order=90))
