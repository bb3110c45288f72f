"""What the program says when a group cannot be changed: one whole sentence each, saying how to mend it.

The database's own judges (triggers and constraints, by name) speak the same sentences as the services.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from groups.rules import Refusal
from psp.errors import DomainError, constraint_name

SENTENCES: dict[str, Promise] = {
    Refusal.FULL: _("This group is full, so nobody was added. Remove someone first, or choose another group."),
    Refusal.CLOSED: _(
        "This group is established: nobody joins it any more, also not in place of someone who left. "
        "Choose a group that is being formed."
    ),
    Refusal.ENDED: _("This group has ended, so nobody was added. Choose a group that is being formed."),
    "places_kept": _(
        "The free places of this group are kept for people who were invited. Wait for their answers, or take an "
        "invitation back first."
    ),
    Refusal.TOO_MANY: _("This group has more people than it may hold. Remove someone before you establish it."),
    "membership_once": _("This person is in this group already. Nothing was changed."),
    "membership_stays_put": _("A place cannot pass to someone else. Remove this person and add the other one."),
    "membership_kept_apart": _("This person cannot have a place in this group. Choose another group."),
    "lead_kept_apart": _("This person cannot lead this group. Choose somebody else."),
    "lead_once": _("This person leads this group already. Nothing was changed."),
    "attendance_kept_apart": _("This cannot be done here. Please ask a coordinator."),
    "queue_once": _("This person waits for this group already. Nothing was changed."),
    "queue_group_open": _("Nobody can wait for this group: it has ended, or the program forms it itself."),
    "queue_stays_put": _("A place in the line cannot pass to someone else. Nothing was changed."),
    "queue_never_back": _("Somebody who does not wait any more has to enrol again. Nothing was changed."),
    "invitation_open_once": _("This person is invited to this group already. Nothing was changed."),
    "invitation_lead_open_once": _("This person is asked to lead this group already. Nothing was changed."),
    "invitation_one_formal": _(
        "This person is invited to another formal group and has not answered yet. One at a time; nothing was changed."
    ),
    "invitation_kept_apart": _("This person cannot be invited to this group. Choose another group."),
    "invitation_leaves_time": _("Choose a day from tomorrow on, within the next 60 days."),
    "invitation_answer_final": _("This invitation was answered or ended already. Nothing was changed."),
    "invitation_stays_put": _("An invitation cannot pass to someone else. Take it back and invite the other person."),
    # Judged by the bookings of an app above (`sessions.models_bookings`), at changes of places and leads too.
    "booking_one_place_at_a_time": _(
        "Somebody in this group, or its room, is taken at one of these times. Choose another time, or "
        "somebody else; nothing was changed."
    ),
    "group_never_back": _("This group has moved on since you opened it. Open it again to see where it stands."),
    "group_keeps_sizes": _("The sizes of an established group cannot change. Nothing was changed."),
    "group_keeps_kind": _("The kind of a group cannot change. Make a new group instead."),
    "group_formal_at_most_10": _("A formal group holds 10 people at most. Change the setting of this kind first."),
    "group_sizes_in_order": _("The largest size must not be below the smallest. Change the setting first."),
}
# Database judge → the rule that it stands for.
JUDGES = {
    "membership_group_full": Refusal.FULL,
    "membership_group_open": Refusal.CLOSED,
    "group_enough_members": Refusal.TOO_FEW,
    "invitation_group_full": Refusal.FULL,
    "invitation_group_open": Refusal.CLOSED,
}


# The same, for those who may know that somebody is noted; never who.
KNOWN_APART = _("Somebody in this group must not meet this person. Choose another group, or look at the file.")


def too_few(minimum: int) -> Promise:
    return ngettext_lazy(
        "A group needs at least %(minimum)d person before it is established. Add people first; nothing was changed.",
        "A group needs at least %(minimum)d people before it is established. Add people first; nothing was changed.",
        minimum,
    ) % {"minimum": minimum}  # type: ignore[return-value]


def too_few_leads(minimum: int) -> Promise:
    return ngettext_lazy(
        "This kind of group needs at least %(minimum)d facilitator. Add one before you establish it.",
        "This kind of group needs at least %(minimum)d facilitators. Add them before you establish it.",
        minimum,
    ) % {"minimum": minimum}  # type: ignore[return-value]


def refusal(code: Refusal, *, minimum: int = 0) -> DomainError:
    """The error for one of the rules' refusals."""
    if code == Refusal.TOO_FEW:
        return DomainError(too_few(minimum), code=code)
    if code == Refusal.TOO_FEW_FACILITATORS:
        return DomainError(too_few_leads(minimum), code=code)
    return DomainError(SENTENCES[code], code=code)


@contextmanager
def judged(*, minimum: int = 0) -> Iterator[None]:
    """Write in a savepoint; where a judge of the database says no, raise its sentence instead.

    A refusal that is not ours is passed on as it came.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = constraint_name(error)
        if name in JUDGES:
            raise refusal(JUDGES[name], minimum=minimum) from error
        if name in SENTENCES:
            raise DomainError(SENTENCES[name], code=name) from error
        raise
