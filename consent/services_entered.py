"""Signatures that a team member enters for the person: a text that was read aloud, or a paper that was signed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.choices import Manner
from consent.models import Consent, ConsentVersion, Withdrawal
from consent.permissions import can_countersign_consent
from consent.rules import Published, days_in_force
from consent.services import countersign, sign, texts_in_force
from psp.errors import DomainError, require
from psp.models import User


@dataclass(frozen=True, slots=True)
class TextOfItsDay:
    """A published text with the days on which it was the one to sign. `until`: how long its signatures count."""

    version: ConsentVersion
    first: date
    last: date | None
    until: date | None


def texts_of_their_days(purpose: str) -> list[TextOfItsDay]:
    """Every text of a purpose that a paper may carry, the newest first."""
    rows = list(ConsentVersion.objects.filter(purpose=purpose, published_at__isnull=False).order_by("-number"))
    known = [Published(row.number, row.valid_from, row.older_until) for row in rows]
    found = []
    for row in rows:
        first, last = days_in_force(row.number, known)
        ends = [one.older_until for one in known if one.number > row.number and one.older_until]
        if first <= timezone.localdate() and (last is None or first <= last):
            found.append(TextOfItsDay(row, first, last, min(ends, default=None)))
    return found


@transaction.atomic
def enter_signature(
    *, person: User, by: User, version: ConsentVersion, language: str, ticked: Collection[str], typed_name: str,
    manner: str, signed_on: date | None = None,
) -> Consent:  # fmt: skip
    """Keep what the person said yes to, with the name of `by` beside it ([NH Annex F] rule 20).

    `manner` is spoken or paper; a paper carries its own day, `signed_on`, and the text of that day. The caller answers
    for the region. DomainError as `sign`, and `text_not_in_force`, `paper_day_missing`, `paper_from_the_future`,
    `paper_before_the_text`, `paper_after_the_text`, `newer_text_signed`, `consent_taken_back_since`: a paper never
    brings back what the person ended later.
    """
    require(can_countersign_consent(by, person), "enter_consent")
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    if manner not in (Manner.SPOKEN, Manner.PAPER):
        raise ValueError(f"nobody enters what was signed {manner}")
    if manner == Manner.PAPER:
        _check_paper(person, version, signed_on)
    elif version not in texts_in_force().values():
        raise DomainError(_("Read the text in force aloud, and enter that one."), code="text_not_in_force")
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
    _check_text_of_the_day(version, day)
    if (
        Consent.objects.standing()
        .of(person)
        .filter(version__number__gt=version.number, purpose=version.purpose)
        .exists()
    ):
        raise DomainError(
            _("The person has signed a newer text already, and that one counts. There is nothing to enter."),
            code="newer_text_signed",
        )  # fmt: skip
    ended = Withdrawal.objects.filter(consent__person=person, consent__purpose=version.purpose)
    # From the first moment of that day, as the trigger counts it too: in doubt, no.
    if ended.filter(at__gte=datetime.combine(day, time.min, tzinfo=UTC)).exists():
        raise DomainError(
            _("The person took this back on that day or later. A paper cannot bring it back; ask them again."),
            code="consent_taken_back_since", field="signed_on",
        )  # fmt: skip


def _check_text_of_the_day(version: ConsentVersion, day: date) -> None:
    """A trigger judges it too."""
    newer = ConsentVersion.objects.filter(purpose=version.purpose, number__gt=version.number)
    if day < version.valid_from:
        raise DomainError(
            _("This text did not exist on that day. Check the date, or choose the earlier text."),
            code="paper_before_the_text", field="signed_on",
        )  # fmt: skip
    if newer.filter(published_at__isnull=False, valid_from__lte=day).exists():
        raise DomainError(
            _("A newer text was in force on that day. Check the date, or ask the person to sign the newer text."),
            code="paper_after_the_text", field="signed_on",
        )  # fmt: skip
