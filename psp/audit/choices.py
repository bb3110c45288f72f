"""What can happen to something about a person, and why it was done."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    READ = "read", _("Read")
    CREATE = "create", _("Created")
    CHANGE = "change", _("Changed")
    DELETE = "delete", _("Deleted")
    DENIED = "denied", _("Refused")
    EXPORT = "export", _("Exported")
    SIGN_IN = "sign_in", _("Signed in")
    SIGN_OUT = "sign_out", _("Signed out")
    SEND = "send", _("Sent")


class Purpose(models.TextChoices):
    """Why a person's information was used, in words that the person can read."""

    INTAKE = "intake", _("Application and intake meeting")
    GROUPS = "groups", _("Forming and running groups")
    SESSIONS = "sessions", _("Holding sessions")
    CARE = "care", _("Supporting those who lead groups")
    CONTACT = "contact", _("Getting in touch")
    CONSENT = "consent", _("Consent")
    OWN = "own", _("Your own use")
    RIGHTS = "rights", _("Access, correction or deletion")
    ADMINISTRATION = "administration", _("Administration")
    SECURITY = "security", _("Security")
    REPORTING = "reporting", _("Protected figures")
    BREAK_GLASS = "break_glass", _("Urgent reason, from another region")
