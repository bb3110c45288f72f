"""The erasure of one person: prepared by one, approved by another, then carried out for good.

The approval is the point of no return: it stops everything that goes on, closes the account, and no hold comes after
it. What follows needs nobody and is done again until it is whole (`privacy.tasks.finish_erasures`):

    one transaction  { every app's erasers · the record says "done" · the ledger's line is on the disk
                       · the data keys are destroyed, in their own database } committed

Whoever dies in between leaves an approved erasure, which beat takes up again: every step is the same when done twice,
and none opens anything sealed. Before the keys are destroyed the person's rows are still whole and closed; after it
they are unreadable; after the commit they are gone. No key is destroyed without its line in the ledger.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy import ledger
from privacy.choices import ERASURE_TRANSITIONS, ErasureCause, ErasureState, RequestKind
from privacy.erasing import close_everything, erase_everything, identities_of, objection_to
from privacy.identities import main_identity
from privacy.models import Erasure, Hold, RightsRequest
from privacy.models_disposal import certificate_number
from privacy.permissions import can_approve_erasure, can_prepare_erasure
from privacy.working import works_here
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.choices import Kind
from psp.crypto import keyring
from psp.errors import Conflict, DomainError, Forbidden, constraint_name, require
from psp.logs import get_logger
from psp.models import User
from psp.queue import after_commit

log = get_logger(__name__)


# --- Preparing ---


@transaction.atomic
def prepare_erasure(*, request: RightsRequest, by: User) -> Erasure:
    """Take up a person's request. Twice is once. DomainError: `not_open`, `held`, `uncertain`,
    `not_a_participant`."""
    person = _locked_person(request.person_id)
    require(can_prepare_erasure(by) and by.pk != person.pk, "prepare_erasure")
    fresh = RightsRequest.objects.filter(pk=request.pk, kind=RequestKind.ERASURE).open().first()
    if fresh is None:
        raise Conflict(_("This request is not open any more. Look at it as it is now."), code="not_open")
    values = {"cause": ErasureCause.REQUEST, "disposal_text": fresh.disposal_text, "language": fresh.language,
              "reference": certificate_number(fresh.pk)}  # fmt: skip
    return _prepared(person, by=by, **values)


@transaction.atomic
def prepare_disposal(*, person: User, kept_until: datetime, by: User) -> Erasure:
    """The time for keeping it is over (`kept_until`: when the two years ended). Twice is once. As `prepare_erasure`."""
    person = _locked_person(person.pk)
    require(can_prepare_erasure(by) and by.pk != person.pk, "prepare_erasure")
    return _prepared(person, by=by, cause=ErasureCause.RETENTION, kept_until=kept_until, language=person.language)


def _prepared(person: User, *, by: User, **values: Any) -> Erasure:
    if person.kind != Kind.PARTICIPANT and (values["cause"] != ErasureCause.RETENTION or works_here(person)):
        raise DomainError(
            _(
                "Accounts of the team and of peer supporters are closed by an administrator."
                " They go when their time is over."
            ),
            code="not_a_participant",
        )
    identities = identities_of(person)
    standing: Erasure | None = Erasure.objects.standing().filter(person__in=identities).first()
    if standing is not None:
        return standing
    _refuse_if_held(identities)
    _refuse_if_uncertain(person, identities, values["cause"])
    also = [one for one in identities if one != person.pk]
    erasure = Erasure(person=person.pk, also=also, prepared_by=by, **values)
    erasure.save(force_insert=True)
    audit.record(Action.CREATE, erasure, person=person.pk, purpose=Purpose.RIGHTS, fields=(erasure.cause,))
    return erasure


def _refuse_if_held(identities: list[UUID]) -> None:
    if Hold.objects.standing().filter(person__in=identities).exists():
        raise _held()


def _refuse_if_uncertain(person: User, identities: list[UUID], cause: str) -> None:
    """What may turn out to be somebody else's, or is still in use under another identity, is not destroyed with it."""
    said = objection_to(identities)
    if not said and cause == ErasureCause.REQUEST and main_identity(person) != person:
        said = _("This file counts with another one now. It goes when the person asks for that one to be deleted.")
    if said:
        raise DomainError(said, code="uncertain")


def _held() -> DomainError:
    return DomainError(
        _("A hold keeps this information, for example because a request for access is open. Close it first."),
        code="held",
    )


@transaction.atomic
def stop_erasure(*, erasure: Erasure, by: User) -> Erasure:
    """It is not approved, or the person took the request back. Stopping twice is once. Conflict `erasure_begun`."""
    fresh = _locked(erasure)
    require(can_prepare_erasure(by) or by.pk == fresh.person, "stop_erasure")
    if fresh.state == ErasureState.STOPPED:
        return fresh
    _become(fresh, ErasureState.STOPPED, ended_at=timezone.now())
    return fresh


# --- Approving ---


