"""What a person can agree to, and in which manner they did."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ConsentPurpose(models.TextChoices):
    """One consent each ([NH Annex F; PIA] rule 20)."""

    TAKING_PART = "taking_part", _("Taking part")
    CONTACT_EMAIL = "contact_email", _("Being contacted by e-mail")
    CONTACT_SMS = "contact_sms", _("Being contacted by text message")
    CONTACT_PHONE = "contact_phone", _("Being called")
    CONTACT_POST = "contact_post", _("Being contacted by post")
    RESULTS = "results", _("Being counted in results")
    EVALUATION = "evaluation", _("Answering questionnaires")
    RESEARCH = "research", _("Being told about research later")
    STORY = "story", _("A story in our reports")
    RECORDING = "recording", _("Being recorded")


# One for each way of reaching somebody; no way is used without its own.
CONTACT_PURPOSES = (
    ConsentPurpose.CONTACT_EMAIL, ConsentPurpose.CONTACT_SMS, ConsentPurpose.CONTACT_PHONE,
    ConsentPurpose.CONTACT_POST,
)  # fmt: skip


class Manner(models.TextChoices):
    ONLINE = "online", _("On this site")
    SPOKEN = "spoken", _("Read aloud by a team member")
    PAPER = "paper", _("On paper")
