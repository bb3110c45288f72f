"""The privacy officer's place in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from psp.areas import holds
from psp.choices import Role
from psp.dashboard import Place, add_place


def register() -> None:
    allowed = holds(Role.PRIVACY_OFFICER)
    add_place(Place("privacy", _("Access log"), "lock", "privacy:access_log", allowed, order=10, key="l"))
