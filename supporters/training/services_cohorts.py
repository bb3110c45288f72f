"""Every change of a cohort, its dates and who is in it. Locks: account → cohort. The database judges size once more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import Conflict, DomainError, require
from psp.models import ProgramRegion, User
from supporters import hooks
from supporters.models import Cohort, CohortAttendance, CohortLead, CohortSession, Course, Enrolment, Qualification
from supporters.training import permissions
from supporters.training.choices import (
    COHORT_TRANSITIONS,
    ENROLMENT_TRANSITIONS,
    OPEN,
    SEATED,
    Attended,
    CohortState,
    EnrolmentState,
    ForWhom,
)
from supporters.training.notices import tell_place
from supporters.training.progress import progress_of
from supporters.training.refusals import judged, refusal
from supporters.training.rules import on_the_clock, weekly
from supporters.training.services import locked_learner, qualify

# --- Cohorts ----------------------------------------------------------------------------------------


@transaction.atomic
def create_cohort(
    *, by: User, course: Course, name_en: str, name_fr: str, language: str, first_day: date, start_time: time,
    time_zone: str, minutes: int = 120, places: int = 12, program_region: ProgramRegion | None = None,
    for_whom: str = ForWhom.SUPPORTERS, key: UUID | None = None,
) -> Cohort:  # fmt: skip
    """A planned cohort with a date for each module of the course, week after week at the same time on the wall.

    `key`: comes with the form, so that a form sent twice is one cohort.
    """
    require(permissions.can_manage_cohorts(by), "create_cohort")
    locked_learner(by)
    same: Cohort | None = Cohort.objects.filter(pk=key, created_by=by).first() if key else None
    if same is not None:
        return same
    cohort = Cohort.objects.create(
        id=key or uuid4(),
        course=course, name_en=name_en.strip(), name_fr=name_fr.strip(), language=language, first_day=first_day,
        start_time=start_time, time_zone=time_zone, minutes=minutes, places=places, program_region=program_region,
        for_whom=for_whom, created_by=by,
    )  # fmt: skip
    modules = list(course.modules.values_list("pk", "week").order_by("week", "order"))
    CohortSession.objects.bulk_create(
        CohortSession(
            cohort=cohort, number=slot.number, module_id=slot.module, starts_at=slot.starts_at, ends_at=slot.ends_at
        )
        for slot in weekly(first_day, start_time, time_zone, minutes, modules)
    )
    audit.record(Action.CREATE, cohort, purpose=Purpose.CARE)
    return cohort


def locked_cohort(cohort: Cohort | UUID) -> Cohort:
    key = cohort if isinstance(cohort, UUID) else cohort.pk
    found: Cohort = Cohort.objects.select_for_update(of=("self",)).select_related("course").get(pk=key)
    return found


def _managed(cohort: Cohort | UUID, by: User, code: str) -> Cohort:
    locked = locked_cohort(cohort)
    require(permissions.can_manage_cohorts(by), code)
    return locked


@transaction.atomic
def set_places(*, cohort: Cohort | UUID, places: int, by: User) -> Cohort:
    """More places go to those who wait, in their order. DomainError where more people have one than there would be."""
    locked = _managed(cohort, by, "set_places")
    if locked.places != places:
        locked.places = places
        with judged():
            locked.save(update_fields=["places"])
        audit.record(Action.CHANGE, locked, purpose=Purpose.CARE, fields=("places",))
        move_up(locked)
    return locked


@transaction.atomic
def move_cohort(*, cohort: Cohort | UUID, to: CohortState, by: User) -> Cohort:
    """Begin, finish or cancel; done already changes nothing. Once it is over, nobody waits for it any more."""
    locked = _managed(cohort, by, "move_cohort")
    if locked.state == to:
        return locked
    if to not in COHORT_TRANSITIONS[CohortState(locked.state)]:
        raise refusal("cohort_never_back")
    locked.state = to
    locked.save(update_fields=["state"])
    audit.record(Action.CHANGE, locked, purpose=Purpose.CARE, fields=("state",))
    if to not in OPEN:
        for row in locked.enrolments.waiting():
            _set(row, EnrolmentState.LEFT)
    return locked


@transaction.atomic
def add_cohort_lead(*, cohort: Cohort | UUID, user: User, by: User) -> CohortLead:
    """DomainError `learns_here`: nobody gives a course to themselves."""
    locked = _managed(cohort, by, "add_cohort_lead")
    if locked.enrolments.filter(user=user).exclude(state=EnrolmentState.LEFT).exists():
        message = _("This person learns in this cohort. Choose somebody else to give the course.")
        raise DomainError(message, code="learns_here", field="lead")
    lead, is_new = CohortLead.objects.get_or_create(cohort=locked, user=user)
    if is_new:
        audit.record(Action.CHANGE, locked, purpose=Purpose.CARE, fields=("leads",))
    return lead


@transaction.atomic
def remove_cohort_lead(*, cohort: Cohort | UUID, user: User | UUID, by: User) -> None:
    locked = _managed(cohort, by, "remove_cohort_lead")
    if CohortLead.objects.filter(cohort=locked, user=user).delete()[0]:
        audit.record(Action.CHANGE, locked, purpose=Purpose.CARE, fields=("leads",))


# --- Dates ------------------------------------------------------------------------------------------


@transaction.atomic
def set_date(*, session: CohortSession | UUID, day: date, at: time, by: User) -> CohortSession:
    """Another time for one session, on the clock of the cohort, as long as before."""
    found = _session(session, by)
    length = found.ends_at - found.starts_at
    found.starts_at = on_the_clock(day, at, found.cohort.time_zone)
    found.ends_at = found.starts_at + length
    found.save(update_fields=["starts_at", "ends_at"])
    audit.record(Action.CHANGE, found, purpose=Purpose.CARE, fields=("starts_at", "ends_at"))
    return found


@transaction.atomic
def cancel_date(*, session: CohortSession | UUID, by: User, cancelled: bool = True) -> CohortSession:
    """It counts for and against nobody; `cancelled=False` takes that back."""
    found = _session(session, by)
    if found.cancelled != cancelled:
        found.cancelled = cancelled
        found.save(update_fields=["cancelled"])
        audit.record(Action.CHANGE, found, purpose=Purpose.CARE, fields=("cancelled",))
    return found


@transaction.atomic
def add_date(*, cohort: Cohort | UUID, day: date, at: time, by: User, module: int | None = None) -> CohortSession:
    """One date more, e.g. for a module that was cancelled (`module`: its key). The same one twice is one."""
    locked = _managed(cohort, by, "add_date")
    begin = on_the_clock(day, at, locked.time_zone)
    same: CohortSession | None = locked.sessions.filter(module=module, starts_at=begin, cancelled=False).first()
    if same is not None:
        return same
    last = locked.sessions.order_by("-number").first()
    made = CohortSession.objects.create(
        cohort=locked, number=(last.number if last else 0) + 1, module_id=module, starts_at=begin,
        ends_at=begin + timedelta(minutes=locked.minutes),
    )  # fmt: skip
    audit.record(Action.CREATE, made, purpose=Purpose.CARE)
    return made


def _session(session: CohortSession | UUID, by: User) -> CohortSession:
    key = session if isinstance(session, UUID) else session.pk
    cohort = CohortSession.objects.values_list("cohort", flat=True).get(pk=key)
    _managed(cohort, by, "change_dates")
    return CohortSession.objects.select_related("cohort").get(pk=key)


# --- Places -----------------------------------------------------------------------------------------


@transaction.atomic
def enrol(*, cohort: Cohort | UUID, person: User, by: User) -> Enrolment:
    """A place where one is free and nobody waits for it, else a place on the waiting list. Twice is as once.

    DomainError: `enrolment_cohort_open`, `gives_it`; Forbidden for whom it is not.
    """
    learner = locked_learner(person)
    locked = locked_cohort(cohort)
    if locked.state not in OPEN:
        raise refusal("enrolment_cohort_open")
    require(permissions.can_enrol(by, learner, locked), "enrol")
    if permissions.leads_cohort(learner, locked):
        message = _("Whoever gives a course does not enrol in it. Choose another cohort.")
        raise DomainError(message, code="gives_it")
    return _place(locked, learner)


def _place(cohort: Cohort, learner: User) -> Enrolment:
    now = timezone.now()
    row: Enrolment | None = Enrolment.objects.filter(cohort=cohort, user=learner).first()
    if row is not None and row.state != EnrolmentState.LEFT:
        return row
    row = row or Enrolment(cohort=cohort, user=learner)
    at_once = _free(cohort) > 0 and not cohort.enrolments.waiting().exists()
    row.state = EnrolmentState.ENROLLED if at_once else EnrolmentState.WAITING
    row.since = row.changed_at = now
    with judged():
        row.save()
    audit.record(Action.CREATE, row, person=learner.pk, purpose=Purpose.CARE)
    return row


def _free(cohort: Cohort) -> int:
    return cohort.places - cohort.enrolments.filter(state__in=SEATED).count()


@transaction.atomic
def leave_cohort(*, enrolment: Enrolment | UUID, by: User) -> Enrolment:
    """No reason is asked. What becomes free goes to the next one who waits. Twice is as once.

    DomainError `completed`: what was completed stays.
    """
    known = Enrolment.objects.get(pk=enrolment if isinstance(enrolment, UUID) else enrolment.pk)
    learner = locked_learner(known.user_id)
    cohort = locked_cohort(known.cohort_id)
    row: Enrolment = Enrolment.objects.select_related("user").get(pk=known.pk)
    require(by.pk == learner.pk or permissions.is_supervisor(by), "leave_cohort")
    if row.state == EnrolmentState.LEFT:
        return row
    if row.state == EnrolmentState.COMPLETED:
        message = _("This was completed, so the place stays. Nothing was changed.")
        raise DomainError(message, code="completed")
    _set(row, EnrolmentState.LEFT)
    move_up(cohort)
    return row


@transaction.atomic
def leave_all(user: User, *, by: User) -> None:
    """When somebody is no peer supporter any more (`hooks.on_ended`): whoever waits gets their place. What was
    completed stays, and so does a cohort of supervisors for whoever is one."""
    rows = Enrolment.objects.filter(user=user, cohort__state__in=OPEN, cohort__for_whom=ForWhom.SUPPORTERS)
    open_ones = rows.filter(state__in=(EnrolmentState.WAITING, EnrolmentState.ENROLLED))
    for key in open_ones.order_by("cohort", "pk").values_list("pk", flat=True):
        leave_cohort(enrolment=key, by=by)


def subscribe() -> None:
    hooks.on_ended(leave_all)


def move_up(cohort: Cohort) -> None:
    """Free places go to those who wait, first come first served; they are told."""
    if cohort.state not in OPEN:
        return
    free = max(0, _free(cohort))
    for row in cohort.enrolments.waiting().select_related("user")[:free]:
        _set(row, EnrolmentState.ENROLLED)
        tell_place(row)


def _set(row: Enrolment, state: EnrolmentState) -> None:
    assert state in ENROLMENT_TRANSITIONS[EnrolmentState(row.state)]
    row.state, row.changed_at = state, timezone.now()
    with judged():
        row.save(update_fields=["state", "changed_at"])
    audit.record(Action.CHANGE, row, person=row.user_id, purpose=Purpose.CARE, fields=("state",))


# --- Who was there, and who has completed it --------------------------------------------------------


@transaction.atomic
def record_cohort_attendance(
    *, session: CohortSession | UUID, statuses: Mapping[UUID, str], by: User, seen: str | None = None
) -> int:
    """Note who was there: account → `Attended`. Those left out stay as they were. How many notes were changed.

    `seen`: the mark of what the page showed (`presence_mark`). DomainError: `not_begun`, `cancelled_date`; Conflict
    `stale`; Forbidden for oneself, and for "learned another way" but by a supervisor.
    """
    key = session if isinstance(session, UUID) else session.pk
    cohort = locked_cohort(CohortSession.objects.values_list("cohort", flat=True).get(pk=key))
    found = CohortSession.objects.get(pk=key)
    require(permissions.can_run_cohort(by, cohort) and by.pk not in statuses, "record_attendance")
    if Attended.ELSEWHERE in statuses.values():
        require(permissions.is_supervisor(by), "note_elsewhere")
    _check_date(found, statuses)
    if seen is not None and seen != presence_mark(found):
        message = _("Somebody else has noted who was there since you opened this page. Open it again, then decide.")
        raise Conflict(message, code="stale")
    noted = {row.user_id: row for row in CohortAttendance.objects.filter(session=found)}
    changed = 0
    for person in cohort.enrolments.seated().filter(user__in=statuses).values_list("user", flat=True):
        changed += _note(found, noted.get(person), person, Attended(statuses[person]), by)
    return changed


def presence_mark(session: CohortSession) -> str:
    """Changes whenever somebody is noted at this session."""
    rows = CohortAttendance.objects.filter(session=session).order_by("user").values_list("status", "recorded_at")
    return ";".join(f"{status}@{moment.timestamp():.6f}" for status, moment in rows)


def _check_date(session: CohortSession, statuses: Mapping[UUID, str]) -> None:
    if session.cancelled:
        message = _("This session was cancelled, so nobody was there. Take the cancelling back first.")
        raise DomainError(message, code="cancelled_date")
    if session.starts_at > timezone.now() and set(statuses.values()) - {Attended.ELSEWHERE}:
        message = _("This session has not begun yet. Note who was there once it has.")
        raise DomainError(message, code="not_begun")


def _note(session: CohortSession, row: CohortAttendance | None, person: UUID, status: Attended, by: User) -> bool:
    if row is not None and row.status == status:
        return False
    action = Action.CREATE if row is None else Action.CHANGE
    row = row or CohortAttendance(session=session, user_id=person)
    row.status, row.recorded_by, row.recorded_at = status, by, timezone.now()
    row.save()
    audit.record(action, row, person=person, purpose=Purpose.CARE, fields=("status",))
    return True


@transaction.atomic
def complete(*, enrolment: Enrolment | UUID, by: User) -> Qualification:
    """Say that somebody completed the course of their cohort, on the day of the last session that they learned.

    DomainError `not_complete` says what is missing; Forbidden for oneself.
    """
    known = Enrolment.objects.get(pk=enrolment if isinstance(enrolment, UUID) else enrolment.pk)
    learner = locked_learner(known.user_id)
    cohort = locked_cohort(known.cohort_id)
    row = Enrolment.objects.get(pk=known.pk)
    require(permissions.can_run_cohort(by, cohort) and by.pk != learner.pk, "complete")
    if row.state not in SEATED:
        raise DomainError(_("This person has no place in this cohort. Nothing was changed."), code="no_place")
    reached = progress_of(cohort)[learner.pk]
    if row.state == EnrolmentState.ENROLLED and not reached.is_complete:
        message = _(
            "Not completed yet. Sessions: %(learned)d of %(fewest)d. Needed modules still to take: %(missing)d."
        )
        numbers = {"learned": reached.learned, "fewest": reached.fewest, "missing": len(reached.missing)}
        raise DomainError(message % numbers, code="not_complete")
    if row.state == EnrolmentState.ENROLLED:
        _set(row, EnrolmentState.COMPLETED)
    else:
        made: Qualification | None = Qualification.objects.filter(user=learner, cohort=cohort).first()
        if made is not None:
            return made
    return qualify(person=learner, course=cohort.course, completed_on=_day(cohort, learner), by=by, cohort=cohort)


def _day(cohort: Cohort, learner: User) -> date:
    """The day of the last session that began, at which they were; today where that was elsewhere."""
    there = CohortAttendance.objects.filter(session__cohort=cohort, user=learner, status=Attended.PRESENT)
    last = there.filter(session__starts_at__lte=timezone.now()).order_by("-session__starts_at").first()
    return timezone.localdate(last.session.starts_at) if last else timezone.localdate()


@transaction.atomic
def complete_all(*, cohort: Cohort | UUID, by: User) -> int:
    """Everybody in the cohort who has reached what the course asks for; how many that were."""
    found = Cohort.objects.get(pk=cohort if isinstance(cohort, UUID) else cohort.pk)
    require(permissions.can_run_cohort(by, found), "complete")
    people = list(found.enrolments.filter(state=EnrolmentState.ENROLLED).exclude(user=by).order_by("user"))
    # All accounts before the cohort, in one order.
    list(
        User.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=[row.user_id for row in people])
        .order_by("pk")
    )
    reached = progress_of(locked_cohort(found))
    ready = [row for row in people if row.user_id in reached and reached[row.user_id].is_complete]
    for row in ready:
        complete(enrolment=row, by=by)
    return len(ready)
