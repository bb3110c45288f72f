"""What coordinators read about people who must not meet. Reads only; views write the access log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from intake.desk import moment
from intake.models import KeepApart, NameMatch, Participant
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Kind
from psp.models import User


def noted(participant: Participant, reader: User) -> list[dict[str, Any]]:
    """What is in force about this person, from either side, as far as the reader may know it."""
    rows = KeepApart.objects.visible_to(reader).in_force().about(participant.user_id)
    rows = rows.select_related("person__participant", "other__participant", "noted_by")
    return [_row(apart, participant, reader) for apart in rows]


def _row(apart: KeepApart, participant: Participant, reader: User) -> dict[str, Any]:
    other = apart.other if apart.person_id == participant.user_id else apart.person
    file = getattr(other, "participant", None)
    return {
        "apart": apart, "name": other.name if other else apart.name, "is_name": other is None,
        "file": file, "leads": other is not None and other.kind != Kind.PARTICIPANT,
        "noted": moment(apart.noted_at, reader), "by": apart.noted_by.name,
    }  # fmt: skip


def note_reads(rows: Iterable[dict[str, Any]]) -> None:
    """The other person's file was looked into as well; their log says no more than that."""
    files = [row["file"] for row in rows if row["file"] is not None]
    audit.record_reads(files, purpose=Purpose.INTAKE)


def file_part(participant: Participant, reader: User) -> dict[str, Any]:
    rows = noted(participant, reader)
    note_reads(rows)
    return {"rows": rows, "participant": participant}


def to_decide(reader: User) -> Any:
    """Names that may be somebody's who is here, exact ones first."""
    rows = NameMatch.objects.visible_to(reader).to_decide()
    return rows.select_related("apart__person__participant", "user__participant")


def match_row(match: NameMatch) -> dict[str, Any]:
    return {
        "match": match, "exact": match.closeness == "exact", "noted": match.apart.name,
        "for_name": match.apart.person.name, "for_file": match.apart.person.participant,
        "name": match.user.name or match.user.username, "file": getattr(match.user, "participant", None),
    }  # fmt: skip
