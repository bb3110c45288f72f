"""What every change of a forming does: lock it, ask who may, see that nobody changed it meanwhile, and count."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.choices import FormingState
from groups.models import Forming, FormingGroup, FormingPlace
from groups.permissions import can_form
from groups.pool import Pool, in_pool
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError, require
from psp.models import User

BATCH = 1000


def locked(forming: Forming | UUID, by: User, revision: int | None = None) -> Forming:
    """The forming with its row locked, still a draft. Conflict: `stale`. DomainError: `not_a_draft`."""
    found = locked_any(forming, by, revision)
    if found.state != FormingState.DRAFT:
        message = _("This arrangement is not a draft any more. Open the list of drafts to see where it stands.")
        raise DomainError(message, code="not_a_draft")
    return found


def locked_any(forming: Forming | UUID, by: User, revision: int | None = None) -> Forming:
    key = forming if isinstance(forming, UUID) else forming.pk
    found: Forming = Forming.objects.select_for_update(of=("self",)).get(pk=key)
    require(can_form(by, found.program_regions), "form_groups")
    if revision is not None and revision != found.revision:
        message = _("Somebody changed this arrangement since you opened it. Look at it as it is now, then try again.")
        raise Conflict(message, code="stale")
    return found


def count_change(forming: Forming, *fields: str) -> Forming:
    """One more revision, noted in the access log."""
    forming.revision += 1
    forming.changed_at = timezone.now()
    forming.save()
    audit.record(Action.CHANGE, forming, purpose=Purpose.GROUPS, fields=fields)
    return forming


def refresh_places(forming: Forming, pool: Pool) -> None:
    """A row for everybody of the pool. Who left it goes, unless a group of the arrangement still names them."""
    known = {one.participant_id: one for one in pool.people}
    rows = FormingPlace.objects.filter(forming=forming)
    there = set(rows.values_list("participant_id", flat=True))
    rows.filter(group__isnull=True, participant__in=there - known.keys()).delete()
    new = [
        FormingPlace(forming=forming, participant_id=one.participant_id, waiting_since=one.since)
        for key, one in known.items()
        if key not in there
    ]
    FormingPlace.objects.bulk_create(new, batch_size=BATCH)
    # A search takes its time: who withdrew meanwhile is seen here, and who withdraws now waits for our end.
    rows.filter(group__isnull=True).exclude(participant__in=in_pool(forming).order_by().values("pk")).delete()


def next_number(forming: Forming) -> int:
    return (FormingGroup.objects.filter(forming=forming).aggregate(last=Max("number"))["last"] or 0) + 1
