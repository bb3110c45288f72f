"""Requests about one's own information, and how they end."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RequestKind(models.TextChoices):
    CORRECTION = "correction", _("Correction")
    ERASURE = "erasure", _("Deletion")


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
