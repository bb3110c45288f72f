"""Joining in words, for the person and for supervisors. Reads only; never a word of what others may not see."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from psp.bilingual import reader_language
from psp.calendar_text import long_date
from psp.models import User
from supporters.choices import Outcome, ReadyFor, SupporterState, TextKind
from supporters.joining.services_readiness import mendable, talked_about
from supporters.models import Course, Interest, Pairing, Qualification, Readiness, ReadinessCriterion, Supporter
from supporters.texts.reading import acknowledged_by, current

TAG_KINDS: dict[str, str] = {Outcome.READY: "success", Outcome.NOT_NOW: "active"}
STATE_TAGS: dict[str, str] = {
    SupporterState.JOINING: "active",
    SupporterState.ACTIVE: "success",
    SupporterState.ENDED: "neutral",
}


def day_words(day: date) -> str:
    return long_date(day, reader_language(), article=False)


def interest_line(interest: Interest) -> dict[str, Any]:
    """One interest as supervisors see it: the new name, never who said it."""
    said = timezone.localdate(interest.said_at)
    return {
        "id": interest.pk, "name": interest.name, "region": str(interest.program_region),
        "language": interest.get_language_display(), "said": day_words(said), "said_iso": said.isoformat(),
        "taken_up": interest.taken_up_at is not None, "address_taken": interest.address_taken,
        "noted": interest.user_id is None,
    }  # fmt: skip


def supporter_lines(supporters: Collection[Supporter]) -> list[dict[str, Any]]:
    """Those who join, with outcome and days alone. In the order in which they began: there is no other."""
    outcomes = newest_outcomes([one.pk for one in supporters])
    today = timezone.localdate()
    return [
        {
            "id": one.pk, "name": one.user.name, "region": str(one.program_region),
            "outcomes": outcomes.get(one.pk, []),
            "look_again": any(row["look_again_due"] <= today for row in outcomes.get(one.pk, []) if row["look_again"]),
        }
        for one in supporters
    ]  # fmt: skip


def newest_outcomes(accounts: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """Account → what its newest conversations came to: outcome and days, without a word. One query."""
    found: dict[UUID, list[dict[str, Any]]] = {}
    rows = Readiness.objects.newest().filter(user__in=accounts).outcomes()
    for account, ready_for, outcome, held_on, again in sorted(rows, key=lambda row: row[3]):
        found.setdefault(account, []).append({
            "step": ReadyFor(ready_for).label, "label": Outcome(outcome).label, "tag_kind": TAG_KINDS[Outcome(outcome)],
            "held": day_words(held_on), "held_iso": held_on.isoformat(),
            "look_again": day_words(again) if again else "",
            "look_again_iso": again.isoformat() if again else "", "look_again_due": again or date.max,
        })  # fmt: skip
    return found


def conversation(readiness: Readiness, reader: User, titles: dict[str, str]) -> dict[str, Any]:
    """One conversation in full: for the person, and for whoever held it."""
    notes = talked_about(readiness)
    rows = [{"label": titles.get(code, code), "value": text} for code, text in notes.items()]
    if readiness.would_help:
        rows.append({"label": _("What would help"), "value": readiness.would_help})
    again = readiness.look_again_on
    return {
        "id": readiness.pk, "step": readiness.get_ready_for_display(), "label": readiness.get_outcome_display(),
        "tag_kind": TAG_KINDS[Outcome(readiness.outcome)], "held": day_words(readiness.held_on),
        "held_iso": readiness.held_on.isoformat(), "look_again": day_words(again) if again else "",
        "look_again_iso": again.isoformat() if again else "", "rows": rows, "comment": readiness.comment,
        "mine": readiness.reviewer_id == reader.pk,
        "mendable": readiness.reviewer_id == reader.pk and mendable(readiness),
    }  # fmt: skip


def conversations(rows: Iterable[Readiness], reader: User) -> list[dict[str, Any]]:
    titles = {one.code: one.title for one in ReadinessCriterion.objects.all()}
    return [conversation(row, reader, titles) for row in rows]


def steps_of(supporter: Supporter, *, own: bool = False) -> list[dict[str, Any]]:
    """Where somebody is on the way, for the component `step_list`: what is done, what comes next, what is still to do.

    Without a percentage: some of it takes a day, some a year. `own`: with links to where the person can do it.
    """
    outcomes = {
        ready_for: outcome
        for _account, ready_for, outcome, _held, _again in Readiness.objects.newest()
        .filter(user_id=supporter.pk)
        .outcomes()
    }
    done = {
        _("Account and second factor"): supporter.user.last_login is not None,
        _("Conversation before the training"): outcomes.get(ReadyFor.TRAINING) == Outcome.READY,
        _("Training"): trained(supporter.pk),
        _("Role agreement"): agreed(supporter.pk),
        _("Paired with a supervisor"): Pairing.objects.current().filter(user_id=supporter.pk).exists(),
        _("Conversation before leading"): outcomes.get(ReadyFor.LEADING) == Outcome.READY,
        _("The role begins"): supporter.state == SupporterState.ACTIVE,
    }
    following = next((label for label, is_done in done.items() if not is_done), "")
    links = {_("Training"): "lead:training", _("Role agreement"): "lead:agreement"} if own else {}
    return [
        {
            "label": label, "state": "done" if is_done else "current" if label == following else "todo",
            "url": reverse(links[label]) if label in links and not is_done else "",
        }
        for label, is_done in done.items()
    ]  # fmt: skip


def trained(account: UUID) -> bool:
    """Every course that is needed before leading was completed and counts today."""
    today = timezone.localdate()
    held = Qualification.objects.filter(user_id=account).values_list("course_id", "expires_on")
    valid = {course for course, until in held if until is None or until >= today}
    return set(Course.objects.filter(needed=True).values_list("pk", flat=True)) <= valid


def agreed(account: UUID) -> bool:
    """The agreement in force was acknowledged."""
    text = current(TextKind.AGREEMENT_SUPPORTER)
    return text is not None and acknowledged_by([account], TextKind.AGREEMENT_SUPPORTER).get(account, 0) >= text.number
