"""The participant's places."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from psp.areas import is_participant
from psp.dashboard import Place, add_place


def register() -> None:
    add_place(Place("my", _("My space"), "home", "my:home", is_participant, order=0))
    add_place(Place("my", _("What suits me"), "heart", "my:preferences", is_participant, order=50))
    add_place(Place("my", _("Who opened my file"), "lock", "my:opened", is_participant, order=90))
