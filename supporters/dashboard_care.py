"""The places of supervisors."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from psp.areas import holds
from psp.choices import Role
from psp.dashboard import Place, add_place


def register() -> None:
    supervises = holds(Role.SUPERVISOR)
    add_place(Place("care", _("My people"), "heart", "care:home", supervises, order=10))
