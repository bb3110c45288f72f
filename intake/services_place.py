"""Where a person lives, corrected: the file and what is noted under it go to the team that looks after that place."""

from __future__ import annotations

from django.db import transaction

from intake.models import KeepApart, Participant
from intake.permissions import can_correct_place
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import require
from psp.models import Region, User


@transaction.atomic
def correct_place(*, participant: Participant, region: Region, by: User) -> Participant:
    """The history keeps where the file said before. The same place again changes nothing."""
    rows = Participant.objects.select_for_update(of=("self",), no_key=True).select_related("user")
    fresh: Participant = rows.get(pk=participant.pk)
    require(can_correct_place(by, fresh), "correct_place")
    if fresh.region_id == region.code:
        return fresh
    moves = fresh.program_region_id != region.program_region_id
    fresh.region, fresh.program_region_id = region, region.program_region_id
    fresh.save(update_fields=["region", "program_region"])
    if moves:
        _take_along(fresh)
    audit.record(Action.CHANGE, fresh, person=fresh.user_id, purpose=Purpose.RIGHTS, fields=("region",))
    return fresh


def _take_along(participant: Participant) -> None:
    """Whom this person must not meet is known to the coordinators of the file's region ([NH] rule 24)."""
    for apart in KeepApart.objects.select_for_update(of=("self",)).filter(person=participant.user_id).order_by("pk"):
        apart.program_region_id = participant.program_region_id
        apart.save(update_fields=["program_region"])
