"""The words of the floor: kinds of account and roles."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What an account is. Decides session limits and whether a second factor is asked for."""

    STAFF = "staff", _("Team member")
    SUPPORTER = "supporter", _("Peer supporter")
    PARTICIPANT = "participant", _("Participant")


class Role(models.TextChoices):
    """What a team member or supporter may do, each time for one program region or for all."""

    SUPPORTER = "supporter", _("Peer supporter")
    CLINICIAN = "clinician", _("Clinician")
    SUPERVISOR = "supervisor", _("Supervisor")
    COORDINATOR = "coordinator", _("Coordinator")
    ANALYST = "analyst", _("Analyst")
    PRIVACY_OFFICER = "privacy_officer", _("Privacy officer")
    ADMINISTRATOR = "administrator", _("Administrator")


class Language(models.TextChoices):
    """The official languages; each person is served in the one they choose ([PIA] rule 18)."""

    EN = "en", "English"
    FR = "fr", "Français"
