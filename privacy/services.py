"""Requests about one's own information: asked, taken back, answered, noted."""

from __future__ import annotations

from typing import Any
from uuid import uuid5

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy import hooks, notices
from privacy.choices import TRANSITIONS, CorrectionItem, RequestKind, RequestState
from privacy.correcting import corrector_of
from privacy.models import Erasure, RightsRequest
from privacy.permissions import (
    can_annotate_request,
    can_answer_correction,
    can_ask_for_rights,
    can_take_back_request,
)
from privacy.rules import due_on
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError, constraint_name, require
from psp.models import User

# Open corrections of one person at a time: more would be an accident.
MOST_OPEN = 10


@transaction.atomic
def ask_correction(*, person: User, item: str, text: str, by: User) -> RightsRequest:
    """Ask the team to correct something. DomainError: `empty`, `too_many`."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    require(can_ask_for_rights(by, person), "ask_for_rights")
    if not text.strip():
        raise DomainError(_("Write what is not right, in a few words."), code="empty", field="text")
    standing = list(RightsRequest.objects.visible_to(person).open().filter(kind=RequestKind.CORRECTION))
    same: RightsRequest | None = next((one for one in standing if (one.item, one.text) == (item, text.strip())), None)
    if same is not None:
        return same  # the second click
    if len(standing) >= MOST_OPEN:
        raise DomainError(
            _("You have %(count)s requests open. Take one back, or wait for an answer.") % {"count": MOST_OPEN},
            code="too_many",
        )
    return _asked(person, kind=RequestKind.CORRECTION, item=CorrectionItem(item), text=text.strip())


@transaction.atomic
def ask_erasure(*, person: User, disposal_text: str, language: str, by: User) -> RightsRequest:
    """Ask to have everything deleted, with the words under which the person agreed to that. Asking twice is once.

    Nothing is destroyed here: that takes two people, and happens within the time that the page says.
    """
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    require(can_ask_for_rights(by, person), "ask_for_rights")
    standing: RightsRequest | None = (
        RightsRequest.objects.visible_to(person).open().filter(kind=RequestKind.ERASURE).first()
    )
    if standing is not None:
        return standing
    asked = _asked(person, kind=RequestKind.ERASURE, disposal_text=disposal_text, language=language)
    # Somebody else at their session could have asked: the person hears that there is something to read, once a day.
    notices.send(person, uuid5(person.pk, f"deletion|{asked.asked_on}"))
    return asked


def _asked(person: User, **values: Any) -> RightsRequest:
    today = timezone.localdate()
    values = {"language": person.language} | values
    request = RightsRequest(person=person, asked_on=today, due_on=due_on(today), **values)
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            _("You have asked for this already. Look at it as it is now."), code=constraint_name(error)
        ) from error
    audit.record(Action.CREATE, request, person=person.pk, purpose=Purpose.RIGHTS, fields=(request.kind,))
    return request


@transaction.atomic
def take_back_request(*, request: RightsRequest, by: User) -> RightsRequest:
    """The person changed their mind, as long as it is open. Taking back twice is once."""
    fresh = _locked(request)
    require(can_take_back_request(by, fresh), "take_back_request")
    if fresh.state == RequestState.TAKEN_BACK:
        return fresh
    if fresh.kind == RequestKind.ERASURE:
        _stop_prepared(fresh, by)
    return _become(fresh, RequestState.TAKEN_BACK)


def _stop_prepared(request: RightsRequest, by: User) -> None:
    """What was prepared stops with the request. Conflict `erasure_begun` once two people have approved."""
    from privacy.services_erasure import stop_erasure

    standing = Erasure.objects.standing().of_person(request.person_id).first()
    if standing is not None:
        stop_erasure(erasure=standing, by=by)


@transaction.atomic
def answer_correction(
    *, request: RightsRequest, accepted: bool, answer: str, by: User, revision: int | None = None, corrected: Any = None
) -> RightsRequest:
    """Say that it is corrected, or why not. DomainError: `empty` for a refusal without an answer; Conflict `stale`.

    `corrected`: what is to stand there from now on, for what the program can correct itself (`privacy.correcting`).
    """
    fresh = _locked(request)
    require(fresh.kind == RequestKind.CORRECTION and can_answer_correction(by, fresh), "answer_correction")
    if revision is not None and fresh.revision != revision:
        raise Conflict(_("Somebody changed this request a moment ago. Look at it as it is now."), code="stale")
    if not accepted and not answer.strip():
        raise DomainError(_("Write why it stays as it is. The person will read it."), code="empty", field="answer")
    corrector = corrector_of(fresh.item)
    if accepted and corrected is not None and corrector and corrector.apply:
        corrector.apply(fresh.person, corrected, by)
    state = RequestState.ACCEPTED if accepted else RequestState.REFUSED
    done = _become(fresh, state, answer=answer.strip(), answered_by=by)
    hooks.answered(done)
    return done


@transaction.atomic
def annotate_refusal(*, request: RightsRequest, note: str, by: User) -> RightsRequest:
    """What the person says beside a refusal stays with the file. DomainError: `not_refused`, `empty`, `noted`."""
    fresh = _locked(request)
    require(can_annotate_request(by, fresh), "annotate_request")
    if fresh.state != RequestState.REFUSED:
        raise DomainError(_("A note stands beside a refusal only."), code="not_refused")
    if fresh.note:
        raise DomainError(_("Your note is kept already. It does not change any more."), code="noted")
    if not note.strip():
        raise DomainError(_("Write your note, in a few words."), code="empty", field="note")
    fresh.note = note.strip()
    fresh.revision += 1
    fresh.save()
    audit.record(Action.CHANGE, fresh, person=fresh.person_id, purpose=Purpose.RIGHTS, fields=("note",))
    return fresh


@transaction.atomic
def change_own_details(*, person: User, name: str, language: str, by: User) -> User:
    """The chosen name and the language: at once, without asking anybody."""
    fresh = User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    require(can_ask_for_rights(by, fresh), "change_own_details")
    changed = [field for field, value in (("name", name), ("language", language)) if getattr(fresh, field) != value]
    if changed:
        fresh.name, fresh.language = name, language
        fresh.save()
        audit.record(Action.CHANGE, fresh, person=fresh.pk, purpose=Purpose.OWN, fields=changed)
    return fresh


def _locked(request: RightsRequest) -> RightsRequest:
    """Locked after the account, as everywhere. Conflict `gone`: it went with the person meanwhile."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=request.person_id)
    rows = RightsRequest.objects.select_for_update(of=("self",)).select_related("person")
    found: RightsRequest | None = rows.filter(pk=request.pk).first()
    if found is None:
        raise Conflict(_("This request is not here any more."), code="gone")
    return found


def _become(request: RightsRequest, state: RequestState, **changes: Any) -> RightsRequest:
    if state not in TRANSITIONS[RequestState(request.state)]:
        raise Conflict(_("This request is not open any more. Look at it as it is now."), code="wrong_state")
    request.state, request.ended_at = state, timezone.now()
    for name, value in changes.items():
        setattr(request, name, value)
    request.revision += 1
    request.save()
    fields = ("state", *changes)
    audit.record(Action.CHANGE, request, person=request.person_id, purpose=Purpose.RIGHTS, fields=fields)
    return request
