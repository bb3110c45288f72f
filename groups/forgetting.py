"""What is thought of goes: at once with a person, and by itself when nobody works on it any more."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from consent.choices import ConsentPurpose
from consent.hooks import on_withdrawal
from groups.models import Forming, FormingLead, FormingPlace, LeadProfile
from intake.merging import Mover, add_mover
from intake.models import Participant
from privacy.erasing import Eraser, add_eraser, delete_rows
from privacy.retention_floor import keep_holds_still, standing_holds
from psp.models import User


def erase(person: User) -> Counter[str]:
    """The person is in no draft any more, and leads in none."""
    return (
        delete_rows(FormingPlace.objects.filter(participant__user=person))
        + delete_rows(FormingLead.objects.filter(user=person))
        + delete_rows(LeadProfile.objects.filter(user=person))
    )


def out_of_every_draft(*, person: User, purpose: str) -> None:
    """A withdrawn consent takes effect at once ([NH Annex F] rule 22): nobody thinks of a place for them any more."""
    if purpose == ConsentPurpose.TAKING_PART:
        # The file first: an answer of a search that names them is written before, or sees that they withdrew.
        list(Participant.objects.select_for_update(of=("self",), no_key=True).filter(user=person).values_list("pk"))
        FormingPlace.objects.filter(participant__user=person).delete()


@transaction.atomic
def forget_formings(now: datetime) -> int:
    """Remove what was sent, put aside, or left lying; how many. What a hold protects stays."""
    keep_holds_still()
    old = Forming.objects.filter(changed_at__lt=now - timedelta(days=settings.PSP_FORMING_DAYS))
    held = FormingPlace.objects.filter(participant__user__in=standing_holds()).values("forming")
    keys = list(old.exclude(pk__in=held).values_list("pk", flat=True))
    Forming.objects.filter(pk__in=keys).delete()
    return len(keys)


def _nothing(_kept: Participant, _merged: Participant) -> list[str]:
    return []


def leave_drafts(_kept: Participant, merged: Participant) -> list[str]:
    """Two files became one: the one that waits no more by itself is in no draft. The other is, or will be with the
    next search; whom it must not meet now is asked anew each time."""
    FormingPlace.objects.filter(participant=merged).delete()
    return []


def _stays(_kept: Participant, _merged: Participant, _ids: list[str]) -> None:
    """With the next search each waits by itself again."""


def register() -> None:
    add_eraser(
        Eraser(
            "forming", frozenset({"groups.formingplace", "groups.forminglead", "groups.leadprofile"}), erase, order=20
        )
    )
    on_withdrawal(out_of_every_draft)
    add_mover(Mover("forming", _nothing, _nothing, leave_drafts, _stays, order=11))
