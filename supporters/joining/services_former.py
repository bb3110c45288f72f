"""Two people who were in a group together would meet again: each said so for themselves ([NH] rule 34)."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from intake.models import Participant
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import require
from psp.models import User
from supporters.joining.permissions import can_agree_for
from supporters.models import FormerAgreement, Supporter

SUPPORTER, PARTICIPANT = "supporter_said_at", "participant_said_at"


def supporter_says(*, supporter: Supporter, participant: Participant, by: User, yes: bool) -> FormerAgreement | None:
    """The supporter told a coordinator of the participant's region that they would, or takes it back."""
    return _say(supporter, participant, by, SUPPORTER, yes)


def participant_says(*, supporter: Supporter, participant: Participant, by: User, yes: bool) -> FormerAgreement | None:
    """The participant told their coordinator that they would, or takes it back."""
    return _say(supporter, participant, by, PARTICIPANT, yes)


def agreement_of(supporter: Supporter, participant: Participant) -> FormerAgreement | None:
    found: FormerAgreement | None = FormerAgreement.objects.filter(
        user_id=supporter.pk, participant=participant
    ).first()
    return found


@transaction.atomic
def _say(supporter: Supporter, participant: Participant, by: User, field: str, yes: bool) -> FormerAgreement | None:
    """Nothing is kept of a pair of whom neither says yes; saying the same twice changes nothing."""
    file = _locked(supporter, participant)
    require(can_agree_for(by, file.program_region_id), "former_agreement")
    found = (
        FormerAgreement.objects.select_for_update(of=("self",)).filter(user_id=supporter.pk, participant=file).first()
    )
    row = found or FormerAgreement(user_id=supporter.pk, participant=file)
    if bool(getattr(row, field)) == yes:
        return found
    setattr(row, field, timezone.now() if yes else None)
    row.noted_by = by
    person = supporter.pk if field == SUPPORTER else file.user_id
    if row.supporter_said_at or row.participant_said_at:
        row.save()
        audit.record(Action.CHANGE, row, person=person, purpose=Purpose.GROUPS, fields=(field,))
        return row
    audit.record(Action.DELETE, row, person=person, purpose=Purpose.GROUPS)
    row.delete()
    return None


def _locked(supporter: Supporter, participant: Participant) -> Participant:
    """Accounts in order, then the file."""
    accounts = User.objects.select_for_update(of=("self",), no_key=True)
    list(accounts.filter(pk__in=[supporter.pk, participant.user_id]).order_by("pk").values_list("pk"))
    file: Participant = Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=participant.pk)
    return file
