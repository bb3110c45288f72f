"""The waits that are published, what is counted, how it is said, and what becomes of a release."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reporting.disclosure import Method as HidingMethod
from reporting.waiting.estimate import Outcome


class WaitStep(models.TextChoices):
    MEETING = "meeting"
    DECISION = "decision"
    PLACE = "place"


class WaitOutcome(models.TextChoices):
    KNOWN = Outcome.KNOWN
    WAITING = Outcome.WAITING
    TOO_FEW = Outcome.TOO_FEW


class Topic(models.TextChoices):
    """What a page of the reports is about, in the order in which people go through the program."""

    INTAKE = "intake", _("Applications")
    WAITING = "waiting", _("Waiting")
    GROUPS = "groups", _("Groups and sessions")
    PEOPLE = "people", _("People and attendance")
    SERVICES = "services", _("Activities, goods and services")
    ANSWERS = "answers", _("What people said")
    TEAM = "team", _("Those who lead")
    PLATFORMS = "platforms", _("Other platforms")


class Measure(models.TextChoices):
    """What an indicator says of what is counted. All of them are protected by the counts they come from."""

    COUNT = "count", pgettext_lazy("figure", "Number")
    SHARE = "share", _("Share")
    MEDIAN = "median", _("Median")
    P90 = "p90", _("90th percentile")
    MEAN = "mean", _("Mean")


class Method(models.TextChoices):
    SUPPRESSION = HidingMethod.SUPPRESSION, _("Small numbers are hidden")
    ROUNDING = HidingMethod.ROUNDING, _("Numbers are rounded to 5")


class ReleaseState(models.TextChoices):
    PREPARED = "prepared", _("Waits for a second person")
    RETURNED = "returned", _("Sent back")
    APPROVED = "approved", _("Published")


RELEASE_TRANSITIONS: dict[ReleaseState, frozenset[ReleaseState]] = {
    ReleaseState.PREPARED: frozenset({ReleaseState.APPROVED, ReleaseState.RETURNED}),
    ReleaseState.RETURNED: frozenset({ReleaseState.PREPARED}),
    ReleaseState.APPROVED: frozenset(),
}


class ReturnReason(models.TextChoices):
    """Why a report was sent back. About the report, never about anybody."""

    WORDS = "words", _("The title or the note needs other words")
    METHOD = "method", _("The other way of hiding small numbers suits better")
    EARLY = "early", _("It is too early: something is still being entered")
    UNPROVEN = "unproven", _("A table is missing")
    OTHER = "other", _("Something else, in a sentence")
