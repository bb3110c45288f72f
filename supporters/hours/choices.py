"""The words of hours, leave and what makes work possible, and which state may follow which."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from psp.choices import Role


class HoursKind(models.TextChoices):
    """For what somebody is paid ([NH] rule 31). Leave counts as hours, so that nobody loses by resting."""

    PREPARATION = "prepare", _("Preparation")
    LEADING = "leading", _("Leading a session")
    DEBRIEF = "debrief", _("Debrief")
    SUPERVISION = "superv", _("Supervision")
    TRAINING = "training", pgettext_lazy("hours", "Training")
    TRAVEL = "travel", pgettext_lazy("hours", "Travel")
    MEETING = "meeting", pgettext_lazy("hours", "Meetings")
    LEAVE = "leave", _("Paid leave")
    SICK = "sick", _("Sick leave")


# Hours away: they come from leave that was confirmed, and nobody adds them by hand.
AWAY_KINDS = (HoursKind.LEAVE, HoursKind.SICK)
# Roles whose hours are kept here.
HOURS_ROLES = (Role.SUPPORTER, Role.CLINICIAN)


class HoursState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("hours", "Not sent yet")
    SUBMITTED = "sent", pgettext_lazy("hours", "Waits for approval")
    RETURNED = "returned", pgettext_lazy("hours", "Came back")
    APPROVED = "approved", pgettext_lazy("hours", "Approved")
    EXPORTED = "exported", pgettext_lazy("hours", "Handed to pay")


# Until it is handed to pay an approval can be undone; after that only a new line corrects it.
HOURS_TRANSITIONS: dict[HoursState, frozenset[HoursState]] = {
    HoursState.DRAFT: frozenset({HoursState.SUBMITTED}),
    HoursState.SUBMITTED: frozenset({HoursState.DRAFT, HoursState.RETURNED, HoursState.APPROVED}),
    HoursState.RETURNED: frozenset({HoursState.SUBMITTED}),
    HoursState.APPROVED: frozenset({HoursState.SUBMITTED, HoursState.EXPORTED}),
    HoursState.EXPORTED: frozenset(),
}
# What the person may still change.
OPEN_HOURS = (HoursState.DRAFT, HoursState.RETURNED)


class ReturnCode(models.TextChoices):
    """Why hours come back: about the hours, never about the person."""

    MISSING = "missing", _("Something is missing")
    TIMES = "times", _("A time or a length does not fit")
    KIND = "kind", _("Another kind of work")
    TWICE = "twice", _("The same work is there twice")
    TALK = "talk", _("Let us look at it together")


class LeaveState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("leave", "Waits for an answer")
    CONFIRMED = "sure", pgettext_lazy("leave", "Confirmed")
    OTHER_DAYS = "other", pgettext_lazy("leave", "Other days are to be found")
    TAKEN_BACK = "back", pgettext_lazy("leave", "Taken back")


# Sick leave is confirmed from the start: nobody asks whether they may be sick.
LEAVE_TRANSITIONS: dict[LeaveState, frozenset[LeaveState]] = {
    LeaveState.ASKED: frozenset({LeaveState.CONFIRMED, LeaveState.OTHER_DAYS, LeaveState.TAKEN_BACK}),
    LeaveState.CONFIRMED: frozenset({LeaveState.TAKEN_BACK}),
    LeaveState.OTHER_DAYS: frozenset(),
    LeaveState.TAKEN_BACK: frozenset(),
}
STANDING_LEAVE = (LeaveState.ASKED, LeaveState.CONFIRMED)


class NeedState(models.TextChoices):
    """How far an accommodation is."""

    ASKED = "asked", pgettext_lazy("accommodation", "Asked for")
    AGREED = "agreed", pgettext_lazy("accommodation", "Agreed")
    ENDED = "ended", pgettext_lazy("accommodation", "Over")


NEED_TRANSITIONS: dict[NeedState, frozenset[NeedState]] = {
    NeedState.ASKED: frozenset({NeedState.AGREED, NeedState.ENDED}),
    NeedState.AGREED: frozenset({NeedState.ENDED}),
    NeedState.ENDED: frozenset(),
}
