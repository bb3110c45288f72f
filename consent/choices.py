"""What a person can agree to, and in which manner they did."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ConsentPurpose(models.TextChoices):
    """One consent each ([NH Annex F; PIA] rule 20)."""

    TAKING_PART = "taking_part", _("Taking part")
    CONTACT_EMAIL = "contact_email", _("Being contacted by e-mail")
    RESULTS = "results", _("Being counted in results")


class Manner(models.TextChoices):
    ONLINE = "online", _("On this site")
    SPOKEN = "spoken", _("Read aloud by a team member")
    PAPER = "paper", _("On paper")
