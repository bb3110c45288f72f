"""Requests that came by letter, by phone or at the door: recorded, extended and answered by the privacy officer.

The thirty days count from the day on which the request came in ([Privacy Act] rule 16).
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy import hooks, notices
from privacy.choices import TRANSITIONS, Channel, ExtensionReason, HoldKind, RequestKind, RequestState
from privacy.models import Hold, RightsRequest
from privacy.permissions import can_be_second, can_run_office
from privacy.rules import LONGEST_EXTENSION, due_on, may_extend_until
from privacy.services_holds import close_hold, open_hold
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError, constraint_name, require
from psp.models import User

# A letter that lay longer than this is a slip of the keyboard.
LONGEST_AGO = timedelta(days=365)


@transaction.atomic
def record_request(
    *, person: User, kind: str, channel: str, received_on: date, by: User, item: str = "", text: str = "",
    disposal_text: str = "",
) -> RightsRequest:  # fmt: skip
    """Write down what came in. A request for access holds everything about the person until it is closed (rule 15).

    DomainError: `received_on`, `on_paper`, `agreement`; Conflict where the same request is open already.
    """
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    require(can_run_office(by) and by.pk != person.pk, "record_request")
    _check_day(received_on)
    if channel == Channel.PORTAL:
        raise DomainError(_("Choose how the request came in."), code="on_paper", field="channel")
    if kind == RequestKind.ERASURE and not disposal_text:
        raise DomainError(
            _("Without the person's agreement nothing is destroyed before the two years are over."),
            code="agreement", field="agreed",
        )  # fmt: skip
    made = RightsRequest(
        person=person, kind=RequestKind(kind), channel=Channel(channel), item=item, text=text.strip(),
        disposal_text=disposal_text, language=person.language, asked_on=received_on, due_on=due_on(received_on),
        recorded_by=by,
    )  # fmt: skip
    _insert(made)
    if made.kind == RequestKind.ACCESS:
        open_hold(person=person, kind=HoldKind.ACCESS, by=by, matter=made.pk)
    audit.record(Action.CREATE, made, person=person.pk, purpose=Purpose.RIGHTS, fields=(made.kind, made.channel))
    # Whoever did not ask learns that somebody did, as far as telling them is safe.
    notices.send(person, made.pk)
    return made


def _check_day(received_on: date) -> None:
    today = timezone.localdate()
    if not today - LONGEST_AGO <= received_on <= today:
        raise DomainError(
            _("Choose the day on which it came in: today or earlier, within a year."),
            code="received_on", field="received_on",
        )  # fmt: skip


def _insert(made: RightsRequest) -> None:
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            _("This person has the same request open already. Answer that one."), code=constraint_name(error)
        ) from error


@transaction.atomic
def extend_request(*, request: RightsRequest, reason: str, until: date, by: User) -> RightsRequest:
    """A new last day, once, with the reason that the law knows. DomainError: `extended`, `until`."""
    fresh = _open_one(request, by)
    if fresh.first_due_on is not None:
        raise DomainError(_("This request was extended once already. The law allows no more."), code="extended")
    first = fresh.due_on
    if not may_extend_until(first, until, limited=reason != ExtensionReason.FORMAT, today=timezone.localdate()):
        raise DomainError(
            _("Choose a day after %(first)s, not in the past, and at most %(days)s days later.")
            % {"first": first.isoformat(), "days": LONGEST_EXTENSION},
            code="until", field="until",
        )  # fmt: skip
    fresh.first_due_on, fresh.due_on = first, until
    fresh.extension_reason, fresh.extended_by = ExtensionReason(reason), by
    fresh.revision += 1
    fresh.save()
    _changed(fresh, "due_on", "extension_reason")
    return fresh


@transaction.atomic
def check_identity(*, request: RightsRequest, by: User) -> RightsRequest:
    """A second person has made sure that whoever asks is the person; before that no copy is made.

    Never who wrote the request down: a request that nobody made would hand a whole file to one insider.
    """
    fresh = _open_one(request, by, may=can_be_second(by, request.recorded_by_id))
    if fresh.identity_checked_at is None:
        fresh.identity_checked_at, fresh.identity_checked_by = timezone.now(), by
        fresh.revision += 1
        fresh.save()
        _changed(fresh, "identity_checked_at")
    return fresh


@transaction.atomic
def close_request(*, request: RightsRequest, outcome: str, answer: str, by: User) -> RightsRequest:
    """Answered, refused, or taken back by the person; the hold ends with it. DomainError: `empty`, `identity`."""
    fresh = _open_one(request, by)
    state = RequestState(outcome)
    if state not in TRANSITIONS[RequestState.OPEN]:
        raise DomainError(_("Choose how it ended."), code="outcome", field="outcome")
    if fresh.kind != RequestKind.ACCESS:
        raise DomainError(_("This request is answered elsewhere: by the coordinator, or by two people."), code="kind")
    if state == RequestState.ACCEPTED and fresh.identity_checked_at is None:
        raise DomainError(_("First make sure that whoever asks is the person."), code="identity")
    if state == RequestState.REFUSED and not answer.strip():
        raise DomainError(_("Write why. The person has a right to know."), code="empty", field="answer")
    fresh.state, fresh.answer, fresh.answered_by, fresh.ended_at = state, answer.strip(), by, timezone.now()
    fresh.revision += 1
    fresh.save()
    for hold in Hold.objects.standing().filter(matter=fresh.pk):
        close_hold(hold=hold, by=by)
    _changed(fresh, "state", "answer")
    hooks.answered(fresh)
    return fresh


def _open_one(request: RightsRequest, by: User, *, may: bool | None = None) -> RightsRequest:
    """The request as it is now, locked after the person, still open. Conflict: `wrong_state`.

    `may`: whether `by` may, where that is not for the privacy officer alone.
    """
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=request.person_id)
    fresh: RightsRequest = (
        RightsRequest.objects.select_for_update(of=("self",)).select_related("person").get(pk=request.pk)
    )
    require((can_run_office(by) if may is None else may) and by.pk != fresh.person_id, "handle_request")
    if fresh.state != RequestState.OPEN:
        raise Conflict(_("This request is not open any more. Look at it as it is now."), code="wrong_state")
    return fresh


def _changed(request: RightsRequest, *fields: str) -> None:
    audit.record(Action.CHANGE, request, person=request.person_id, purpose=Purpose.RIGHTS, fields=fields)
