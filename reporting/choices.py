"""The waits that are published."""

from django.db import models

from reporting.waits import Outcome


class WaitStep(models.TextChoices):
    MEETING = "meeting"
    DECISION = "decision"
    PLACE = "place"


class WaitOutcome(models.TextChoices):
    KNOWN = Outcome.KNOWN
    WAITING = Outcome.WAITING
    TOO_FEW = Outcome.TOO_FEW
