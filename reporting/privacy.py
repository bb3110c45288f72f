"""What figures and reports hold about people: nothing about those who take part; who prepared and approved a report.

Figures that were published stay as they are, also when somebody in them is erased (domain rule 39): they are protected,
and nobody can be found in them. That is why no record of counting has a row about a person, and why what is out never
changes.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from privacy.datamap import Basis, Elsewhere, Erased, Holding, Use, declare, declare_elsewhere, these

ABOUT_TEAM = _("About a member of the team")
MAP = (
    Holding(
        "reporting.release", "prepared_by", "team",
        these("id period state method threshold title_en title_fr note_en note_fr cutoff_at manifest digest unproven"
              " corrections prepared_by prepared_at decided_by decided_at returned returned_note"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.ANONYMISED, not_exported=ABOUT_TEAM, also=("decided_by",),
    ),
    Holding(
        "reporting.releasetable", "release__prepared_by", "team", these("id release frozen body digest"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.ANONYMISED, not_exported=ABOUT_TEAM,
    ),
    Holding(
        "reporting.given", "entered_by", "team", these("id month region kind number people entered_by entered_at"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.ANONYMISED, not_exported=ABOUT_TEAM,
    ),
    Holding(
        "reporting.platformfigure", "entered_by", "team",
        these("id platform month region registrations source remarks entered_by entered_at"),
        Use.TEAM, Basis.PROGRAM, "team", Erased.ANONYMISED, not_exported=ABOUT_TEAM,
    ),
)  # fmt: skip

PUBLISHED = Elsewhere(
    "figures", _("In published figures"),
    _("How many people took part, how often groups met, and the like. Small numbers are never shown, and nobody can be"
      " found in the others. Only those who agreed to be counted are in them."),
    _("They stay, because a figure that changed would tell who left. Once you take your agreement back, or your"
      " information is deleted, you are in no figure that is counted after that."),
    order=50,
)  # fmt: skip


def register() -> None:
    declare(*MAP)
    declare_elsewhere(PUBLISHED)
