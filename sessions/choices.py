"""States of sessions and of attendance."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SessionState(models.TextChoices):
    SCHEDULED = "scheduled", pgettext_lazy("session", "Planned")
    HELD = "held", pgettext_lazy("session", "Held")
    CANCELLED = "cancelled", pgettext_lazy("session", "Cancelled")


class AttendanceStatus(models.TextChoices):
    PRESENT = "present", _("Here")
    LEFT_EARLY = "left_early", _("Left early")
    LET_US_KNOW = "let_us_know", _("Let us know")
    ABSENT = "absent", _("Not here")


class ChangeReason(models.TextChoices):
    """Why a session was moved, cancelled or added, for those who come. Never anything about a person."""

    LEAD = "lead", _("Whoever leads cannot be there")
    PLACE = "place", _("The room or the video platform is not available")
    HOLIDAY = "holiday", _("A holiday, or the program is closed")
    WEATHER = "weather", _("The weather")
    OTHER = "other", _("Another reason")


TRANSITIONS: dict[SessionState, frozenset[SessionState]] = {
    SessionState.SCHEDULED: frozenset({SessionState.HELD, SessionState.CANCELLED}),
    SessionState.HELD: frozenset(),
    SessionState.CANCELLED: frozenset(),
}
