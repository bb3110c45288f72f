"""The places and cards of training."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from psp.areas import account, holds
from psp.audit import services as audit
from psp.audit.choices import Purpose
from psp.choices import Role
from psp.dashboard import Card, Place, add_card, add_place
from psp.slip_sources import Source, add_source
from supporters.for_me import Link, add_link
from supporters.person_parts import add_part
from supporters.training import services_evaluation, worked
from supporters.training.person_part import learning
from supporters.training.views_care import asked_line, asked_of, ending_lines, ending_of


def register() -> None:
    add_source(Source(services_evaluation.look_at, services_evaluation.take_answers))
    worked.register()
    supervises = holds(Role.SUPERVISOR)
    add_place(Place("care", _("Training"), "list", "care:training", supervises, order=40))
    # Supervisors learn too; whoever leads finds it under "For me".
    add_place(Place("care", _("My own training"), "person", "lead:training", supervises, order=65))
    hint = _("What you completed, what runs, and what you would like to learn.")
    add_link(Link(_("My training"), hint, "lead:training", 30, holds(Role.SUPPORTER, Role.CLINICIAN)))
    add_card(Card("care", "supporters/training/care_card.html", waits_for_supervisor, order=40))
    add_part("supporters/training/person_part.html", learning, order=40)


def waits_for_supervisor(request: HttpRequest) -> dict[str, Any] | None:
    """Requests to answer, and what ends soon of the own people; no card where there is neither."""
    me = account(request)
    asked, ending = asked_of(me), ending_of(me)
    if not asked and not ending:
        return None
    audit.record_reads([*asked, *ending], purpose=Purpose.CARE)
    return {
        "asked": [asked_line(row) for row in asked], "ending": ending_lines(ending),
        "waits": len(asked),
    }  # fmt: skip
