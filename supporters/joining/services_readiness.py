"""Conversations about readiness: before the training, and again before leading ([NH] rule 28).

An outcome is "ready" or "not now" with a day to look again and what would help. There is no number, and no verdict.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError, require
from psp.models import User
from supporters.choices import Outcome, ReadyFor, SupporterState
from supporters.joining.permissions import can_comment, can_mend_review, can_review
from supporters.models import Readiness, ReadinessCriterion, Supporter

# What was written can be corrected or taken back for so long.
MENDABLE = timedelta(days=1)
LOOK_AGAIN_WITHIN = timedelta(days=2 * 365)
NOTED_WITHIN = timedelta(days=92)
TEXT_LENGTH, NOTE_LENGTH = 2000, 1000


@transaction.atomic
def note_readiness(
    *, supporter: Supporter, by: User, ready_for: str, held_on: date, outcome: str, look_again_on: date | None = None,
    talked_about: Mapping[str, str] | None = None, would_help: str = "", key: UUID | None = None,
) -> Readiness:  # fmt: skip
    """Keep what both came to. `key`: comes with the form, so that a form sent twice is one conversation.

    DomainError: `order`, `held_on`, `outcome`, `look_again_on`, `would_help`, `too_long`, `unknown_criterion`.
    """
    person = _locked(supporter)
    require(can_review(by, person), "note_readiness")
    mine = Readiness.objects.filter(user_id=person.pk, reviewer=by)
    same: Readiness | None = mine.filter(pk=key).first() if key else None
    if same is not None:
        return same
    _in_order(person, ready_for)
    made = Readiness(id=key or uuid4(), user_id=person.pk, reviewer=by, ready_for=ready_for)
    _fill(made, held_on, outcome, look_again_on, talked_about or {}, would_help)
    made.save(force_insert=True)
    audit.record(Action.CREATE, made, person=person.pk, purpose=Purpose.CARE)
    return made


@transaction.atomic
def correct_readiness(
    *, readiness: Readiness, by: User, held_on: date, outcome: str, look_again_on: date | None = None,
    talked_about: Mapping[str, str] | None = None, would_help: str = "",
) -> Readiness:  # fmt: skip
    """Within a day, by whoever wrote it. Afterwards a new conversation says what changed. DomainError as above."""
    person, found = _both(readiness)
    require(can_mend_review(by, found), "correct_readiness")
    _still_mendable(person, found)
    _fill(found, held_on, outcome, look_again_on, talked_about or {}, would_help)
    found.save()
    audit.record(Action.CHANGE, found, person=found.user_id, purpose=Purpose.CARE)
    return found


@transaction.atomic
def withdraw_readiness(*, readiness: Readiness, by: User) -> None:
    """Noted by mistake: within a day it goes as if it had never been, unless the person has answered to it."""
    person, found = _both(readiness)
    require(can_mend_review(by, found), "withdraw_readiness")
    _still_mendable(person, found)
    if found.comment:
        raise DomainError(_("The person has commented on it, so it stays. Correct it instead."), code="commented")
    audit.record(Action.DELETE, found, person=found.user_id, purpose=Purpose.CARE)
    found.delete()


@transaction.atomic
def comment_readiness(*, readiness: Readiness, by: User, comment: str) -> Readiness:
    """What the person wants to say to it, now or later; empty takes it away. DomainError `too_long`."""
    _person, found = _both(readiness)
    require(can_comment(by, found), "comment_readiness")
    found.comment = _text(comment, TEXT_LENGTH, "comment")
    found.commented_at = timezone.now() if found.comment else None
    found.save(update_fields=["comment", "commented_at"])
    audit.record(Action.CHANGE, found, person=found.user_id, purpose=Purpose.OWN, fields=("comment",))
    return found


def newest_of(account: UUID, ready_for: str) -> Readiness | None:
    """The newest conversation for one step."""
    found: Readiness | None = (
        Readiness.objects.filter(user_id=account, ready_for=ready_for).order_by("-held_on", "-made_at").first()
    )
    return found


def is_ready(account: UUID, ready_for: str) -> bool:
    newest = newest_of(account, ready_for)
    return newest is not None and newest.outcome == Outcome.READY


def may_begin(supporter: Supporter) -> bool:
    """Whether the newest conversation before leading says "ready", and was held on this way: whoever ended the role and
    gets ready again talks about it again, too."""
    newest = newest_of(supporter.pk, ReadyFor.LEADING)
    ready = newest is not None and newest.outcome == Outcome.READY and newest.made_at >= supporter.changed_at
    return supporter.state == SupporterState.JOINING and ready


def mendable(readiness: Readiness) -> bool:
    return timezone.now() < readiness.made_at + MENDABLE


def talked_about(readiness: Readiness) -> dict[str, str]:
    """Criterion code → what both noted, as it was written."""
    found: dict[str, str] = json.loads(readiness.talked_about or "{}")
    return found


def _locked(supporter: Supporter) -> Supporter:
    """The account first, as everywhere."""
    list(User.objects.select_for_update(of=("self",), no_key=True).filter(pk=supporter.pk).values_list("pk"))
    found: Supporter = Supporter.objects.select_for_update(of=("self",)).get(pk=supporter.pk)
    return found


def _both(readiness: Readiness) -> tuple[Supporter, Readiness]:
    person = _locked(Supporter(pk=readiness.user_id))
    found = Readiness.objects.select_for_update(of=("self",)).filter(pk=readiness.pk).first()
    if found is None:
        raise Conflict(_("This conversation was taken back."), code="gone")
    return person, found


def _still_mendable(person: Supporter, found: Readiness) -> None:
    if not mendable(found):
        raise DomainError(
            _("This was noted more than a day ago, so it stays as it is. A new conversation says what has changed."),
            code="too_late",
        )
    if found.ready_for == ReadyFor.LEADING and person.state == SupporterState.ACTIVE and _opened_the_role(found):
        raise DomainError(
            _("The role began with this conversation, so it stays as it is. A new one says what has changed."),
            code="role_began",
        )


def _opened_the_role(found: Readiness) -> bool:
    newest = newest_of(found.user_id, ReadyFor.LEADING)
    return found.outcome == Outcome.READY and newest is not None and newest.pk == found.pk


def _in_order(person: Supporter, ready_for: str) -> None:
    """The conversation before leading comes after the one before the training, and after its "ready"."""
    if ready_for not in ReadyFor.values:
        raise DomainError(_("Choose an answer of the list."), code="outcome", field="ready_for")
    if ready_for == ReadyFor.LEADING and not is_ready(person.pk, ReadyFor.TRAINING):
        raise DomainError(
            _("First comes the conversation before the training, with “Ready”."), code="order", field="ready_for"
        )


def _fill(
    row: Readiness, held_on: date, outcome: str, look_again_on: date | None, notes: Mapping[str, str], would_help: str
) -> None:
    row.held_on = _held(held_on)
    row.outcome, row.look_again_on = _outcome(outcome, look_again_on, row.held_on)
    row.would_help = _text(would_help, TEXT_LENGTH, "would_help")
    if outcome == Outcome.NOT_NOW and not row.would_help:
        raise DomainError(_("Write what would help until then."), code="would_help", field="would_help")
    row.talked_about = json.dumps(_notes(notes), ensure_ascii=False)


def _held(day: date) -> date:
    today = timezone.localdate()
    if not today - NOTED_WITHIN <= day <= today:
        raise DomainError(_("Choose the day of the conversation: today or before."), code="held_on", field="held_on")
    return day


def _outcome(outcome: str, look_again_on: date | None, held_on: date) -> tuple[str, date | None]:
    if outcome == Outcome.READY:
        return outcome, None
    if outcome != Outcome.NOT_NOW:
        raise DomainError(_("Choose what you both came to."), code="outcome", field="outcome")
    today = timezone.localdate()
    if look_again_on is None or not max(today, held_on) < look_again_on <= today + LOOK_AGAIN_WITHIN:
        message = _("Choose a day to look again, after today and within two years.")
        raise DomainError(message, code="look_again_on", field="look_again_on")
    return outcome, look_again_on


def _notes(notes: Mapping[str, str]) -> dict[str, str]:
    kept = {code: _text(text, NOTE_LENGTH, f"about_{code}") for code, text in notes.items() if text.strip()}
    if set(kept) - set(ReadinessCriterion.objects.filter(code__in=kept).values_list("code", flat=True)):
        raise DomainError(_("Choose an answer of the list."), code="unknown_criterion")
    return kept


def _text(text: str, length: int, field: str) -> str:
    if len(text.strip()) > length:
        raise DomainError(_("Please write less here."), code="too_long", field=field)
    return text.strip()
