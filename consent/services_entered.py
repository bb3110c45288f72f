"""Signatures that a team member enters for the person: a text that was read aloud, or a paper that was signed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.choices import Manner
from consent.models import Consent, ConsentVersion, Withdrawal
from consent.permissions import can_countersign_consent
from consent.services import countersign, sign
from psp.errors import DomainError, require
from psp.models import User


@transaction.atomic
def enter_signature(
    *, person: User, by: User, version: ConsentVersion, language: str, ticked: Collection[str], typed_name: str,
    manner: str, signed_on: date | None = None,
) -> Consent:  # fmt: skip
    """Keep what the person said yes to, with the name of `by` beside it ([NH Annex F] rule 20).

    `manner` is spoken or paper; a paper carries its own day, `signed_on`. The caller answers for the region.
    DomainError as `sign`, and `paper_day_missing`, `paper_from_the_future`, `paper_before_the_text`,
    `consent_taken_back_since`: a paper never brings back what the person ended later.
    """
    require(can_countersign_consent(by, person), "enter_consent")
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    if manner not in (Manner.SPOKEN, Manner.PAPER):
        raise ValueError(f"nobody enters what was signed {manner}")
    if manner == Manner.PAPER:
        _check_paper(person, version, signed_on)
    consent = sign(
        person=person, version=version, language=language, ticked=ticked, typed_name=typed_name, manner=manner,
        signed_on=signed_on if manner == Manner.PAPER else None,
    )  # fmt: skip
    countersign(consent=consent, by=by)
    return consent


def _check_paper(person: User, version: ConsentVersion, day: date | None) -> None:
    if day is None:
        raise DomainError(_("Write the date that stands on the paper."), code="paper_day_missing", field="signed_on")
    if day > timezone.localdate():
        raise DomainError(_("Choose today or a day before."), code="paper_from_the_future", field="signed_on")
    if day < version.valid_from:
        raise DomainError(
            _("This text did not exist on that day. Look at the date on the paper."), code="paper_before_the_text",
            field="signed_on",
        )  # fmt: skip
    ended = Withdrawal.objects.filter(consent__person=person, consent__purpose=version.purpose)
    # From the first moment of that day, as the trigger counts it too: in doubt, no.
    if ended.filter(at__gte=datetime.combine(day, time.min, tzinfo=UTC)).exists():
        raise DomainError(
            _("The person took this back on that day or later. A paper cannot bring it back; ask them again."),
            code="consent_taken_back_since", field="signed_on",
        )  # fmt: skip
