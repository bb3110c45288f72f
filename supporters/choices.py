"""The words of the app, and which state may follow which."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class SupporterState(models.TextChoices):
    """How far somebody is on the way to leading. Nobody is ever refused: "not now" is a date, kept in `Readiness`."""

    JOINING = "joining", _("Getting ready")
    ACTIVE = "active", _("Peer supporter")
    ENDED = "ended", _("No longer a peer supporter")


SUPPORTER_TRANSITIONS: dict[SupporterState, frozenset[SupporterState]] = {
    SupporterState.JOINING: frozenset({SupporterState.ACTIVE, SupporterState.ENDED}),
    SupporterState.ACTIVE: frozenset({SupporterState.ENDED}),
    SupporterState.ENDED: frozenset({SupporterState.JOINING}),
}


class ReadyFor(models.TextChoices):
    """Before what the conversation takes place ([NH] rule 28)."""

    TRAINING = "training", _("Before the training")
    LEADING = "leading", _("Before leading a first group")


class Outcome(models.TextChoices):
    """What both came to. Never a score, never a verdict."""

    READY = "ready", _("Ready")
    NOT_NOW = "not_now", _("Not now")


class TextKind(models.TextChoices):
    AGREEMENT_SUPPORTER = "supporter", _("Role agreement of peer supporters")
    AGREEMENT_STAFF = "staff", _("Role agreement of the team, about peer supporters")
    PROTOCOL = "protocol", _("Safety protocol")


class MeetingKind(models.TextChoices):
    ONE_TO_ONE = "one", _("One-to-one")
    CHECK_IN = "check_in", _("Informal check-in")
    GROUP = "group", _("Group supervision")


class LeaveKind(models.TextChoices):
    PAID = "paid", _("Paid leave")
    SICK = "sick", _("Sick leave")
    UNPAID = "unpaid", _("Leave without pay")


class ConcernState(models.TextChoices):
    """Somebody leads on a day on which, as things are, they may not: support comes first ([NH] rule 35)."""

    OPEN = "open", _("Waits for support")
    TAKEN = "taken", _("Somebody supports them")
    SETTLED = "settled", _("Settled")


CONCERN_TRANSITIONS: dict[ConcernState, frozenset[ConcernState]] = {
    ConcernState.OPEN: frozenset({ConcernState.TAKEN, ConcernState.SETTLED}),
    ConcernState.TAKEN: frozenset({ConcernState.SETTLED}),
    ConcernState.SETTLED: frozenset(),
}