@transaction.atomic
def approve_erasure(*, erasure: Erasure, by: User) -> Erasure:
    """The second person says yes; from here on nothing leads back. Twice by the same person is once.

    DomainError: `held`, `uncertain`, `too_early` (before the two years, without the person's agreement), `changed`
    (another file of the person was merged or taken apart meanwhile); Conflict `decided` when somebody else was faster.
    """
    accounts = User.objects.select_for_update(of=("self",), no_key=True)
    people = {one.pk: one for one in accounts.filter(pk__in=[erasure.person, *erasure.also]).order_by("pk")}
    fresh = _locked(erasure)
    if fresh.state == ErasureState.APPROVED and fresh.approved_by_id == by.pk:
        return fresh
    require(can_approve_erasure(by, fresh), "approve_erasure")
    if fresh.state != ErasureState.PREPARED:
        raise Conflict(_("Somebody decided this a moment ago. Look at it as it is now."), code="decided")
    _check_still_true(fresh, people[fresh.person])
    for account in people.values():
        close_everything(account, by)
        account.is_active = False
        account.save(update_fields=["is_active"])
        account.end_sessions()
    try:
        with transaction.atomic():
            _become(fresh, ErasureState.APPROVED, approved_by=by, approved_at=timezone.now())
    except IntegrityError as error:
        raise _refusal(error) from error
    from privacy.tasks import carry_out

    after_commit(carry_out, str(fresh.pk))
    return fresh


def _check_still_true(erasure: Erasure, person: User) -> None:
    identities = identities_of(person)
    _refuse_if_held(identities)
    _refuse_if_uncertain(person, identities, erasure.cause)
    if set(identities) != {erasure.person, *erasure.also}:
        raise DomainError(
            _("Files of this person were merged or taken apart meanwhile. Stop this deletion and prepare it again."),
            code="changed",
        )
    asked = RightsRequest.objects.filter(person=person, kind=RequestKind.ERASURE).open().exists()
    if erasure.cause == ErasureCause.REQUEST and not asked:
        raise Conflict(_("The person took the request back. Nothing may be deleted."), code="taken_back")


def _refusal(error: IntegrityError) -> Exception:
    """What the database said, in words."""
    if constraint_name(error) == "erasure_held":
        return _held()
    if constraint_name(error) == "erasure_after_the_floor":
        return DomainError(
            _("The two years are not over, and the person did not agree to an earlier day."), code="too_early"
        )
    if constraint_name(error) in {"erasure_two_people", "erasure_not_own"}:
        return Forbidden("approve_erasure")
    return error


# --- Carrying out ---


def carry_out(erasure_id: UUID) -> Erasure:
    """Destroy what is approved; doing it again changes nothing. Conflict `sending`: a message is leaving just now.

    OSError or LedgerBroken: the ledger cannot be written, so nothing was destroyed.
    """
    with transaction.atomic(durable=True):
        return _carry_out(erasure_id)


def _carry_out(erasure_id: UUID) -> Erasure:
    found = Erasure.objects.get(pk=erasure_id)
    accounts = [found.person, *found.also]
    people = list(User.objects.select_for_update(of=("self",)).filter(pk__in=accounts).order_by("pk"))
    erasure = _locked(found)
    if erasure.state != ErasureState.APPROVED:
        return erasure
    counts: Counter[str] = Counter()
    for person in people:
        counts += erase_everything(person)
    _become(erasure, ErasureState.DONE, ended_at=timezone.now(), counts=dict(sorted(counts.items())))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # whatever could still fail, fails here
    write_and_destroy(erasure, accounts)
    return erasure


def write_and_destroy(erasure: Erasure, accounts: list[UUID]) -> None:
    """The ledger's line first, then the keys, in a database that knows nothing of this transaction."""
    ledger.append(
        at=(erasure.approved_at or timezone.now()).isoformat(), erasure=erasure.pk, certificate=erasure.reference,
        cause=erasure.cause, accounts=accounts, by=(erasure.prepared_by_id, erasure.approved_by_id),
        done=done_erasures(but=erasure.pk),
    )  # fmt: skip
    for account in accounts:
        keyring.destroy(account)


def done_erasures(*, but: UUID | None = None) -> list[UUID]:
    """What the ledger must know."""
    done = Erasure.objects.filter(state=ErasureState.DONE)
    return list((done.exclude(pk=but) if but else done).values_list("pk", flat=True))


def finish_erasures(*, only: UUID | None = None) -> int:
    """Carry out every approved erasure that is not done yet; returns how many are done now. One that fails stays."""
    done = 0
    waiting = Erasure.objects.filter(state=ErasureState.APPROVED)
    for erasure_id in (waiting.filter(pk=only) if only else waiting).values_list("pk", flat=True):
        try:
            done += carry_out(erasure_id).state == ErasureState.DONE
        except (DomainError, OSError, ledger.LedgerBroken, IntegrityError) as error:
            # What it was about is in the record; the log gets opaque ids only.
            log.error("erasure_waits", ids=str(erasure_id), error=getattr(error, "code", type(error).__name__))
    return done


# --- Smaller parts ---


def _locked_person(person_id: UUID) -> User:
    return User.objects.select_for_update(of=("self",), no_key=True).get(pk=person_id)


def _locked(erasure: Erasure) -> Erasure:
    found: Erasure = Erasure.objects.select_for_update(of=("self",)).get(pk=erasure.pk)
    return found


def _become(erasure: Erasure, state: ErasureState, **changes: Any) -> None:
    if state not in ERASURE_TRANSITIONS[ErasureState(erasure.state)]:
        raise Conflict(_("Two people have approved this already. Nothing can stop it now."), code="erasure_begun")
    erasure.state = state
    for name, value in changes.items():
        setattr(erasure, name, value)
    erasure.save()
    audit.record(Action.CHANGE, erasure, person=erasure.person, purpose=Purpose.RIGHTS, fields=("state", state))
