"""Signing, countersigning and withdrawing. A withdrawal asks for no reason and takes effect at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from consent import hooks
from consent.choices import ConsentPurpose, Manner
from consent.models import Consent, ConsentVersion, CounterSignature, PurposeSwitch, Withdrawal
from consent.permissions import can_countersign_consent, can_withdraw_consent
from consent.rules import Problem, ProblemCode, canonical_text, check_signature, text_hash
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.audit.models import Entry
from psp.errors import DomainError, require
from psp.models import User


def texts_in_force(*, on: date | None = None) -> dict[str, ConsentVersion]:
    """The version to show today for each purpose that has one, in the order in which they are asked."""
    found = {version.purpose: version for version in ConsentVersion.objects.in_force(on or timezone.localdate())}
    return {purpose: found[purpose] for purpose in ConsentPurpose.values if purpose in found}


@transaction.atomic
def sign(
    *, person: User, version: ConsentVersion, language: str, ticked: Collection[str], typed_name: str,
    manner: str = Manner.ONLINE, signed_on: date | None = None,
) -> Consent:  # fmt: skip
    """Keep a signature with the exact text that was shown ([NH Annex F] rules 20 and 21).

    Signing the same version again while it stands changes nothing. What somebody else enters for the person goes
    through `consent.services_entered`. DomainError: `consent_incomplete` names the field (the statement's code, or
    `typed_name`), `consent_not_published`, `consent_not_offered`.
    """
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    standing: Consent | None = Consent.objects.standing().of(person).filter(version=version).first()
    if standing is not None:
        return standing
    _check(version, ticked, typed_name)
    if not PurposeSwitch.objects.filter(purpose=version.purpose, offered=True).exists():
        raise DomainError(_("This is not offered at present, so it cannot be signed."), code="consent_not_offered")
    consent = _written(person, version, language, ticked, typed_name, manner)
    consent.signed_on = signed_on
    consent.save(force_insert=True)
    _entry(consent).save(force_insert=True)
    return consent


def first_signatures(
    *, person: User, texts: Iterable[tuple[ConsentVersion, Collection[str]]], language: str, typed_name: str,
    manner: str = Manner.ONLINE,
) -> list[Model]:  # fmt: skip
    """Signatures under several texts (version, ticked statements each) and their log entries, not written yet.

    For an account that is made in the same transaction: nobody else can know it, so there is nothing to wait for
    and nothing that was signed before. DomainError as `sign`.
    """
    consents = []
    for version, ticked in texts:
        _check(version, ticked, typed_name)
        consents.append(_written(person, version, language, ticked, typed_name, manner))
    return [*consents, *(_entry(consent) for consent in consents)]


def _check(version: ConsentVersion, ticked: Collection[str], typed_name: str) -> None:
    if version.published_at is None:
        raise DomainError(_("This text is not published yet."), code="consent_not_published")
    problems = check_signature(version.as_text(), ticked=ticked, typed_name=typed_name)
    if problems:
        raise _refusal(problems[0])


def _refusal(problem: Problem) -> DomainError:
    sentences = {
        ProblemCode.STATEMENT_NOT_TICKED: _("Tick this line too, or leave out the whole text."),
        ProblemCode.STATEMENT_UNKNOWN: _("The text changed meanwhile. Please read it again."),
        ProblemCode.NAME_MISSING: _("Type your name to sign. Any name you go by will do."),
        ProblemCode.NAME_TOO_LONG: _("Use a shorter name to sign."),
    }
    field = problem.statement or "typed_name"
    return DomainError(sentences[problem.code], code="consent_incomplete", field=field)


def _written(
    person: User, version: ConsentVersion, language: str, ticked: Collection[str], typed_name: str, manner: str
) -> Consent:
    """The signature, not saved yet."""
    text = version.as_text()
    return Consent(
        person=person, version=version, purpose=version.purpose, language=language, manner=manner,
        text=canonical_text(text, language), text_hash=text_hash(text, language), ticked=sorted(ticked),
        typed_name=typed_name.strip(),
    )  # fmt: skip


def _entry(consent: Consent) -> Entry:
    return audit.entry_for(
        Action.CREATE, consent, person=consent.person_id, purpose=Purpose.CONSENT, fields=(consent.purpose,)
    )


@transaction.atomic
def countersign(*, consent: Consent, by: User) -> CounterSignature:
    """Put a team member's name and date beside a signature, once ([NH Annex F] rule 20)."""
    Consent.objects.select_for_update(of=("self",)).get(pk=consent.pk)
    require(can_countersign_consent(by, consent.person), "countersign_consent")
    if Withdrawal.objects.filter(consent=consent).exists():
        raise DomainError(_("This consent was withdrawn. It needs nobody's name any more."), code="consent_withdrawn")
    signature, made = CounterSignature.objects.get_or_create(consent=consent, defaults={"by": by})
    if made:
        audit.record(Action.CREATE, signature, person=consent.person_id, purpose=Purpose.CONSENT)
    return signature


@transaction.atomic
def withdraw(*, person: User, purpose: str, by: User | None = None) -> int:
    """End every standing consent of this person for this purpose, now; returns how many there were.

    No reason is asked and none can be given ([NH Annex F] rule 22). What waits for this consent (messages,
    places in groups, an open application) stops in the same transaction, through `consent.hooks`.
    """
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    require(can_withdraw_consent(by or person, person), "withdraw_consent")
    standing = list(Consent.objects.standing().of(person).filter(purpose=purpose))
    for consent in standing:
        ended = Withdrawal.objects.create(consent=consent)
        audit.record(Action.CHANGE, ended, person=person.pk, purpose=Purpose.CONSENT, fields=(purpose,))
    if standing:
        hooks.withdrawn(person=person, purpose=purpose)
    return len(standing)


def texts_asked_again(*, person: User) -> list[ConsentVersion]:
    """Texts in force of which this person signed an older version and not the present one.

    Their `older_until` says until when the older signature counts; after that day `in_force` says no.
    """
    signed = dict(
        Consent.objects.standing().of(person).order_by("version__number").values_list("purpose", "version__number")
    )
    return [
        version for purpose, version in texts_in_force().items() if signed.get(purpose, version.number) < version.number
    ]
