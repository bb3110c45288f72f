"""The place "For me" of those who lead, and what is on it about how they are."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from psp.areas import holds
from psp.dashboard import Place, add_place
from supporters.permissions_wellbeing import LEADING


def register() -> None:
    add_place(Place("lead", _("For me"), "heart", "lead:me", holds(*LEADING), order=30))
