"""The analysts' place in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from psp.areas import holds
from psp.choices import Role
from psp.dashboard import Place, add_place


def register() -> None:
    add_place(Place("reports", _("Figures"), "chart", "reports:overview", holds(Role.ANALYST), order=10, key="f"))
