"""Somebody's own plan of learning, and their requests for courses with an answer."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError, require
from psp.models import User
from supporters.models import Course, CourseRequest, LearningGoal
from supporters.training.choices import ASKED_TRANSITIONS, AskedState
from supporters.training.notices import tell_answer
from supporters.training.permissions import cares_for, may_learn
from supporters.training.services import locked_learner

# --- The plan ---------------------------------------------------------------------------------------


@transaction.atomic
def add_goal(*, by: User, course: Course | None = None, title: str = "", by_when: date | None = None) -> LearningGoal:
    """One line more on the own plan: a course, or words of one's own. The same one that is open still is as once.

    DomainError: `nothing_named`.
    """
    person = locked_learner(by)
    require(may_learn(person), "add_goal")
    words = _named(course, title)
    open_one: LearningGoal
    for open_one in LearningGoal.objects.filter(user=person, done_on__isnull=True):
        if open_one.course_id == (course.pk if course else None) and open_one.title == words:
            return open_one
    made = LearningGoal.objects.create(user=person, course=course, title=words, by_when=by_when)
    audit.record(Action.CREATE, made, person=person.pk, purpose=Purpose.OWN)
    return made


def _named(course: Course | None, title: str) -> str:
    """The words beside no course; a course speaks for itself."""
    words = "" if course is not None else title.strip()
    if course is None and not words:
        raise DomainError(_("Choose a course, or write what you would like to learn."), code="nothing_named")
    return words


@transaction.atomic
def close_goal(*, goal: LearningGoal | UUID, by: User, done: bool) -> None:
    """Done, or not wanted any more: then the line goes. Twice is as once."""
    locked_learner(by)
    row = LearningGoal.objects.filter(pk=goal if isinstance(goal, UUID) else goal.pk).first()
    if row is None:
        return
    require(row.user_id == by.pk, "close_goal")
    if not done:
        audit.record(Action.DELETE, row, person=by.pk, purpose=Purpose.OWN)
        row.delete()
    elif row.done_on is None:
        row.done_on = timezone.localdate()
        row.save(update_fields=["done_on"])
        audit.record(Action.CHANGE, row, person=by.pk, purpose=Purpose.OWN, fields=("done_on",))


# --- Requests ---------------------------------------------------------------------------------------


@transaction.atomic
def ask_for_course(*, by: User, course: Course | None = None, title: str = "") -> CourseRequest:
    """Ask for a course, on the list or not. What waits for an answer already is not asked twice.

    DomainError: `nothing_named`.
    """
    person = locked_learner(by)
    require(may_learn(person), "ask_for_course")
    words = _named(course, title)
    open_one: CourseRequest
    for open_one in CourseRequest.objects.open().filter(user=person):
        if open_one.course_id == (course.pk if course else None) and open_one.title == words:
            return open_one
    made = CourseRequest.objects.create(user=person, course=course, title=words)
    audit.record(Action.CREATE, made, person=person.pk, purpose=Purpose.OWN)
    return made


@transaction.atomic
def answer_request(
    *, request: CourseRequest | UUID, by: User, starts_on: date | None = None, instead: str = ""
) -> CourseRequest:
    """Yes with a day (`starts_on`), or not now with what else there is (`instead`): exactly one of the two.

    DomainError: `no_answer`; Conflict: `answered`. The same answer sent twice is one.
    """
    row = _locked(request)
    require(cares_for(by, row.user_id), "answer_request")
    words = instead.strip()
    if bool(starts_on) == bool(words):
        message = _("Choose the day on which it begins, or write what else there is. One of the two.")
        raise DomainError(message, code="no_answer")
    to = AskedState.YES if starts_on else AskedState.NOT_NOW
    if row.state == to and (row.starts_on, row.instead) == (starts_on, words):
        return row
    _move(row, to, by)
    row.starts_on, row.instead = starts_on, words
    row.save()
    audit.record(Action.CHANGE, row, person=row.user_id, purpose=Purpose.CARE, fields=("state",))
    tell_answer(row)
    return row


@transaction.atomic
def withdraw_request(*, request: CourseRequest | UUID, by: User) -> CourseRequest:
    """Not wanted any more; no reason is asked. Twice is as once; Conflict `answered` once there is an answer."""
    row = _locked(request)
    require(row.user_id == by.pk, "withdraw_request")
    if row.state != AskedState.WITHDRAWN:
        _move(row, AskedState.WITHDRAWN, None)
        row.save()
        audit.record(Action.CHANGE, row, person=row.user_id, purpose=Purpose.OWN, fields=("state",))
    return row


def _locked(request: CourseRequest | UUID) -> CourseRequest:
    key = request if isinstance(request, UUID) else request.pk
    locked_learner(CourseRequest.objects.values_list("user", flat=True).get(pk=key))
    found: CourseRequest = CourseRequest.objects.select_related("user").get(pk=key)
    return found


def _move(row: CourseRequest, to: AskedState, by: User | None) -> None:
    if to not in ASKED_TRANSITIONS[AskedState(row.state)]:
        raise Conflict(_("This request has been answered or taken back already. Nothing was changed."), code="answered")
    row.state, row.answered_by = to, by
    row.answered_at = timezone.now() if by is not None else None
