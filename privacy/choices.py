"""Requests about one's own information, and how they end."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from privacy.rules_unusual import Pattern
from psp.choices import Role

# Who may be one of the two people that a disposal, an export or a notice takes ([security] 31).
DECIDERS = (Role.PRIVACY_OFFICER, Role.ADMINISTRATOR)


class RequestKind(models.TextChoices):
    ACCESS = "access", _("Access")
    CORRECTION = "correction", _("Correction")
    ERASURE = "erasure", _("Deletion")


class Channel(models.TextChoices):
    """How a request came in."""

    PORTAL = "portal", _("In the person’s space")
    LETTER = "letter", _("By letter")
    PHONE = "phone", _("By phone")
    VISIT = "visit", _("In person")


class ExtensionReason(models.TextChoices):
    """What the law accepts for more than thirty days ([Privacy Act] section 15)."""

    OPERATIONS = "operations", _("Answering in time would get in the way of the program’s work")
    CONSULTATION = "consultation", _("Others must be asked first, and that takes longer")
    FORMAT = "format", _("A translation or another format is being made")


class RequestState(models.TextChoices):
    OPEN = "open", pgettext_lazy("request", "Open")
    ACCEPTED = "accepted", pgettext_lazy("request", "Done")
    REFUSED = "refused", pgettext_lazy("request", "Refused")
    TAKEN_BACK = "taken_back", pgettext_lazy("request", "Taken back")


class CorrectionItem(models.TextChoices):
    """What a correction is about. What people change themselves at once is not here."""

    ADDRESS = "address", _("The e-mail address I sign in with")
    PLACE = "place", _("Where I live")
    APPLICATION = "application", _("My answers in the application")
    DECISION = "decision", _("A decision or its reasons")
    CONSENT = "consent", _("What I signed, or when")
    SESSIONS = "sessions", _("Groups, sessions and attendance")
    OTHER = "other", _("Something else")


# How a request for deletion is carried out is a matter of its own; here it is asked for and taken back.
TRANSITIONS: dict[RequestState, frozenset[RequestState]] = {
    RequestState.OPEN: frozenset({RequestState.ACCEPTED, RequestState.REFUSED, RequestState.TAKEN_BACK}),
    RequestState.ACCEPTED: frozenset(),
    RequestState.REFUSED: frozenset(),
    RequestState.TAKEN_BACK: frozenset(),
}


class HoldKind(models.TextChoices):
    """Why nothing of a person may be destroyed for now."""

    ACCESS = "access", _("A request for access is open")
    COMPLAINT = "complaint", _("A complaint or an investigation is open")
    BREACH = "breach", _("A breach is being looked into")


class ErasureCause(models.TextChoices):
    """What made somebody's information go."""

    REQUEST = "request", pgettext_lazy("cause of deletion", "The person asked for it")
    RETENTION = "retention", pgettext_lazy("cause of deletion", "The time for keeping it is over")


class ErasureState(models.TextChoices):
    PREPARED = "prepared", pgettext_lazy("deletion", "Waits for a second person")
    APPROVED = "approved", pgettext_lazy("deletion", "Being carried out")
    DONE = "done", pgettext_lazy("deletion", "Carried out")
    STOPPED = "stopped", pgettext_lazy("deletion", "Stopped")


# From "approved" nothing leads back: the key may be gone already.
ERASURE_TRANSITIONS: dict[ErasureState, frozenset[ErasureState]] = {
    ErasureState.PREPARED: frozenset({ErasureState.APPROVED, ErasureState.STOPPED}),
    ErasureState.APPROVED: frozenset({ErasureState.DONE}),
    ErasureState.DONE: frozenset(),
    ErasureState.STOPPED: frozenset(),
}


class GlassReason(models.TextChoices):
    """Why a coordinator opens a file of another region. The person reads it."""

    DANGER = "danger", _("Somebody may be in danger")
    CALLED = "called", _("The person got in touch with me")
    COVER = "cover", _("I stand in for somebody who is away")
    OTHER = "other", pgettext_lazy("reason", "Another urgent reason")


class GlassReview(models.TextChoices):
    """What the privacy officer found when looking at an opening afterwards."""

    FITS = "fits", _("The reason fits")
    TALKED = "talked", _("I talked with the coordinator")
    BREACH = "breach", _("It is treated as a breach")


class BreachData(models.TextChoices):
    """Kinds of information that a breach may touch."""

    NAME = "name", _("Names people go by")
    CONTACT = "contact", _("Addresses and numbers")
    APPLICATION = "application", _("Answers in applications, and decisions")
    SAFE_CONTACT = "safe_contact", _("How it is safe to reach somebody")
    CONSENT = "consent", _("Consents")
    GROUPS = "groups", _("Groups, sessions and attendance")
    APART = "apart", _("Who must not meet")
    OTHER = "other", pgettext_lazy("kind of data", "Something else")


class BreachState(models.TextChoices):
    NOTED = "noted", pgettext_lazy("breach", "Being looked into")
    MINOR = "minor", pgettext_lazy("breach", "Found not material")
    MATERIAL = "material", pgettext_lazy("breach", "Material: to be reported")
    REPORTED = "reported", pgettext_lazy("breach", "Reported")
    CLOSED = "closed", pgettext_lazy("breach", "Closed")


# What was found not material may turn out to be; a material one is closed only once it was reported (rule 17).
BREACH_TRANSITIONS: dict[BreachState, frozenset[BreachState]] = {
    BreachState.NOTED: frozenset({BreachState.MINOR, BreachState.MATERIAL}),
    BreachState.MINOR: frozenset({BreachState.MATERIAL, BreachState.CLOSED}),
    BreachState.MATERIAL: frozenset({BreachState.REPORTED}),
    BreachState.REPORTED: frozenset({BreachState.CLOSED}),
    BreachState.CLOSED: frozenset(),
}


class FoundBy(models.TextChoices):
    LOG = "log", _("In the access log")
    HAND = "hand", _("By hand")


class AffectedState(models.TextChoices):
    FOUND = "found", pgettext_lazy("person concerned", "Not looked at yet")
    CONFIRMED = "confirmed", pgettext_lazy("person concerned", "Concerned")
    LEFT_OUT = "left_out", pgettext_lazy("person concerned", "Left out")


class UnusualPattern(models.TextChoices):
    """The patterns of `privacy.rules_unusual`, in words."""

    MANY_FILES = Pattern.MANY_FILES.value, _("Many files in a short time")
    REFUSED = Pattern.REFUSED.value, _("Refused many times")
    OUTSIDE_HOURS = Pattern.OUTSIDE_HOURS.value, _("Files opened outside working hours")
    OTHER_REGION = Pattern.OTHER_REGION.value, _("A file of a region never assigned")
    SAME_NAME = Pattern.SAME_NAME.value, _("A file under the reader’s own name")
    BREAK_GLASS = Pattern.BREAK_GLASS.value, _("Several files opened from another region")


class FindingOutcome(models.TextChoices):
    EXPLAINED = "explained", _("It was part of the work")
    TALKED = "talked", pgettext_lazy("finding", "I talked with the person")
    BREACH = "breach", pgettext_lazy("finding", "It is treated as a breach")
