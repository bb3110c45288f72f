"""Two files of one person become one, and two again within thirty days.

Locks: both accounts, then both files, each in the order of their ids, then their applications; whoever merges or
undoes at the same time waits.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.choices import ConsentPurpose
from consent.models import Consent
from contact.models import SafeContact
from intake.choices import ApplicationState, MeetingState
from intake.merge_refusals import carry_refusals
from intake.merge_words import SENTENCES
from intake.merging import movers
from intake.models import Application, Participant
from intake.models_desk import DifferentPeople, Merge
from intake.permissions import can_merge_files
from intake.rules_merge import UNDO_FOR, File, can_be_undone, refusals
from privacy.choices import ErasureState
from privacy.models import Erasure
from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError, require
from psp.models import User

OPEN = (ApplicationState.SUBMITTED, ApplicationState.MEETING_SET)
# Open, or open again on a day that is set.
WAITING = (*OPEN, ApplicationState.DEFERRED)
APPLICATIONS, ACCOUNT = "applications", "account_was_open"


def obstacles(*, kept: Participant, merged: Participant) -> list[str]:
    """Why `merged` cannot become part of `kept` now, as sentences; nothing where it can."""
    found = refusals(file_of(kept), file_of(merged), taking_part=ConsentPurpose.TAKING_PART)
    sentences = [str(SENTENCES[refusal]) for refusal in found]
    return sentences + [sentence for mover in movers() for sentence in mover.obstacles(kept, merged)]


def file_of(participant: Participant) -> File:
    states = set(participant.applications.values_list("state", flat=True))
    meeting = participant.applications.filter(meetings__state=MeetingState.SET).exists()
    signed = Consent.objects.of(participant.user_id).values_list("purpose", "withdrawal__at")
    agreed = {purpose for purpose, withdrawn_at in signed if withdrawn_at is None}
    choices = SafeContact.objects.filter(person=participant.user_id).first()
    lately = Merge.objects.filter(kept=participant).can_be_undone(timezone.now() - UNDO_FOR)
    return File(
        id=str(participant.pk), merged=participant.merged_into_id is not None, took_up_lately=lately.exists(),
        going=Erasure.objects.of_person(participant.user_id).filter(state=ErasureState.APPROVED).exists(),
        agreed=frozenset(agreed), withdrawn=frozenset(purpose for purpose, _at in signed) - agreed,
        quiet=choices is not None and choices.do_not_contact, open=bool(states & set(OPEN)), meeting_set=meeting,
        standing=bool(states & {*WAITING, ApplicationState.ACCEPTED}),
    )  # fmt: skip


@transaction.atomic
def merge_files(*, kept: Participant, merged: Participant, by: User) -> Merge:
    """Let `merged` count with `kept`. DomainError `cannot_merge` says why not; Forbidden outside the regions."""
    kept, merged = _locked(kept, merged)
    require(can_merge_files(by, kept, merged), "merge_files")
    against = obstacles(kept=kept, merged=merged)
    if against:
        raise DomainError(against[0], code="cannot_merge")
    # The row comes first: the database lets places change hands for a merge, and for nothing else.
    merge = Merge.objects.create(kept=kept, merged=merged, by=by)
    merge.moved = {APPLICATIONS: _move_applications(kept, merged)}
    merge.moved |= {mover.name: mover.move(kept, merged) for mover in movers()}
    merge.moved[ACCOUNT] = merged.user.is_active
    merge.save(update_fields=["moved"])
    merged.merged_into = kept
    merged.save(update_fields=["merged_into"])
    _open_account(merged.user, False)
    _note(merge)
    return merge


@transaction.atomic
def undo_merge(*, merge: Merge, by: User) -> Merge:
    """Two files again, each with what it had, in the state that it is in now. DomainError: `undone`, `final`."""
    kept, merged = _locked(merge.kept, merge.merged)
    require(can_merge_files(by, kept, merged), "undo_merge")
    merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    if merge.undone_at is not None:
        raise DomainError(_("These files were taken apart already."), code="undone")
    now = timezone.now()
    if merge.final_at is not None or not can_be_undone(merge.at, now):
        raise DomainError(_("More than 30 days have passed: these files stay together now."), code="final")
    merge.undone_by, merge.undone_at = by, now
    merge.save(update_fields=["undone_by", "undone_at"])
    merged.merged_into = None
    merged.save(update_fields=["merged_into"])
    for mover in movers():
        mover.back(kept, merged, merge.moved.get(mover.name, []))
    _hand_over(Application.objects.filter(pk__in=merge.moved[APPLICATIONS], participant=kept), merged)
    if merge.moved[ACCOUNT]:
        _open_account(merged.user, True)
    carry_refusals(merge=merge, kept=kept, merged=merged)
    _note(merge)
    return merge


def _locked(one: Participant, other: Participant) -> tuple[Participant, Participant]:
    # Whoever leaves the program locks the account first.
    accounts = User.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    list(accounts.filter(pk__in=[one.user_id, other.user_id]).values_list("pk"))
    rows = Participant.objects.select_for_update(of=("self",)).select_related("user", "program_region")
    found = {row.pk: row for row in rows.filter(pk__in=[one.pk, other.pk]).order_by("pk")}
    return found[one.pk], found[other.pk]


def _move_applications(kept: Participant, merged: Participant) -> list[str]:
    """All but one that waits where the kept file has such a one too: only one can be open, so it rests until undone."""
    rows = Application.objects.filter(participant=merged)
    if Application.objects.filter(participant=kept, state__in=WAITING).exists():
        rows = rows.exclude(state__in=WAITING)
    return _hand_over(rows, kept)


def _hand_over(rows: Any, to: Participant) -> list[str]:
    locked = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for row in locked:
        row.participant = to
        row.save(update_fields=["participant"])
    return [str(row.pk) for row in locked]


def _open_account(user: User, is_open: bool) -> None:
    """A merged identity can sign in no more; nothing of it is lost."""
    user.is_active = is_open
    user.save(update_fields=["is_active"])
    user.end_sessions()


def _note(merge: Merge) -> None:
    for participant in (merge.kept, merge.merged):
        audit.record(
            Action.CHANGE, merge, person=participant.user_id, purpose=Purpose.INTAKE, fields=("kept", "merged")
        )


@transaction.atomic
def say_different(*, one: Participant, other: Participant, by: User) -> None:
    """Note that the two are different people, so that nobody is asked again. Saying it twice changes nothing."""
    require(can_merge_files(by, one, other), "say_different")
    first, second = sorted((one, other), key=lambda participant: participant.pk)
    made = DifferentPeople.objects.bulk_create([DifferentPeople(one=first, other=second, by=by)], ignore_conflicts=True)
    for participant in (one, other):
        audit.record(Action.CHANGE, made[0], person=participant.user_id, purpose=Purpose.INTAKE)


def make_final() -> int:
    """What beat does every day: merges that can be undone no more are final. Returns how many."""
    now = timezone.now()
    due = Merge.objects.standing().filter(final_at__isnull=True, at__lte=now - UNDO_FOR)
    return sum(_make_final(merge_id) for merge_id in due.values_list("pk", flat=True))


@transaction.atomic
def _make_final(merge_id: Any) -> bool:
    due = Merge.objects.standing().select_for_update(of=("self",), skip_locked=True)
    merge = due.filter(pk=merge_id, final_at__isnull=True).first()
    if merge is None:
        return False
    merge.final_at = timezone.now()
    merge.save(update_fields=["final_at"])
    return True
