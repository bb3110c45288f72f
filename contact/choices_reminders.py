"""What people are reminded of, and as whom."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReminderEvent(models.TextChoices):
    """The kinds of group (`groups.choices.GroupKind`) and the meeting before them."""

    MEETING = "meeting", _("First meeting")
    FORMAL = "formal", _("Sessions of a formal group")
    INFORMAL = "informal", _("Sessions of an informal group")
    ACTIVITY = "activity", _("Activities")


class Audience(models.TextChoices):
    MEMBER = "member", _("Who takes part")
    LEAD = "lead", _("Who leads")


# The messages that remind: one question finds them all on the desk (`outbox_reminders`).
TEMPLATES = ("lead_reminder", "meeting_reminder", "session_reminder")
