"""States of groups and of the places in them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class GroupKind(models.TextChoices):
    """[PIA] rules 8 to 10."""

    FORMAL = "formal", _("Formal group")
    INFORMAL = "informal", _("Informal group")
    ACTIVITY = "activity", _("Activity")


class GroupState(models.TextChoices):
    FORMING = "forming", _("Being formed")
    ESTABLISHED = "established", _("Established")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", pgettext_lazy("group", "Cancelled")


# A group in which people may meet.
RUNNING = (GroupState.FORMING, GroupState.ESTABLISHED)


class MembershipState(models.TextChoices):
    MEMBER = "member", _("Member")
    LEFT = "left", _("Left")


class LeadRole(models.TextChoices):
    FACILITATOR = "facilitator", _("Facilitator")
    CLINICIAN = "clinician", _("Clinician")


class FormingState(models.TextChoices):
    """Groups that are thought of, on the coordinator's board."""

    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Invitations sent")
    DROPPED = "dropped", _("Put aside")


class RunState(models.TextChoices):
    """A search of the engine. Lost: its worker ended in the middle; it can be repeated."""

    WAITING = "waiting", _("About to begin")
    RUNNING = "running", _("Searching")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")
    LOST = "lost", _("Broken off")
    FAILED = "failed", _("Not possible")


class InvitationState(models.TextChoices):
    OPEN = "open", _("No answer yet")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    OTHER_TIME = "other_time", _("Another time wished")
    LAPSED = "lapsed", _("Not answered in time")
    TAKEN_BACK = "taken_back", pgettext_lazy("invitation", "Taken back")


class QueueState(models.TextChoices):
    WAITING = "waiting", _("Waiting for a place")
    OFFERED = "offered", _("A place is offered")
    PLACED = "placed", _("Has a place")
    ENDED = "ended", _("Does not wait any more")


TRANSITIONS: dict[GroupState, frozenset[GroupState]] = {
    GroupState.FORMING: frozenset({GroupState.ESTABLISHED, GroupState.CANCELLED}),
    GroupState.ESTABLISHED: frozenset({GroupState.COMPLETED, GroupState.CANCELLED}),
    GroupState.COMPLETED: frozenset(),
    GroupState.CANCELLED: frozenset(),
}

# Someone who left can come back only while the group is being formed.
MEMBERSHIP_TRANSITIONS: dict[MembershipState, frozenset[MembershipState]] = {
    MembershipState.MEMBER: frozenset({MembershipState.LEFT}),
    MembershipState.LEFT: frozenset({MembershipState.MEMBER}),
}

# An answer is final: whoever changes their mind leaves the group, or is invited anew.
INVITATION_TRANSITIONS: dict[InvitationState, frozenset[InvitationState]] = {
    InvitationState.OPEN: frozenset(set(InvitationState) - {InvitationState.OPEN}),
    InvitationState.ACCEPTED: frozenset(),
    InvitationState.DECLINED: frozenset(),
    InvitationState.OTHER_TIME: frozenset(),
    InvitationState.LAPSED: frozenset(),
    InvitationState.TAKEN_BACK: frozenset(),
}

QUEUE_TRANSITIONS: dict[QueueState, frozenset[QueueState]] = {
    QueueState.WAITING: frozenset({QueueState.OFFERED, QueueState.PLACED, QueueState.ENDED}),
    # An offer that was declined or lapsed ends the waiting here; whoever wants may enrol again, at the end.
    QueueState.OFFERED: frozenset({QueueState.PLACED, QueueState.ENDED}),
    QueueState.PLACED: frozenset({QueueState.ENDED}),
    QueueState.ENDED: frozenset(),
}

RUN_TRANSITIONS: dict[RunState, frozenset[RunState]] = {
    RunState.WAITING: frozenset({RunState.RUNNING, RunState.STOPPED, RunState.LOST, RunState.FAILED}),
    RunState.RUNNING: frozenset({RunState.DONE, RunState.STOPPED, RunState.LOST, RunState.FAILED}),
    RunState.DONE: frozenset(),
    RunState.STOPPED: frozenset(),
    RunState.LOST: frozenset(),
    RunState.FAILED: frozenset(),
}

FORMING_TRANSITIONS: dict[FormingState, frozenset[FormingState]] = {
    FormingState.DRAFT: frozenset({FormingState.SENT, FormingState.DROPPED}),
    FormingState.SENT: frozenset(),
    # Putting a draft aside can be undone until it is removed.
    FormingState.DROPPED: frozenset({FormingState.DRAFT}),
}
