"""States of applications and intake meetings, kinds of service, ways to meet, kinds of group."""

from collections.abc import Sequence

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Service(models.TextChoices):
    """What the program offers ([PIA] rules 8 to 10)."""

    FORMAL = "formal", _("Formal group")
    INFORMAL = "informal", _("Informal group")
    ACTIVITY = "activity", _("Activity")


class Modality(models.TextChoices):
    VIRTUAL = "virtual", _("By video")
    IN_PERSON = "in_person", _("In person")


class Composition(models.TextChoices):
    """With whom a person would feel at ease in a group. Said by the person; nobody is asked what they are."""

    ANY = "any", _("Any group")
    WOMEN = "women", _("A group for women")
    MEN = "men", _("A group for men")
    TWO_SPIRIT = "2slgbtqi", _("A group for 2SLGBTQI+ people")


def careful(compositions: Sequence[str]) -> list[str]:
    """Whoever ticks "any group" and a particular one as well is understood the careful way: the particular one."""
    particular = [code for code in compositions if code != Composition.ANY]
    return particular or list(compositions)


class ApplicationState(models.TextChoices):
    SUBMITTED = "submitted", _("Received")
    MEETING_SET = "meeting_set", _("Intake meeting set")
    ACCEPTED = "accepted", _("Accepted")
    DEFERRED = "deferred", _("Not now")
    REFERRED = "referred", _("Referred elsewhere")
    DECLINED = "declined", _("Not accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class MeetingState(models.TextChoices):
    SET = "set", _("Set")
    HELD = "held", _("Held")
    MISSED = "missed", _("Missed")
    CANCELLED = "cancelled", _("Cancelled")


class BulkAction(models.TextChoices):
    """What can be done for several applications at once; each is said as the button says it."""

    ASSIGN = "assign", _("Give to a coordinator")
    LOOKED = "looked", _("Note that somebody looked at them")
    WRITE = "write", _("Send a discreet message")


class MeetingPlace(models.TextChoices):
    """How an intake meeting is held."""

    VIDEO = "video", _("By video")
    PHONE = "phone", _("By phone")


class HoursFor(models.TextChoices):
    """What a coordinator's hours are offered for."""

    MEETING = "meeting", _("Intake meetings")
    CALL = "call", _("Short calls")


class CallWay(models.TextChoices):
    """How a short call is held: the person calls, opens a link, or is called."""

    PHONE = "phone", _("I call you")
    VIDEO = "video", _("By video, with a link")
    CALL_BACK = "call_back", _("You call me")


class PartOfDay(models.TextChoices):
    MORNING = "morning", _("Morning")
    AFTERNOON = "afternoon", _("Afternoon")
    EVENING = "evening", _("Evening")


class WaitingState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    PLACED = "placed", _("Has a place")
    ENDED = "ended", _("Does not wait any more")


class PriorityReason(models.TextChoices):
    """Why somebody comes before those who have waited longer. Never anything that happened to them."""

    GROUP_ENDED = "group_ended", _("Their group was cancelled")
    PLACE_ENDED = "place_ended", _("Their place in a group ended early")
    MOVING = "moving", _("They move or leave soon")
    ACCESS = "access", _("Only the next group has the access that they need")
    SAFETY = "apart", _("They had to pass over a group for their safety")


class NeedCode(models.TextChoices):
    """What would make taking part easier; a word each, never why."""

    CAPTIONS = "captions", _("Captions or a sign-language interpreter")
    READING = "reading", _("Large print or texts read aloud")
    MOVING = "moving", _("A place without steps")
    BREAKS = "breaks", _("Breaks, or a camera that may stay off")
    TIMES = "times", _("Times that suit children or shifts")
    DEVICE = "device", _("Help with the device or the connection")
    COMPANION = "companion", _("Somebody trusted nearby")


class ApartEndReason(models.TextChoices):
    """Why two people may meet again, or never had to be kept apart."""

    PERSON_SAYS = "person_says", _("The person says that it does not hold any more")
    MISTAKE = "mistake", _("It was noted by mistake")
    LEFT = "left", _("One of the two takes no part any more")


class MatchState(models.TextChoices):
    OPEN = "open", _("To decide")
    SAME = "same", _("The same person")
    OTHER = "other", _("Somebody else")


class DecisionReason(models.TextChoices):
    """Why someone was not accepted: only ever a criterion, said kindly to the person."""

    AFFILIATION = "affiliation_not_covered", _("The program is not open to this situation yet")
    UNDER_18 = "under_18", _("The program is for people aged 18 or over")
    EXPERIENCE = "not_experienced", _("The program is for people who lived through sexual misconduct or trauma")
    DEVICE = "no_device", _("A device with a reliable internet connection is needed")
    MEETING = "meeting_declined", _("The intake meeting did not take place")


class LaterReason(models.TextChoices):
    """Why not now, or why another service is named: said to the person as it stands here."""

    OWN_WISH = "own_wish", _("You told us that a later time suits you better")
    OTHER_FIRST = "other_first", _("We found together that other support comes first")
    NOTHING_FITS = "nothing_fits", _("Nothing that fits you is planned at the moment")
    OTHERS_FIT = "others_fit", _("What you are looking for is what others do best")


REASON_LABELS: dict[str, Promise] = dict(DecisionReason.choices + LaterReason.choices)


# From an open application to its end. Without a meeting only where the criteria ask for none ([PIA] rules 5 and 6).
DECISIONS = frozenset(
    {ApplicationState.ACCEPTED, ApplicationState.DEFERRED, ApplicationState.REFERRED, ApplicationState.DECLINED}
)
# Somebody has still to act.
OPEN_STATES = (ApplicationState.SUBMITTED, ApplicationState.MEETING_SET)
# Nothing goes on from here; the person may apply again.
ENDED = frozenset({ApplicationState.REFERRED, ApplicationState.DECLINED, ApplicationState.WITHDRAWN})

TRANSITIONS: dict[ApplicationState, frozenset[ApplicationState]] = {
    ApplicationState.SUBMITTED: DECISIONS | {ApplicationState.MEETING_SET, ApplicationState.WITHDRAWN},
    # A missed or cancelled meeting brings the application back to the list: nobody falls out.
    ApplicationState.MEETING_SET: DECISIONS | {ApplicationState.SUBMITTED, ApplicationState.WITHDRAWN},
    ApplicationState.ACCEPTED: frozenset({ApplicationState.WITHDRAWN}),
    # On the day that was set, or sooner when the person asks.
    ApplicationState.DEFERRED: frozenset({ApplicationState.SUBMITTED, ApplicationState.WITHDRAWN}),
    ApplicationState.REFERRED: frozenset(),
    ApplicationState.DECLINED: frozenset(),
    ApplicationState.WITHDRAWN: frozenset(),
}

WAITING_TRANSITIONS: dict[WaitingState, frozenset[WaitingState]] = {
    WaitingState.WAITING: frozenset({WaitingState.PLACED, WaitingState.ENDED}),
    # Whoever leaves a group, or whose group is cancelled, waits again.
    WaitingState.PLACED: frozenset({WaitingState.WAITING, WaitingState.ENDED}),
    WaitingState.ENDED: frozenset(),
}

MEETING_TRANSITIONS: dict[MeetingState, frozenset[MeetingState]] = {
    MeetingState.SET: frozenset({MeetingState.HELD, MeetingState.MISSED, MeetingState.CANCELLED}),
    MeetingState.HELD: frozenset(),
    MeetingState.MISSED: frozenset(),
    MeetingState.CANCELLED: frozenset(),
}
