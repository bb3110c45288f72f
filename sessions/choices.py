"""States of sessions and of attendance, and of what follows a session."""

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
    # While its time is still to come, a session can take place after all.
    SessionState.CANCELLED: frozenset({SessionState.SCHEDULED}),
}


class DropInState(models.TextChoices):
    """A code with which somebody comes to a session without a place in its group."""

    OPEN = "open", pgettext_lazy("code", "Not used yet")
    ADDED = "added", pgettext_lazy("code", "Used for a session")
    ASKED = "asked", pgettext_lazy("code", "A coordinator looks at it")
    SETTLED = "settled", pgettext_lazy("code", "Dealt with")


class HowItWas(models.TextChoices):
    """How a session was for somebody who led it, in their own eyes."""

    WELL = "well", _("Good for me")
    MIXED = "mixed", _("Some of both")
    HARD = "hard", _("Hard for me")


class Told(models.TextChoices):
    """Whether there is something to follow up, for the coordinators."""

    NOTHING = "nothing", pgettext_lazy("follow up", "Nothing")
    OPEN = "open", pgettext_lazy("follow up", "To be talked about")
    DONE = "done", pgettext_lazy("follow up", "Talked about")


class SupportState(models.TextChoices):
    """Support that somebody who leads asked of the supervisor whom they chose."""

    NONE = "none", pgettext_lazy("support", "Not asked for")
    ASKED = "asked", pgettext_lazy("support", "Asked for")
    TAKEN = "taken", pgettext_lazy("support", "Somebody takes care of it")
    DONE = "done", pgettext_lazy("support", "Done")


class CallOffer(models.TextChoices):
    """A call after the last session of an informal group: offered, never imposed."""

    OFFERED = "offered", pgettext_lazy("call offer", "Offered")
    WISHED = "wished", pgettext_lazy("call offer", "Wanted")
    NOT_WISHED = "not_wished", pgettext_lazy("call offer", "Not wanted")
    DONE = "done", pgettext_lazy("call offer", "Held")
    ENDED = "ended", pgettext_lazy("call offer", "Over")


class CallTime(models.TextChoices):
    """When a call suits somebody, on their own clock."""

    MORNING = "morning", _("Weekdays, in the morning")
    AFTERNOON = "afternoon", _("Weekdays, in the afternoon")
    EVENING = "evening", _("Weekdays, in the evening")
    WEEKEND = "weekend", _("On the weekend")


DROP_IN_TRANSITIONS: dict[DropInState, frozenset[DropInState]] = {
    DropInState.OPEN: frozenset({DropInState.ADDED, DropInState.ASKED}),
    DropInState.ADDED: frozenset(),
    DropInState.ASKED: frozenset({DropInState.SETTLED}),
    DropInState.SETTLED: frozenset(),
}

SUPPORT_TRANSITIONS: dict[SupportState, frozenset[SupportState]] = {
    SupportState.NONE: frozenset({SupportState.ASKED}),
    # Whoever asked may take it back, until somebody takes care of it.
    SupportState.ASKED: frozenset({SupportState.NONE, SupportState.TAKEN, SupportState.DONE}),
    SupportState.TAKEN: frozenset({SupportState.DONE}),
    SupportState.DONE: frozenset({SupportState.ASKED}),
}

# An answer may change until the call is held; a withdrawal ends it from wherever it stands.
CALL_OFFER_TRANSITIONS: dict[CallOffer, frozenset[CallOffer]] = {
    CallOffer.OFFERED: frozenset({CallOffer.WISHED, CallOffer.NOT_WISHED, CallOffer.ENDED}),
    CallOffer.WISHED: frozenset({CallOffer.NOT_WISHED, CallOffer.DONE, CallOffer.ENDED}),
    CallOffer.NOT_WISHED: frozenset({CallOffer.WISHED, CallOffer.ENDED}),
    CallOffer.DONE: frozenset(),
    CallOffer.ENDED: frozenset(),
}


class QuestionnaireUse(models.TextChoices):
    AFTER_SESSION = "after_session", _("After a session, without a name")
    BEFORE_AFTER = "before_after", _("Before and after a group")


class Moment(models.TextChoices):
    BEFORE = "before", _("Before the first session")
    AFTER = "after", _("After the last session")
