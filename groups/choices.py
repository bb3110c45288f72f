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
