"""What the program says when something about supervision cannot be done: a whole sentence, saying how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from psp.errors import DomainError, constraint_name

SENTENCES: dict[str, Promise] = {
    "pairing_no_circle": _(
        "This person supervises the other one already, or somebody further up. Choose somebody else; nothing was "
        "changed."
    ),
    "pairing_with_another": _("Nobody supervises themselves. Choose somebody else."),
    "pairing_one_standing": _("This person has a supervisor already. Open the page again to see who."),
    "no_supervisor": _("This person does not supervise at the moment. Choose somebody from the list."),
    "held_later": _("A meeting is noted once it has taken place. Choose today or an earlier day."),
    "long_ago": _("That is more than a year ago. Please check the day."),
    "kind_unknown": _("Choose one of the kinds of meeting."),
    "minutes": _("Give the length in minutes, from 1 to 480."),
    "next_in_past": _("Choose a day and a time to come, within a year."),
    "nobody_there": _("Choose the people who were there."),
    "when_unknown": _("Choose one of the answers."),
    "talk_taken": _("Somebody takes care of it already. Thank you for being there."),
    "door_until": _("Choose a time to come, within the next 24 hours."),
    "plan_dates": _("The day to look again lies between the first and the last day. Please check the three days."),
    "plan_one": _("There is a plan already. Look at it again, or end it, before you make another one."),
    "plan_kinds": _("Choose kinds of support from the list."),
    "plan_empty": _("Say what you agreed on, or choose at least one kind of support."),
}  # fmt: skip


def refuse(code: str, field: str | None = None) -> DomainError:
    return DomainError(SENTENCES[code], code=code, field=field)


@contextmanager
def judged(field: str | None = None) -> Iterator[None]:
    """What the database refuses by name, as a sentence."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = constraint_name(error)
        if name not in SENTENCES:
            raise
        raise refuse(name, field) from error
