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
