"""The analysts' place in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from psp.areas import holds, is_participant
from psp.choices import Role
from psp.dashboard import Place, add_place


def register() -> None:
    analyst = holds(Role.ANALYST)
    figures = Place("reports", _("Figures"), "chart", "reports:overview", analyst, order=10, key="f", below="topics/")
    add_place(figures)
    add_place(Place("reports", _("What people said"), "list", "reports:answers", analyst, order=20, key="w"))
    coordinates = holds(Role.COORDINATOR)
    add_place(Place("desk", _("What people said"), "list", "reports:answers", coordinates, order=90, key="f"))
    add_place(Place("desk", _("Goods and services"), "list", "reports:given", holds(Role.COORDINATOR), order=58))
    add_place(Place("desk", _("Stories for our reports"), "pen", "desk:words", coordinates, order=92))
    add_place(Place("my", _("My words"), "pen", "my_words:words", is_participant, order=80))
    reads = holds(Role.ANALYST, Role.PRIVACY_OFFICER)
    add_place(Place("reports", _("Stories"), "pen", "reports:words", reads, order=35))
    add_place(Place("reports", _("How those who lead are"), "heart", "reports:wellbeing", analyst, order=30, key="e"))
    add_place(Place("reports", _("Other platforms"), "plus", "reports:platforms", analyst, order=40, key="p"))
    add_place(Place("reports", _("What the figures mean"), "info", "reports:definitions", analyst, order=60, key="m"))
