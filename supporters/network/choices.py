"""Words of the network: what people like to talk about, and how far being put in touch has come."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class InterestCode(models.TextChoices):
    """What somebody would like to exchange about. Nothing among it tells what they lived through."""

    LEADING = "leading", _("Leading groups")
    NEW = "new", _("Beginning as a peer supporter")
    ONLINE = "online", _("Sessions by video")
    CREATIVE = "creative", _("Art, music, writing")
    BODY = "body", _("Movement and rest")
    LIMITS = "limits", _("Boundaries and looking after oneself")
    MEN = "men", _("Groups for men")
    INDIGENOUS = "indigenous", _("Indigenous ways of support")
    RURAL = "rural", _("Far from big cities")
    ADVOCACY = "advocacy", _("Speaking up for change")
    TEACHING = "teaching", _("Training others")


class TouchState(models.TextChoices):
    """`DECLINED` is never told: whoever asked sees that there is no answer."""

    ASKED = "asked", _("Asked")
    AGREED = "agreed", _("In touch")
    DECLINED = "declined", _("Not now")


TOUCH_TRANSITIONS: dict[TouchState, frozenset[TouchState]] = {
    TouchState.ASKED: frozenset({TouchState.AGREED, TouchState.DECLINED}),
    TouchState.AGREED: frozenset(),
    TouchState.DECLINED: frozenset(),
}


class ResourceState(models.TextChoices):
    SUGGESTED = "suggested", _("Suggested")
    LISTED = "listed", _("In the library")
    RETIRED = "retired", _("Taken out")


RESOURCE_TRANSITIONS: dict[ResourceState, frozenset[ResourceState]] = {
    ResourceState.SUGGESTED: frozenset({ResourceState.LISTED, ResourceState.RETIRED}),
    ResourceState.LISTED: frozenset({ResourceState.RETIRED}),
    ResourceState.RETIRED: frozenset({ResourceState.LISTED}),
}


class ResourceLanguage(models.TextChoices):
    EN = "en", "English"
    FR = "fr", "Français"
    BOTH = "both", _("English and French")
