"""What somebody has learned: noted by another, here or elsewhere, and how long it counts."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from psp.audit import services as audit
from psp.audit.choices import Action, Purpose
from psp.errors import DomainError, require
from psp.models import User
from supporters.models import Cohort, Course, Qualification
from supporters.training import permissions
from supporters.training.rules import counts_through


def locked_learner(person: User | UUID) -> User:
    """The account, locked first: lock order is account → cohort."""
    key = person if isinstance(person, UUID) else person.pk
    return User.objects.select_for_update(of=("self",), no_key=True).get(pk=key)


@transaction.atomic
def note_qualification(*, user: User, course: Course | str, completed_on: date, by: User) -> Qualification:
    """Note that somebody completed a course elsewhere. The same course on the same day is the same one, noted once.

    `by`: the supervisor at their side (any, while there is none) or a coordinator of their region; never the person
    (Forbidden). DomainError: `completed_later` for a day that is still to come.
    """
    person = locked_learner(user)
    require(permissions.can_note_qualification(by, person), "note_qualification")
    return qualify(person=person, course=course, completed_on=completed_on, by=by)


def qualify(
    *, person: User, course: Course | str, completed_on: date, by: User, cohort: Cohort | None = None
) -> Qualification:
    """The row itself; who calls holds the account's lock and has asked whether `by` may."""
    found = course if isinstance(course, Course) else Course.objects.get(code=course)
    if completed_on > timezone.localdate():
        message = _("This day is still to come. Write the day on which the course was completed.")
        raise DomainError(message, code="completed_later", field="completed_on")
    through = counts_through(completed_on, found.renew_months)
    made, is_new = Qualification.objects.get_or_create(
        user=person, course=found, completed_on=completed_on,
        defaults={"expires_on": through, "noted_by": by, "cohort": cohort},
    )  # fmt: skip
    if is_new:
        audit.record(Action.CREATE, made, person=person.pk, purpose=Purpose.CARE)
    elif cohort is not None and made.cohort_id is None:
        # Noted before as if it had been elsewhere.
        made.cohort = cohort
        made.save(update_fields=["cohort"])
    return made


@transaction.atomic
def take_back_qualification(*, qualification: Qualification | UUID, by: User) -> None:
    """It was noted by mistake: it goes, with every certificate of it. Twice is as once.

    DomainError: `completed_here` for what a cohort completed, which stays.
    """
    key = qualification if isinstance(qualification, UUID) else qualification.pk
    known = Qualification.objects.filter(pk=key).first()
    if known is None:
        return
    person = locked_learner(known.user_id)
    require(permissions.can_note_qualification(by, person), "take_back_qualification")
    # As it is now: a cohort may have completed the same course meanwhile, or somebody else took it back.
    known = Qualification.objects.filter(pk=key).first()
    if known is None:
        return
    if known.cohort_id is not None:
        message = _("This was completed in a cohort of the program, so it stays. Nothing was changed.")
        raise DomainError(message, code="completed_here")
    audit.record(Action.DELETE, known, person=person.pk, purpose=Purpose.CARE)
    known.certificates.all().delete()
    Qualification.objects.filter(pk=key).delete()
