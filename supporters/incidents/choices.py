"""The words of what happened and what is done about it: codes, so that nothing has to be told at length."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class IncidentState(models.TextChoices):
    REPORTED = "reported", pgettext_lazy("incident", "Reported")
    TAKEN = "taken", pgettext_lazy("incident", "Somebody takes care of it")
    FOLLOW_UP = "follow_up", pgettext_lazy("incident", "In follow-up")
    CLOSED = "closed", pgettext_lazy("incident", "Closed")


# Reopening is going back to the follow-up: somebody took care of it once.
INCIDENT_TRANSITIONS: dict[IncidentState, frozenset[IncidentState]] = {
    IncidentState.REPORTED: frozenset({IncidentState.TAKEN}),
    IncidentState.TAKEN: frozenset({IncidentState.FOLLOW_UP, IncidentState.CLOSED}),
    IncidentState.FOLLOW_UP: frozenset({IncidentState.CLOSED}),
    IncidentState.CLOSED: frozenset({IncidentState.FOLLOW_UP}),
}


class Desk(models.TextChoices):
    """To whom a kind goes at once."""

    SUPERVISOR = "supervisor", _("The supervisor of whoever reports")
    SUPERVISORS = "supervisors", _("All supervisors")
    COORDINATORS = "coordinators", _("Coordinators of the region")
    PRIVACY = "privacy", _("Privacy officer")


class NeedNow(models.TextChoices):
    """What the person who reports needs first."""

    CALL = "call", _("Please call me")
    SUPPORT = "support", _("Support for somebody in the group")
    COVER = "cover", _("Somebody to lead the next session")
    STOP = "stop", _("Something must be stopped or made safe")
    HELPED = "helped", _("Emergency services were called")


class FollowUp(models.TextChoices):
    """How far one is with one person. Nobody is ever made to talk: a no is an answer, and may change."""

    OPEN = "open", pgettext_lazy("follow-up", "Not offered yet")
    OFFERED = "offered", pgettext_lazy("follow-up", "Offered")
    TALKED = "talked", pgettext_lazy("follow-up", "Talked with")
    DECLINED = "declined", pgettext_lazy("follow-up", "Does not wish it")


FOLLOW_UP_TRANSITIONS: dict[FollowUp, frozenset[FollowUp]] = {
    FollowUp.OPEN: frozenset({FollowUp.OFFERED, FollowUp.TALKED, FollowUp.DECLINED}),
    FollowUp.OFFERED: frozenset({FollowUp.TALKED, FollowUp.DECLINED}),
    FollowUp.TALKED: frozenset({FollowUp.OFFERED}),
    FollowUp.DECLINED: frozenset({FollowUp.OFFERED, FollowUp.TALKED}),
}


class MeasureKind(models.TextChoices):
    """What was done. Who must not meet whom stands elsewhere, and is known to coordinators of the region alone."""

    APART = "apart", _("Two people are noted as not to meet")
    COVER = "cover", _("Somebody else leads the coming sessions")
    LEAD = "lead", _("Somebody no longer leads the group")
    BREACH = "breach", _("It is in the record of breaches")


class Change(models.TextChoices):
    """What the program changes afterwards."""

    NOTHING = "nothing", _("Nothing: it was done as it should be")
    PROTOCOL = "protocol", _("The safety protocol")
    TRAINING = "training", _("The training")
    FORMING = "forming", _("How groups are formed")
    SESSIONS = "sessions", _("How sessions are run")
    PLACE = "place", _("The place, the link or the equipment")
    CARE = "care", _("How we support those who lead")
    PRIVACY = "privacy", _("How information is handled")
